//! Decides whether a reader accepts every event that a writer sends.
//!
//! The engine answers one question: is `writer ⊆ reader`? It serves both directions. Backward, the reader is the new
//! version; forward, the reader is the old version. The answer is compatible, incompatible with a confirmed witness, or
//! undecided with a reason. An undecided change is rejected, but no message calls it a break.
//!
//! - [`check()`] compares a candidate version with the versions of its line.
//! - [`diff`] compares two versions in both directions.
//! - [`containment`] answers the question for two schemas.
//!
//! ```
//! use std::sync::Arc;
//!
//! use evschema_compat::{Containment, containment};
//! use evschema_model::{Catalog, Coordinates, Dialects, Formats, Resolved, Schema, Subject, Version};
//!
//! fn read(text: &str) -> Resolved {
//!     let at = Coordinates { subject: Subject::parse("order").unwrap(), version: Version::new(1, 0, 0) };
//!     let schema = Schema::read(at, text.as_bytes(), &Dialects::default()).unwrap();
//!     Catalog::default().resolve(&Arc::new(schema)).unwrap()
//! }
//!
//! let writer = read(r#"{"type": "integer", "minimum": 1}"#);
//! let reader = read(r#"{"type": "number"}"#);
//! assert_eq!(containment(&writer, &reader, Formats::Assert), Containment::Contained);
//! ```
//!
//! # How the engine compares two schemas
//!
//! 1. `lower` translates both documents into nodes of one arena (`tree`). Nodes do not depend on the draft, and their
//!    references are resolved. Structurally equal nodes share a class.
//! 2. `content` applies the content model. Under `lenient` and `tolerant`, a node of the writer becomes a place.
//!    `alternatives` closes a place when it expands the place.
//! 3. `prove` shows that the writer's values meet the reader's assertions, one assertion at a time. For this, it takes
//!    the alternatives of the writer (`alternatives`). It compares children in pairs, and handles recursion by
//!    coinduction.
//! 4. `subtract` decides unions, negations and conditions: it removes the reader from the writer's alternatives. If
//!    nothing is left, the reader accepts everything.
//! 5. If there is no proof, `refute` makes values of the writer (`sample`) that probably violate an assertion. It
//!    builds whole events around these values.
//! 6. `decide` confirms each candidate with the validator, or drops it. If no candidate is confirmed, it consults the
//!    prover of the `jsonschema` library (`oracle`). If that prover has no answer, the comparison is undecided.
//!
//! docs/adr/0002 and 0004 explain which parts are our own and which parts come from the library.
//!
//! # Why the answers are right
//!
//! The answers depend on two facts only. A proof may assume that the writer sends more events than it sends, but never
//! fewer. A report shows a witness only after the validator has accepted it under the writer's schema and rejected it
//! under the reader's schema.

mod alternatives;
mod assertion;
mod candidate;
mod changes;
mod check;
mod content;
mod decide;
mod decision;
mod engine;
mod eval;
mod export;
mod findings;
mod format;
mod ill_founded;
mod lower;
mod mask;
mod number;
mod obligation;
mod oracle;
mod pair;
mod pattern;
mod prove;
mod question;
mod refute;
mod relax;
mod report;
mod rules;
mod sample;
mod subtract;
#[cfg(test)]
mod tests;
mod tree;
mod truth;
mod waivers;
mod witness;

pub use check::{
    Baseline, Settings, Standing, advise, baselines, check, containment, containment_under, diff,
    required_bump, sends_no_more,
};
pub use mask::version_constants;
pub use report::{
    Change, ChangeKind, Containment, Diff, Direction, Finding, Fingerprint, OldReaders, OpenedPlace, Report,
    Severity, Stricter, Verdict,
};
pub use rules::{Example, RULES, Rule, rule};
pub use waivers::{WaiverError, Waivers};
