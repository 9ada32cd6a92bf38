use std::fs;
use std::sync::Arc;

use evschema_codegen::read_tree;
use evschema_compat::{Baseline, Settings, Standing, Waivers, check};
use evschema_model::{Bump, Catalog, Coordinates, Formats, Manifest, Schema, Subject, Version};
use serde_json::Value;

use crate::account::Account;
use crate::failure::Attempt;

/// The published schemas, and the rules for changes: the content of a registry.
///
/// A producer asks [`Published::refusal`] before it publishes events of a new version, as a pipeline asks
/// `evschema check`.
#[derive(Debug)]
pub(crate) struct Published {
    catalog: Catalog,
    manifest: Manifest,
}

/// Why a new version may not be published.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The version that the producer proposed.
    pub(crate) version: Version,
    /// The rule, and one sentence about the break.
    pub(crate) reason: String,
    /// An event that would break a reader.
    pub(crate) witness: Option<Value>,
}

impl Published {
    /// Reads the schemas and the manifest of this repository.
    ///
    /// # Errors
    ///
    /// If a file cannot be read.
    pub(crate) fn read() -> Attempt<Self> {
        let text = fs::read_to_string(evschema_tests::repository().join("evschema.toml"))?;
        let manifest = Manifest::parse(&text)?;
        let tree = read_tree(&[&evschema_tests::schemas()], &manifest.dialects())?;
        Ok(Self { catalog: tree.catalog, manifest })
    }

    /// Validates an event with exactly one published version, as an old producer does.
    ///
    /// # Errors
    ///
    /// If the version is unknown, or rejects the event.
    pub(crate) fn validate(&self, subject: &str, version: &str, event: &[u8]) -> Attempt {
        let (subject, version) = (Subject::parse(subject)?, Version::parse(version)?);
        let unknown = || format!("`{subject}` has no version {version}");
        let schema = self.catalog.get(&subject, &version).ok_or_else(unknown)?;
        let resolved = self.catalog.resolve(schema).map_err(|problems| format!("{problems:?}"))?;
        let validator = resolved.validator(Formats::Assert).map_err(|problems| format!("{problems:?}"))?;
        let event: Value = serde_json::from_slice(event)?;
        match validator.first_violations(&event, 1).first() {
            None => Ok(()),
            Some(violation) => Err(format!("{subject} {version} rejects {event}: {violation:?}").into()),
        }
    }

    /// Proposes the newest version of a subject with a change, under the next minor version. Returns the refusal, or
    /// `None` if producers may publish events of the new version.
    ///
    /// # Errors
    ///
    /// If the subject is unknown, or the changed schema is broken.
    pub(crate) fn refusal(&self, subject: &str, change: impl FnOnce(&mut Value)) -> Attempt<Option<Refusal>> {
        let subject = Subject::parse(subject)?;
        let newest = self.catalog.versions(&subject).next_back().ok_or("the subject has no version")?;
        let mut value = newest.value().clone();
        change(&mut value);
        let version = newest.at().version.next(Bump::Minor);
        let at = Coordinates { subject: subject.clone(), version: version.clone() };
        let schema = Schema::read(at, value.to_string().as_bytes(), &self.manifest.dialects())
            .map_err(|problems| format!("{problems:?}"))?;
        let resolve =
            |schema: &Arc<Schema>| self.catalog.resolve(schema).map_err(|problems| format!("{problems:?}"));
        let candidate = resolve(&Arc::new(schema))?;
        let mut history = Vec::new();
        for schema in self.catalog.versions(&subject) {
            history.push(Baseline { resolved: resolve(schema)?, standing: Standing::Current });
        }
        let settings = Settings::new(self.manifest.policy(&subject));
        let report = check(&candidate, &history, &settings, &Waivers::default());
        if report.is_accepted() {
            return Ok(None);
        }
        let finding = report.findings.first();
        Ok(Some(Refusal {
            version,
            reason: finding.map_or_else(
                || format!("the change requires version {}", report.required_version),
                |finding| format!("{}: {}", finding.rule, finding.message),
            ),
            witness: finding.and_then(|finding| finding.witness.clone()),
        }))
    }

    /// Shows a breaking change in an account: the change, the refusal, and the event that would break a reader.
    ///
    /// # Errors
    ///
    /// Like [`Published::refusal`].
    pub(crate) fn show_refusal(
        &self,
        account: &mut Account,
        subject: &str,
        description: &str,
        change: impl FnOnce(&mut Value),
    ) -> Attempt {
        account.section("A breaking change is refused before it reaches the broker");
        account.line(format_args!("change of {subject}: {description}"));
        let refusal = self.refusal(subject, change)?;
        if let Some(refusal) = &refusal {
            account.line(format_args!("version {} is refused: {}", refusal.version, refusal.reason));
            if let Some(witness) = &refusal.witness {
                account.line(format_args!("this event would break a reader: {witness}"));
            }
        }
        let has_witness = refusal.as_ref().is_some_and(|refusal| refusal.witness.is_some());
        account.check("breaking changes refused with an event", u8::from(has_witness), 1);
        Ok(())
    }
}
