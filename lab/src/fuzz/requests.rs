//! Sends expensive requests to a registry with limited memory.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use evschema_tests::attack::{Attack, designed, random};
use evschema_tests::{Cost, Guarded};
use fastrand::Rng;

use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The duration of the random requests in minutes. The designed requests are first.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// The seed of the random requests.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The address space of the registry in MiB.
    #[arg(long, default_value_t = 2_048)]
    limit: u64,
    /// The limit of processor time for a request in seconds.
    #[arg(long, default_value_t = 2.5)]
    seconds: f64,
    /// The limit of additional memory for a request in MiB.
    #[arg(long, default_value_t = 256)]
    mib: u64,
    /// The folder for the requests that exceed a limit.
    #[arg(long, default_value = "target/fuzz-requests")]
    keep: PathBuf,
}

/// The highest cost of one kind, and the request that caused it.
#[derive(Debug, Default)]
struct Highest {
    what: String,
    value: f64,
}

impl Highest {
    fn update(&mut self, what: &str, value: f64) {
        if self.value < value {
            *self = Self { what: what.to_owned(), value };
        }
    }
}

/// Runs the command. It starts the `evschema` binary that is in the same folder as its own binary.
#[expect(clippy::print_stdout, reason = "the figures are the output of the command")]
pub(crate) fn run(args: &Args) -> TaskResult {
    let program = std::env::current_exe()?.with_file_name("evschema");
    if !program.is_file() {
        return Err(format!("build {} first", program.display()).into());
    }
    std::fs::create_dir_all(&args.keep)?;
    let mut registry = Guarded::start(&program, args.limit);
    let (mut seconds, mut mib) = (Highest::default(), Highest::default());
    let (mut tried, mut bad) = (0_usize, 0_usize);
    let mut send = |registry: &mut Guarded, attack: &Attack, shows: bool| -> Result<(), std::io::Error> {
        let (registered, cost) = registry.attack(attack);
        tried += 1;
        let all = registered.iter().map(|cost| ("register", cost)).chain([("request", &cost)]);
        for (step, cost) in all {
            let what = format!("{} ({step})", attack.name);
            let grown = cost.peak_mib.saturating_sub(cost.before_mib);
            seconds.update(&what, cost.cpu.as_secs_f64());
            mib.update(&what, grown as f64);
            if shows {
                println!(
                    "{what:<56} {:>4} {:>7.2} s {:>6} MiB",
                    cost.status.map_or("none".to_owned(), |status| status.to_string()),
                    cost.cpu.as_secs_f64(),
                    grown
                );
            }
            if is_bad(cost, args) {
                bad += 1;
                let file = args.keep.join(format!("{tried}.txt"));
                println!("BAD {what}: {cost:?}, kept in {}", file.display());
                std::fs::write(&file, format!("{attack:#?}"))?;
            }
        }
        if !registry.is_running() {
            println!("BAD the registry has ended");
            *registry = Guarded::start(&program, args.limit);
        }
        Ok(())
    };
    println!("{:<56} {:>4} {:>9} {:>10}", "designed", "", "processor", "memory");
    for attack in designed() {
        // Starts a new process for each attack. Otherwise, the memory of an earlier attack would hide the cost of the
        // next attack.
        registry = Guarded::start(&program, args.limit);
        send(&mut registry, &attack, true)?;
    }
    let end = Instant::now() + Duration::from_secs_f64(args.minutes * 60.0);
    let mut rng = Rng::with_seed(args.seed);
    while Instant::now() < end {
        let attack = Attack { name: format!("random {}", rng.get_seed()), ..random(&mut rng) };
        send(&mut registry, &attack, false)?;
    }
    println!(
        "{tried} attacks, {bad} bad; most processor time {:.2} s: {}; most memory {} MiB: {}",
        seconds.value, seconds.what, mib.value, mib.what
    );
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns whether a request crashed the registry, was a bug, or cost too much.
fn is_bad(cost: &Cost, args: &Args) -> bool {
    cost.status.is_none_or(|status| status == 500)
        || args.seconds < cost.cpu.as_secs_f64()
        || args.mib < cost.peak_mib.saturating_sub(cost.before_mib)
}
