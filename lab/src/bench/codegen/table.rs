//! Prints the table of times.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::Common;

/// Bars for a parse into the owned type, as a multiple of the time of plain serde: for the median, and for the worst
/// type.
const OWNED_MEDIAN: f64 = 0.95;
const OWNED_WORST: f64 = 1.10;

/// Bar for the median of a parse into the borrowed type, as a multiple of the time of plain serde.
const BORROWED_MEDIAN: f64 = 0.75;

/// Bar for the median of a check without types, as a multiple of the time of `serde::de::IgnoredAny`.
const CHECK: f64 = 1.5;

/// The figures of one type. Each ratio is the median of all turns.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Figures {
    pub(super) name: String,
    /// The reason why the type was not measured.
    #[serde(default)]
    skipped: Option<String>,
    #[serde(default)]
    events: usize,
    #[serde(default)]
    bytes: usize,
    /// The time of plain serde for one event, in microseconds.
    #[serde(default)]
    plain_us: Option<f64>,
    /// The time of a parse with all checks, as a multiple of the time of plain serde.
    #[serde(default)]
    owned: Option<f64>,
    /// The time of a parse into the borrowed type with all checks, as a multiple of the time of plain serde.
    #[serde(default)]
    borrowed: Option<f64>,
    /// The time of `check_bytes`, as a multiple of the time of `IgnoredAny`.
    #[serde(default)]
    check: Option<f64>,
    /// The time of the same work with the `jsonschema` crate, as a multiple of the time of plain serde. This work is a
    /// parse to a `Value`, a validator from the macro of the crate, and `from_value` of the plain type.
    #[serde(default)]
    library: Option<f64>,
    /// The time of a parse into the type of typify, as a multiple of the time of plain serde.
    #[serde(default)]
    typify: Option<f64>,
    /// Whether serde buffers values of the plain type.
    #[serde(default)]
    pub(super) buffers: bool,
}

/// Prints the table, and returns whether the figures meet all targets.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
pub(super) fn print(common: Common, figures: &[Figures]) -> Result<bool, serde_json::Error> {
    let of = |ratio: fn(&Figures) -> Option<f64>, all: bool| {
        sorted(figures.iter().filter(|one| all || !one.buffers).filter_map(ratio).collect())
    };
    let owned = of(|one| one.owned, true);
    let rows = [
        ("owned, all types", owned.clone(), Some(OWNED_MEDIAN)),
        ("owned, without those for which serde buffers", of(|one| one.owned, false), Some(OWNED_MEDIAN)),
        ("borrowed", of(|one| one.borrowed, true), Some(BORROWED_MEDIAN)),
        ("check_bytes / IgnoredAny", of(|one| one.check, true), Some(CHECK)),
        ("Value, jsonschema's macro, from_value", of(|one| one.library, true), None),
        ("typify", of(|one| one.typify, true), None),
    ];
    let worst = owned.last().is_some_and(|worst| *worst <= OWNED_WORST);
    let met = worst && rows.iter().all(|(_, all, bar)| bar.is_none_or(|bar| median(all) <= bar));
    if common.json {
        for one in figures {
            println!("{}", serde_json::to_string(one)?);
        }
        println!("{}", json!({ "met": met }));
        return Ok(met);
    }
    println!(
        "{:<64} {:>7} {:>8} {:>6} {:>8} {:>6} {:>7} {:>6}",
        "type (ratios to plain serde; check to IgnoredAny)",
        "bytes",
        "plain µs",
        "owned",
        "borrowed",
        "check",
        "library",
        "typify"
    );
    let shown = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    for one in figures {
        if let Some(why) = &one.skipped {
            println!("{:<64} {why}", one.name);
            continue;
        }
        let misses = one.owned.is_some_and(|owned| OWNED_WORST < owned);
        println!(
            "{:<64} {:>7} {:>8} {:>6} {:>8} {:>6} {:>7} {:>6}{}{}",
            one.name,
            one.bytes,
            shown(one.plain_us),
            shown(one.owned),
            shown(one.borrowed),
            shown(one.check),
            shown(one.library),
            shown(one.typify),
            if one.buffers { "  serde buffers" } else { "" },
            if misses { "  misses the bar" } else { "" },
        );
    }
    for (name, all, bar) in &rows {
        let (least, most) = (all.first().copied(), all.last().copied());
        if all.is_empty() {
            println!("{name:<46} of none");
            continue;
        }
        let result = bar.map_or_else(String::new, |bar| {
            format!("  (bar {bar}: {})", if median(all) <= bar { "met" } else { "missed" })
        });
        let (least, most) = (shown(least), shown(most));
        println!(
            "{name:<46} of {:<3} best {least}  median {:.2}  worst {most}{result}",
            all.len(),
            median(all)
        );
    }
    println!("worst owned ≤ {OWNED_WORST}: {}", if worst { "met" } else { "missed" });
    Ok(met)
}

fn sorted(mut ratios: Vec<f64>) -> Vec<f64> {
    ratios.sort_by(f64::total_cmp);
    ratios
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
