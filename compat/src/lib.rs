//! Decides whether every event a **writer** sends is one a **reader** accepts.
//!
//! One relation, `writer ⊆ reader`, serves both directions: backward, the reader is the new
//! version; forward, the old one. The answer is compatible, incompatible with a confirmed
//! witness, or undecided with a reason; undecided fails closed and is never worded as a break.
//!
//! [`check`] holds a candidate version against the versions of its line; [`diff`] compares two
//! versions both ways; [`containment`] answers the bare question for two schemas.
//!
//! # How a pair is decided
//!
//! 1. `lower`: both documents become nodes of one arena, drafts and references left behind;
//!    structurally equal nodes share a class (`tree`).
//! 2. `content`: under a content model, a writer's nodes become places that are closed when they are flattened.
//! 3. `prove`: the reader's assertions are shown one by one to hold for the writer's
//!    alternatives (`alternatives`), children pairwise, recursion coinductively.
//! 4. `subtract`: what structure does not decide, unions, negations, conditions, is decided by what
//!    is left of the writer when the reader is taken away.
//! 5. `refute`: where the proof did not get through, values of the writer are made (`sample`)
//!    that should break the assertion, and lifted to whole events.
//! 6. `decide`: the validator confirms or drops each candidate; what stays open goes to the
//!    library's prover (`oracle`); what is open still is undecided.
//!
//! What is ours and what is the library's, and why, is in docs/adr/0002 and 0004.
//!
//! Soundness rests on two facts only: a proof takes the writer as *at least* as wide as it is, and
//! a witness is shown only after the validator has accepted it under the writer and refused it
//! under the reader.

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
