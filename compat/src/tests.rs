//! Tests of the engine: small pairs with known answers, and laws for all pairs.

mod advice;
mod cases;
mod changes;
mod findings;
mod formats;
mod hostile;
mod keywords;
mod kinds;
mod laws;
mod messages;
mod models;
mod universe;
mod versions;
mod waivers;

use std::sync::Arc;

use evschema_model::{
    Bump, Catalog, ContentModel, Coordinates, Dialects, Formats, Mode, Resolved, Schema, Subject,
    SubjectPolicy, Version,
};
use serde_json::Value;

use crate::check::{Baseline, Settings, Standing, check, containment, diff, required_bump};
use crate::report::{Containment, Report};
use crate::waivers::Waivers;

fn resolved(version: &str, text: &str) -> Resolved {
    let at =
        Coordinates { subject: Subject::parse("case").unwrap(), version: Version::parse(version).unwrap() };
    let schema =
        Schema::read(at, text.as_bytes(), &Dialects::default()).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    Catalog::default().resolve(&Arc::new(schema)).unwrap()
}

fn settings(mode: Mode, content_model: ContentModel) -> Settings {
    Settings { policy: SubjectPolicy { mode, content_model }, ..Settings::default() }
}

/// Decides containment without a content model, and confirms every witness with the validator.
fn contained(writer: &str, reader: &str) -> Option<bool> {
    let (writer, reader) = (resolved("1.0.0", writer), resolved("1.1.0", reader));
    match containment(&writer, &reader, Formats::Assert) {
        Containment::Contained => Some(true),
        Containment::NotContained { witness } => {
            assert!(writer.validator(Formats::Assert).unwrap().is_valid(&witness), "{witness}");
            assert!(!reader.validator(Formats::Assert).unwrap().is_valid(&witness), "{witness}");
            Some(false)
        }
        Containment::Undecided { .. } => None,
    }
}

/// Checks one version against one other, under the default mode.
fn checked(old: &str, new: &str, model: ContentModel) -> Report {
    checked_as(("1.0.0", old), ("1.1.0", new), Mode::BackwardTransitive, model)
}

fn checked_as(old: (&str, &str), new: (&str, &str), mode: Mode, model: ContentModel) -> Report {
    let history = [Baseline { resolved: resolved(old.0, old.1), standing: Standing::Current }];
    check(&resolved(new.0, new.1), &history, &settings(mode, model), &Waivers::default())
}

fn bump(old: &str, new: &str) -> Bump {
    required_bump(&resolved("1.0.0", old), &resolved("1.1.0", new), &Settings::default())
}

fn witness(report: &Report) -> Value {
    report.findings[0].witness.clone().unwrap()
}
