//! Measures the checks of generated code on hostile schemas and events.
//!
//! The generator produces the linked form of each schema, and the runtime checks events with this form in the process
//! of the command. So the command compiles no code.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use evschema_codegen::{GeneratedFile, Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use evschema_runtime::{Document, Draft, Program};
use evschema_tests::attack::{AttackRequest, random, random_event};
use fastrand::Rng;

use crate::task_result::TaskResult;
use crate::thread_time::thread_time;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The duration in minutes.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// The seed of the random numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The limit of processor time for a check in seconds, including the list of violations.
    #[arg(long, default_value_t = 2.5)]
    seconds: f64,
    /// The limit of memory for a check in MiB.
    #[arg(long, default_value_t = 256)]
    mib: u64,
    /// The folder for the schemas and events that exceed a limit.
    #[arg(long, default_value = "target/fuzz-events")]
    keep: PathBuf,
}

/// The number of random events for each schema.
const EVENTS: usize = 4;

/// The cost of a check.
#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    seconds: f64,
    mib: u64,
}

impl Cost {
    fn of<T>(work: impl FnOnce() -> T) -> Result<(T, Self), std::io::Error> {
        // Resets the peak of the memory.
        std::fs::write("/proc/self/clear_refs", "5")?;
        let (before, began) = (status("VmRSS")?, thread_time()?);
        let result = work();
        let seconds = (thread_time()? - began).as_secs_f64();
        Ok((result, Self { seconds, mib: status("VmHWM")?.saturating_sub(before) >> 10 }))
    }
}

/// Runs the command.
/// The programs of schemas are never freed, so a process runs for at most this many minutes.
const SLICE_MINUTES: f64 = 5.0;

#[expect(clippy::print_stdout, reason = "the account is the output of the command")]
pub(crate) fn run(args: &Args) -> TaskResult {
    if args.minutes <= SLICE_MINUTES {
        return run_here(args);
    }
    let mut rng = Rng::with_seed(args.seed);
    let mut minutes_left = args.minutes;
    let (mut slices, mut failed) = (0_usize, 0_usize);
    while 0.0 < minutes_left {
        let minutes = minutes_left.min(SLICE_MINUTES);
        minutes_left -= minutes;
        let status = Command::new(std::env::current_exe()?)
            .args(["fuzz", "events", "--minutes", &minutes.to_string()])
            .args(["--seed", &rng.get_seed().to_string()])
            .args(["--seconds", &args.seconds.to_string(), "--mib", &args.mib.to_string()])
            .arg("--keep")
            .arg(&args.keep)
            .status()?;
        rng.u64(..);
        slices += 1;
        failed += usize::from(!status.success());
    }
    println!("{slices} processes, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, reason = "the figures are the output of the command")]
fn run_here(args: &Args) -> TaskResult {
    std::fs::create_dir_all(&args.keep)?;
    let mut rng = Rng::with_seed(args.seed);
    let end = Instant::now() + Duration::from_secs_f64(args.minutes * 60.0);
    let (mut schemas, mut left_out, mut bad) = (0_usize, 0_usize, 0_usize);
    let (mut accepted, mut rejected, mut undecided) = (0_usize, 0_usize, 0_usize);
    let mut most = Cost::default();
    while Instant::now() < end {
        let seed = rng.get_seed();
        let attack = random(&mut rng);
        let text = attack.registered.first().cloned().unwrap_or_default();
        // If the process is killed, this file contains the current schema, and the current event if one exists.
        std::fs::write(args.keep.join("current.txt"), &text)?;
        let Some(document) = document(&text)? else {
            left_out += 1;
            continue;
        };
        schemas += 1;
        let own = match attack.request {
            AttackRequest::Validate(event) => Some(event),
            AttackRequest::Check(_) | AttackRequest::Diff | AttackRequest::ValidateLines(_) => None,
        };
        let events: Vec<String> =
            own.into_iter().chain((0..EVENTS).map(|_| random_event(&mut rng))).collect();
        for event in events {
            std::fs::write(args.keep.join("current.txt"), format!("{text}\n{event}\n"))?;
            let (verdict, cost) = Cost::of(|| document.check(event.as_bytes()))?;
            match verdict {
                Ok(()) => accepted += 1,
                Err(evschema_runtime::Error::Undecided { .. }) => undecided += 1,
                Err(_) => rejected += 1,
            }
            most = Cost { seconds: most.seconds.max(cost.seconds), mib: most.mib.max(cost.mib) };
            if args.seconds < cost.seconds || args.mib < cost.mib {
                bad += 1;
                let file = args.keep.join(format!("{seed}.txt"));
                println!("BAD random {seed}: {cost:?}, kept in {}", file.display());
                std::fs::write(&file, format!("{text}\n{event}\n"))?;
            }
        }
    }
    println!(
        "{schemas} schemas ({left_out} left out), {} events: {accepted} accepted, {rejected} rejected, {undecided} \
         undecided; {bad} bad; at most {:.2} s and {} MiB",
        accepted + rejected + undecided,
        most.seconds,
        most.mib
    );
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns a schema as the document that generated code would contain. The memory of the document is never freed.
/// Returns `None` if the generator rejects the schema.
fn document(text: &str) -> Result<Option<&'static Document>, Box<dyn std::error::Error>> {
    let at = Coordinates { subject: Subject::parse("a")?, version: Version::new(1, 0, 0) };
    let Ok(schema) = Schema::read(at.clone(), text.as_bytes(), &Dialects::default()) else { return Ok(None) };
    let mut catalog = Catalog::default();
    if catalog.insert(Arc::new(schema)).is_err() {
        return Ok(None);
    }
    let Ok(files) = generate(&catalog, &[at], &Options::default()) else { return Ok(None) };
    let program = files.iter().find_map(program_of).ok_or("no generated file has a program")?;
    let program: &'static Program = Box::leak(Box::new(Program::new(program.leak(), &[])));
    let document =
        Document::new("schemas/a/1.0.0.json", Draft::Draft202012, text.to_owned().leak(), &[], (program, 0));
    Ok(Some(Box::leak(Box::new(document))))
}

/// Returns the text of the program in a generated file. The root is its first node.
fn program_of(file: &GeneratedFile) -> Option<String> {
    file.path.ends_with(".program.json").then(|| file.text.clone())
}

/// Returns a number from `/proc/self/status`, in KiB.
fn status(name: &str) -> Result<u64, std::io::Error> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| std::io::Error::other(format!("no {name} in /proc/self/status")))
}
