#![doc = include_str!("../README.md")]
//!
//! # The functions
//!
//! [`check`] compares a candidate version with the versions of its line. [`diff`] compares two versions in both
//! directions. [`containment`] compares two schemas without a content model.
//!
//! All of them decide one relation: whether a **reader** accepts every event that a **writer** sends. For the direction
//! *backward*, the reader is the new version. For *forward*, the reader is the old version.
//!
//! # The steps of a comparison
//!
//! 1. `lower` translates both documents to nodes of one arena (`tree`). The nodes have the same form for all drafts,
//!    and their references are resolved. Nodes with equal structure share a class.
//! 2. `content` applies the content model. It can close the objects of a writer: they have only declared properties.
//! 3. `prove` proves each assertion of the reader for all alternatives of the writer (`alternatives`). It compares each
//!    child of the writer with the same child of the reader. For recursion, it uses coinduction.
//! 4. `subtract` supports proofs about unions, negations and conditions. It subtracts the reader from the writer and
//!    examines the values that are left.
//! 5. `refute` constructs values of the writer (`sample`) that violate an unproven assertion, and extends each value to
//!    a whole event.
//! 6. `decide` confirms or drops each event with the validator. If the validator confirms no event, `decide` passes the
//!    question to the prover of the `jsonschema` crate (`oracle`). If the prover finds no answer, the answer is
//!    undecided.
//!
//! docs/adr/0002 and 0004 explain which parts evschema implements itself, and which parts come from the `jsonschema`
//! crate.
//!
//! # Soundness
//!
//! A proof may assume that the writer sends more events than it really sends, but never fewer. A report shows a witness
//! only after the validator accepted it under the writer's schema and rejected it under the reader's schema.

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
mod lowered_pair;
mod number;
mod obligation;
mod oracle;
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
mod version_property;
mod waivers;
mod witness;

pub use check::{
    Baseline, Settings, Standing, advise, baselines, check, containment, containment_under, diff,
    required_bump, sends_no_more,
};
pub use report::{
    Change, ChangeKind, Containment, Diff, Direction, Finding, Fingerprint, OldReaders, OpenedPlace, Report,
    Severity, Stricter, Verdict,
};
pub use rules::{Example, RULES, Rule, rule};
pub use version_property::version_constants;
pub use waivers::{WaiverError, Waivers};
