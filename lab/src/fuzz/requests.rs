//! Requests that are made to cost much, against a registry whose memory is limited.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use evschema_tests::attack::{Attack, designed, random};
use evschema_tests::{Cost, Guarded};
use fastrand::Rng;

use crate::TaskResult;

/// How long to try, and what a request may cost.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// How long random requests are tried, in minutes; the designed ones come first.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// Where the random requests begin.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Address space of the registry, in MiB.
    #[arg(long, default_value_t = 2_048)]
    limit: u64,
    /// Most processor time of a request, in seconds.
    #[arg(long, default_value_t = 2.5)]
    seconds: f64,
    /// Most memory of a request beyond what was in use before it, in MiB.
    #[arg(long, default_value_t = 256)]
    mib: u64,
    /// Where requests that cost more are kept.
    #[arg(long, default_value = "target/fuzz-requests")]
    keep: PathBuf,
}

/// The costliest request so far, by one measure.
#[derive(Debug, Default)]
struct Most {
    what: String,
    value: f64,
}

impl Most {
    fn see(&mut self, what: &str, value: f64) {
        if self.value < value {
            *self = Self { what: what.to_owned(), value };
        }
    }
}

#[expect(clippy::print_stdout, reason = "the account is what the command is for")]
pub(crate) fn run(args: &Args) -> TaskResult {
    let program = std::env::current_exe()?.with_file_name("evschema");
    if !program.is_file() {
        return Err(format!("build {} first", program.display()).into());
    }
    std::fs::create_dir_all(&args.keep)?;
    let mut registry = Guarded::start(&program, args.limit);
    let (mut seconds, mut mib) = (Most::default(), Most::default());
    let (mut tried, mut bad) = (0_usize, 0_usize);
    let mut judge = |registry: &mut Guarded, attack: &Attack, shows: bool| -> Result<(), std::io::Error> {
        let (registered, cost) = registry.attack(attack);
        tried += 1;
        let all = registered.iter().map(|cost| ("register", cost)).chain([("request", &cost)]);
        for (step, cost) in all {
            let what = format!("{} ({step})", attack.name);
            let grown = cost.peak_mib.saturating_sub(cost.before_mib);
            seconds.see(&what, cost.cpu.as_secs_f64());
            mib.see(&what, grown as f64);
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
        // Memory that one attack leaves to the next would hide what the next one takes.
        registry = Guarded::start(&program, args.limit);
        judge(&mut registry, &attack, true)?;
    }
    let end = Instant::now() + Duration::from_secs_f64(args.minutes * 60.0);
    let mut rng = Rng::with_seed(args.seed);
    while Instant::now() < end {
        let attack = Attack { name: format!("random {}", rng.get_seed()), ..random(&mut rng) };
        judge(&mut registry, &attack, false)?;
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
