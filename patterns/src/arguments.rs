use clap::{Parser, ValueEnum};

use crate::child::Role;

/// Patterns of event-driven systems, on real servers.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask patterns", bin_name = "cargo xtask patterns")]
pub(crate) struct Arguments {
    /// The pattern. Without a name, all patterns run.
    name: Option<Pattern>,
    /// The number of NATS servers. With three, each stream has three replicas.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=5))]
    nodes: u16,
    /// Kills a broker node, a worker and the database, again and again, while `orders` runs. Uses three nodes.
    #[arg(long)]
    pub(crate) kill: bool,
    /// Runs the short form, which takes a few seconds for each pattern.
    #[arg(long)]
    pub(crate) short: bool,
    /// The role of a child process of this program.
    #[arg(long, hide = true)]
    pub(crate) role: Option<Role>,
}

/// A pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pattern {
    /// Event sourcing: accounts whose state is the result of their events.
    Ledger,
    /// File pipeline: objects, a Lambda function, and readings of devices.
    Files,
    /// Analytics: windows of time, alerts and notifications.
    Alerts,
    /// Asynchronous API: outbox, workers with an inbox, and a Lambda function.
    Orders,
}

impl Arguments {
    /// Returns the patterns to run.
    pub(crate) fn patterns(&self) -> Vec<Pattern> {
        match self.name {
            Some(name) => vec![name],
            None => Pattern::value_variants().to_vec(),
        }
    }

    /// Returns the number of NATS servers.
    pub(crate) fn nodes(&self) -> usize {
        if self.kill { usize::from(self.nodes.max(3)) } else { usize::from(self.nodes) }
    }

    /// Returns a number of events: the first one for the short form, otherwise the second one.
    pub(crate) fn events(&self, short: usize, long: usize) -> usize {
        if self.short { short } else { long }
    }
}
