use std::collections::BTreeMap;

use evschema_compat::Severity;
use evschema_model::{Coordinates, Formats, Manifest, Position, Subject, SubjectPolicy, WaiverEntry};

use super::published::PublishedPolicy;
use crate::finding::{Finding, Place};
use crate::paths::display_path;
use crate::project::Project;

/// A setting that is looser in the tree than in the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoosenedSetting {
    /// The name of the setting in the manifest or in `subject.toml`.
    pub(crate) setting: &'static str,
    /// The subject, version, fingerprint or dialect that the setting is about; empty for `formats`.
    pub(crate) about: String,
    /// The value of the setting in the baseline.
    pub(crate) from: String,
    /// The value of the setting in the tree.
    pub(crate) to: String,
    /// Whether the branch changed the setting. If `false`, the baseline became stricter after the branch started.
    pub(crate) is_by_branch: bool,
}

/// The maximum number of subjects that a message names. The message only counts further subjects.
const NAMED_MAX: usize = 3;

impl LoosenedSetting {
    /// Returns the parts of a subject's policy that are looser than in the baseline.
    pub(super) fn policy(ours: SubjectPolicy, published: &PublishedPolicy, subject: &Subject) -> Vec<Self> {
        let theirs = published.policy(subject);
        let before = published.before.as_deref().map(|before| before.policy(subject)).unwrap_or_default();
        let mode = theirs.mode.filter(|theirs| !ours.mode.is_at_least(*theirs)).map(|theirs| Self {
            setting: "mode",
            about: subject.to_string(),
            from: theirs.to_string(),
            to: ours.mode.to_string(),
            is_by_branch: before.mode != Some(ours.mode),
        });
        let model = theirs.content_model.filter(|theirs| !ours.content_model.is_at_least(*theirs));
        let model = model.map(|theirs| Self {
            setting: "content_model",
            about: subject.to_string(),
            from: theirs.to_string(),
            to: ours.content_model.to_string(),
            is_by_branch: before.content_model != Some(ours.content_model),
        });
        mode.into_iter().chain(model).collect()
    }

    /// Returns the setting `never_used` of a version that the baseline does not declare as never used.
    pub(super) fn never_used(at: &Coordinates, published: &PublishedPolicy) -> Self {
        Self {
            setting: "never_used",
            about: at.to_string(),
            from: format!("used in {}", published.name),
            to: "never used".to_owned(),
            is_by_branch: true,
        }
    }

    /// Returns the settings of a manifest that are looser than in the manifest of the baseline.
    pub(super) fn of_manifest(ours: &Manifest, theirs: &Manifest, published: &PublishedPolicy) -> Vec<Self> {
        let before = published.before.as_deref().and_then(PublishedPolicy::manifest_with_waivers);
        let before = before.as_ref();
        let mut all = Vec::new();
        if theirs.formats == Formats::Assert && ours.formats == Formats::Annotate {
            all.push(Self {
                setting: "formats",
                about: String::new(),
                from: "assert".to_owned(),
                to: "annotate".to_owned(),
                is_by_branch: before.is_none_or(|before| before.formats != ours.formats),
            });
        }
        for (uri, dialect) in &theirs.dialects {
            let here = ours.dialects.get(uri);
            if here != Some(dialect) {
                all.push(Self {
                    setting: "dialects",
                    about: uri.clone(),
                    from: dialect.to_string(),
                    to: here.map_or_else(|| "unknown".to_owned(), ToString::to_string),
                    is_by_branch: before.is_none_or(|before| before.dialects.get(uri) != here),
                });
            }
        }
        for entry in &ours.waivers {
            let known = |manifest: &Manifest| find(manifest, entry).cloned();
            let there = known(theirs);
            if there.as_ref().is_some_and(|there| !lasts_longer(entry, there)) {
                continue;
            }
            all.push(Self {
                setting: "waivers",
                about: entry.fingerprint.clone(),
                from: there.as_ref().map_or_else(|| "no waiver".to_owned(), last_day),
                to: last_day(entry),
                is_by_branch: before.and_then(known).is_none_or(|before| lasts_longer(entry, &before)),
            });
        }
        all
    }

    fn message(&self, subjects: &[String]) -> String {
        let Self { setting, about, from, to, .. } = self;
        match *setting {
            "formats" => format!("the change loosens `formats` from `{from}` to `{to}`"),
            "dialects" => {
                format!("the change gives the dialect `{about}` another meaning: `{from}` becomes `{to}`")
            }
            "waivers" if from == "no waiver" => format!("the change adds a waiver of {about}"),
            "waivers" => format!("the change extends the waiver of {about}: {from} becomes {to}"),
            "never_used" => {
                format!("the change yanks {about} as never used, so {about} is no longer a baseline")
            }
            _ => {
                let rest = subjects.len().saturating_sub(NAMED_MAX);
                let mut named: Vec<String> =
                    subjects.iter().take(NAMED_MAX).map(|subject| format!("`{subject}`")).collect();
                if 0 < rest {
                    named.push(format!("{rest} more"));
                }
                format!("the change loosens `{setting}` of {} from `{from}` to `{to}`", named.join(", "))
            }
        }
    }
}

/// Returns a finding for each setting that the branch loosened. Subjects with the same change share one finding.
pub(super) fn findings(
    all: Vec<LoosenedSetting>,
    project: &Project,
    published: &PublishedPolicy,
    accepts: bool,
) -> Vec<Finding> {
    /// The setting, the value in the baseline, the value in the tree, and the fingerprint, dialect or version. The last
    /// text is empty for a policy, because subjects with the same change share one finding.
    type Key = (&'static str, String, String, String);
    let mut groups: BTreeMap<Key, (LoosenedSetting, Vec<String>)> = BTreeMap::new();
    for loosened in all.into_iter().filter(|loosened| loosened.is_by_branch) {
        let is_policy = ["mode", "content_model"].contains(&loosened.setting);
        let apart = if is_policy { String::new() } else { loosened.about.clone() };
        let key = (loosened.setting, loosened.from.clone(), loosened.to.clone(), apart);
        let about = loosened.about.clone();
        groups.entry(key).or_insert_with(|| (loosened, Vec::new())).1.push(about);
    }
    let place = |needle: &str| place_in_manifest(project, needle);
    groups
        .into_values()
        .map(|(loosened, subjects)| {
            let needle = if loosened.about.is_empty() { loosened.setting } else { &loosened.about };
            finding(loosened.message(&subjects), place(needle), &published.name, accepts)
        })
        .collect()
}

/// Returns the finding for a change that loosens the policy of its own check.
pub(super) fn finding(message: String, place: Place, baseline: &str, accepts: bool) -> Finding {
    let mut finding = Finding::error("policy-loosened", message, place);
    if accepts {
        finding.severity = Severity::Warning;
        return finding.note("accepted by `--accept-loosened-policy`: the check uses the policy of the tree");
    }
    finding.note(format!("the check uses the policy of {baseline}")).help(
        "restore the setting; if the owner of the contract agrees to the change, run the check with \
         `--accept-loosened-policy`",
    )
}

/// Returns the first line of the manifest that contains a text; if no line does, the whole manifest.
pub(super) fn place_in_manifest(project: &Project, needle: &str) -> Place {
    let path = project.manifest_path();
    let text = std::fs::read_to_string(&path).ok();
    let position = text.as_ref().and_then(|text| {
        let at = text.find(needle)?;
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = text[start..].lines().next().unwrap_or_default().trim_end();
        Some(Position::of(text, start, line.len()))
    });
    Place {
        file: display_path(&path),
        text: position.and(text.as_deref().map(Into::into)),
        position,
        ..Place::default()
    }
}

fn find<'m>(manifest: &'m Manifest, entry: &WaiverEntry) -> Option<&'m WaiverEntry> {
    manifest.waivers.iter().find(|other| other.fingerprint == entry.fingerprint)
}

fn lasts_longer(entry: &WaiverEntry, than: &WaiverEntry) -> bool {
    // Days have the form `2027-01-31`, so the order of the texts is the order of the days.
    match (&entry.until, &than.until) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(ours), Some(theirs)) => theirs < ours,
    }
}

fn last_day(entry: &WaiverEntry) -> String {
    entry.until.as_ref().map_or_else(|| "with no end".to_owned(), |until| format!("until {until}"))
}

#[cfg(test)]
mod tests {
    use evschema_model::{ContentModel, Mode};

    use super::*;
    use crate::subject_file::SubjectFile;

    fn manifest(text: &str) -> Manifest {
        Manifest::parse(text).unwrap()
    }

    fn published(text: &str, before: Option<&str>) -> PublishedPolicy {
        let subjects = [(Subject::parse("a.b").unwrap(), SubjectFile::default())];
        let of = |text: &str| PublishedPolicy {
            name: "`main`".to_owned(),
            manifest: Some(manifest(text)),
            subjects: subjects.clone().into(),
            ..PublishedPolicy::default()
        };
        PublishedPolicy { before: before.map(|text| Box::new(of(text))), ..of(text) }
    }

    #[test]
    fn looser_settings_and_their_near_misses() {
        let waiver =
            |until: &str| format!("[[waivers]]\nfingerprint = \"a3f8c21b9d04e577\"\nreason = \"r\"\n{until}");
        let (ends, later) = (waiver("until = \"2027-01-31\""), waiver("until = \"2027-02-01\""));
        let endless = waiver("");
        let mapped = "[dialects]\n\"http://example.com/m\" = \"draft-04\"";
        for (theirs, ours, expected) in [
            ("", "formats = \"annotate\"", vec!["formats"]),
            ("formats = \"annotate\"", "", vec![]),
            (&endless, &endless, vec![]),
            ("", &endless, vec!["waivers"]),
            (&endless, "", vec![]),
            (&ends, &later, vec!["waivers"]),
            (&ends, &endless, vec!["waivers"]),
            (&later, &ends, vec![]),
            (&endless, &ends, vec![]),
            (mapped, "", vec!["dialects"]),
            (mapped, mapped, vec![]),
            ("", mapped, vec![]),
        ] {
            let found =
                LoosenedSetting::of_manifest(&manifest(ours), &manifest(theirs), &published(theirs, None));
            let settings: Vec<&str> = found.iter().map(|loosened| loosened.setting).collect();
            assert_eq!(settings, expected, "{theirs} -> {ours}");
            assert!(found.iter().all(|loosened| loosened.is_by_branch));
        }
    }

    #[test]
    fn a_change_of_the_baseline_is_not_a_change_of_the_branch() {
        // The baseline became stricter after the branch started.
        let published = published("", Some("formats = \"annotate\""));
        let ours = manifest("formats = \"annotate\"");
        let found = LoosenedSetting::of_manifest(&ours, &manifest(""), &published);
        assert_eq!(found.iter().map(|loosened| loosened.is_by_branch).collect::<Vec<_>>(), [false]);
    }

    #[test]
    fn modes_and_content_models() {
        let subject = Subject::parse("a.b").unwrap();
        for (theirs, mode, content_model, expected) in [
            ("mode = \"full\"", Mode::Backward, ContentModel::Lenient, vec!["mode"]),
            ("mode = \"backward\"", Mode::Full, ContentModel::Lenient, vec![]),
            ("mode = \"backward\"", Mode::Forward, ContentModel::Tolerant, vec!["mode", "content_model"]),
            ("mode = \"none\"", Mode::None, ContentModel::Strict, vec![]),
            ("mode = \"full_transitive\"", Mode::Full, ContentModel::Lenient, vec!["mode"]),
        ] {
            let published = published(&format!("[compatibility]\n{theirs}"), None);
            let found = LoosenedSetting::policy(SubjectPolicy { mode, content_model }, &published, &subject);
            let settings: Vec<&str> = found.iter().map(|loosened| loosened.setting).collect();
            assert_eq!(settings, expected, "{theirs} -> {mode} {content_model}");
        }
    }
}
