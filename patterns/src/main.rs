//! Four patterns of event-driven systems, on real servers.
//!
//! `cargo xtask patterns` runs this program. It starts NATS JetStream and Postgres on the loopback interface, runs the
//! patterns, prints an account of each with measured figures, and stops the servers.

use std::process::ExitCode;

use clap::Parser as _;

mod account;
mod alerts;
mod arguments;
mod child;
mod clock;
mod cluster;
mod events;
mod failure;
mod files;
mod identifier;
mod jetstream;
mod lambda;
mod latency;
mod ledger;
mod letters;
mod orders;
mod published;
mod running;
mod servers;

use arguments::{Arguments, Pattern};
use child::Role;
use failure::Attempt;
use servers::Servers;

fn main() -> ExitCode {
    // The log is empty unless `RUST_LOG` is set.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            account::print_error(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Attempt {
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(role) = arguments.role {
        return runtime.block_on(run_child(role));
    }
    for pattern in arguments.patterns() {
        // Each pattern gets new servers, so its figures do not depend on the patterns before it.
        let servers = Servers::start(arguments.nodes(), arguments.kill)?;
        runtime.block_on(run_pattern(pattern, servers, arguments))?;
    }
    Ok(())
}

async fn run_child(role: Role) -> Attempt {
    match role {
        Role::OrdersWorker => orders::run_worker().await,
        Role::FilesFunction => files::run_function().await,
        Role::OrdersFunction => orders::run_function().await,
    }
}

async fn run_pattern(pattern: Pattern, servers: Servers, arguments: &Arguments) -> Attempt {
    match pattern {
        Pattern::Ledger => ledger::run(&servers, arguments).await,
        Pattern::Alerts => alerts::run(&servers, arguments).await,
        Pattern::Files => files::run(&servers, arguments).await,
        Pattern::Orders => orders::run(servers, arguments).await,
    }
}
