//! Decides whether every event a **writer** sends is one a **reader** accepts.
//!
//! One relation, `writer ⊆ reader`, serves both directions: backward, the reader is the new
//! version; forward, the old one. The answer is compatible, incompatible with a confirmed
//! witness, or undecided with a reason; undecided fails closed and is never worded as a break.
//!
//! [`check`] holds a candidate version against the versions of its line; [`diff`] compares two
//! versions both ways; [`containment`] answers the bare question for two schemas.

mod check;
mod report;

pub use check::{Baseline, Settings, check, containment, diff, required_bump};
pub use report::{
    Change, ChangeKind, Containment, Diff, Direction, Finding, Fingerprint, Report, Severity, Verdict,
};
