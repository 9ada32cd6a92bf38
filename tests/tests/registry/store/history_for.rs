//! Checks that a registration has the same result if it reads all versions of a subject, and if it reads only the
//! necessary versions.

use std::collections::BTreeSet;

use evschema_api::State;
use evschema_compat::{Standing, baselines};
use evschema_model::{Bump, Mode, SubjectPolicy, Version};
use evschema_registry::store::{Addition, Settings, StateChanged, Store, VersionRecord};

use super::super::world::{subject, version};
use super::{at, event, first, further, on_both, settings};

/// Number of subjects in each database.
const SUBJECTS: u32 = 60;
/// Maximum number of versions that a registration reads, without yanked versions and without the line of a transitive
/// mode. These versions are the candidate, one version on each side of it, the two highest releases, and the two
/// highest pre-releases.
const NEAR_MAX: usize = 7;

/// A version and its standing, as the test records them.
type Known = (Version, Standing);

#[test]
fn a_registration_is_decided_by_few_versions_as_by_all() {
    on_both(async |name, store| {
        let mut random = fastrand::Rng::with_seed(3);
        for number in 0..SUBJECTS {
            let subject_name = format!("s{number}");
            let mode = random.choice(Mode::ALL).unwrap();
            let is_dense = random.bool();
            make_up(&*store, &subject_name, mode, is_dense, &mut random).await;
            let all = known(store.history(&subject(&subject_name)).await.unwrap().unwrap().versions);
            let mut candidates: Vec<Version> = all.iter().map(|known| known.0.clone()).collect();
            candidates.extend((0..40).map(|_| random_version(is_dense, &mut random)));
            for candidate in candidates {
                let near =
                    store.history_for(&subject(&subject_name), Some(&candidate)).await.unwrap().unwrap();
                let near = known(near.versions);
                let shown = format!("{name}: {candidate} under {mode} of {all:?}, read {near:?}");
                let own = |versions: &[Known]| versions.iter().find(|known| known.0 == candidate).cloned();
                assert_eq!(own(&near), own(&all), "{shown}");
                let in_line = all.iter().filter(|(version, _)| version.line() == candidate.line()).count();
                let more = if mode.is_transitive() { in_line } else { 0 };
                let yanked = all.iter().filter(|(_, standing)| *standing == Standing::Yanked).count();
                assert!(near.len() <= NEAR_MAX + yanked + more, "{shown}");
                // A version is not compared with itself.
                let (near, all) = (without(&near, &candidate), without(&all, &candidate));
                assert_eq!(
                    versions_to_compare_with(&candidate, mode, &near),
                    versions_to_compare_with(&candidate, mode, &all),
                    "{shown}"
                );
            }

            let near = store.history_for(&subject(&subject_name), None).await.unwrap().unwrap();
            let latest = near.subject.latest.clone();
            let near = known(near.versions);
            let shown = format!("{name}: the next under {mode} of {all:?}, read {near:?}");
            let first = untaken(newest(latest.as_ref(), &all).next(Bump::Patch), &all);
            let from_near = newest(latest.as_ref(), &near).next(Bump::Patch);
            assert_eq!(untaken(from_near, &near), first, "{shown}");
            let mut choices = vec![first.clone()];
            choices.extend(steps(&first, &all));
            for choice in choices {
                let chosen = untaken(choice.clone(), &all);
                assert_eq!(untaken(choice, &near), chosen, "{shown}");
                let held = versions_to_compare_with(&chosen, mode, &near);
                assert_eq!(held, versions_to_compare_with(&chosen, mode, &all), "{chosen}, {shown}");
            }
        }
    });
}

#[test]
fn a_long_line_needs_no_additional_reads() {
    on_both(async |name, store| {
        let policy = SubjectPolicy { mode: Mode::Full, ..SubjectPolicy::default() };
        let creation = Some((Settings { policy, ..settings() }, event("created")));
        store.append(Addition { creation, ..first("a@1.0.0") }).await.unwrap();
        for minor in 1..40 {
            store.append(further(&format!("a@1.{minor}.0"), 1 + u64::from(minor), minor + 1)).await.unwrap();
        }
        for candidate in [Some("1.40.0"), Some("1.20.0"), Some("1.20.1"), Some("1.20.0-rc.1"), None] {
            let candidate = candidate.map(version);
            let near = store.history_for(&subject("a"), candidate.as_ref()).await.unwrap().unwrap();
            assert!(near.versions.len() <= NEAR_MAX, "{name}: {candidate:?} {near:?}");
            assert_eq!(near.subject.version_count, 40, "{name}");
        }
    });
}

/// Registers random versions in random order, and yanks some of them.
async fn make_up(
    store: &dyn Store,
    subject_name: &str,
    mode: Mode,
    is_dense: bool,
    random: &mut fastrand::Rng,
) {
    let mut there: Vec<Known> = Vec::new();
    let mut revision = 2;
    for _ in 0..random.u32(1..40) {
        let new = random_version(is_dense, random);
        if there.iter().any(|(version, _)| *version == new) {
            continue;
        }
        there.push((new.clone(), Standing::Current));
        let text = format!("{subject_name}@{new}");
        let addition = if there.len() == 1 {
            let policy = SubjectPolicy { mode, ..SubjectPolicy::default() };
            Addition { creation: Some((Settings { policy, ..settings() }, event("created"))), ..first(&text) }
        } else {
            revision += 1;
            further(&text, revision - 1, u32::try_from(there.len()).unwrap())
        };
        store.append(Addition { latest: latest(&there), ..addition }).await.unwrap();
        if random.u32(..5) < 2 {
            let yanked = random.usize(..there.len());
            let never_used = random.bool();
            there[yanked].1 = if never_used { Standing::NeverUsed } else { Standing::Yanked };
            let change = StateChanged {
                at: at(&format!("{subject_name}@{}", there[yanked].0)),
                revision,
                state: State::Yanked,
                reason: "why".to_owned(),
                never_used,
                latest: latest(&there),
                changed_at: 9,
                event: event("yanked"),
            };
            store.set_state(change).await.unwrap();
            revision += 1;
        }
    }
    let history = store.history(&subject(subject_name)).await.unwrap().unwrap();
    there.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(known(history.versions), there, "everything was written");
}

/// Returns a random version from a small set. If `is_dense` is set, the set is even smaller, and has no gaps.
fn random_version(is_dense: bool, random: &mut fastrand::Rng) -> Version {
    if is_dense {
        return version(&format!("1.{}.{}", random.u32(..2), random.u32(..6)));
    }
    let tag = random.choice(["", "", "", "-rc.1", "-rc.10", "-rc.2", "-0.x-y"]).unwrap();
    let (major, minor) = (random.u32(..3), random.choice([0, 1, 10]).unwrap());
    let patch = random.choice([0, 1, 2, 3, 10, Version::NUMBER_MAX - 1]).unwrap();
    version(&format!("{major}.{minor}.{patch}{tag}"))
}

fn known(records: Vec<VersionRecord>) -> Vec<Known> {
    let standing = |record: &VersionRecord| match record.state {
        State::Yanked if record.never_used => Standing::NeverUsed,
        State::Yanked => Standing::Yanked,
        State::Active | State::Deprecated => Standing::Current,
    };
    records.into_iter().map(|record| (record.version.clone(), standing(&record))).collect()
}

fn without(versions: &[Known], left_out: &Version) -> Vec<Known> {
    versions.iter().filter(|known| known.0 != *left_out).cloned().collect()
}

fn latest(versions: &[Known]) -> Option<Version> {
    let current = versions.iter().filter(|known| counts(known) && known.1 == Standing::Current);
    current.map(|known| known.0.clone()).max()
}

fn counts((version, standing): &Known) -> bool {
    *standing != Standing::NeverUsed && !version.is_prerelease()
}

/// Returns the version after which the registry chooses the next version: the highest used version in the line of
/// `latest`, or the highest release.
fn newest(latest: Option<&Version>, versions: &[Known]) -> Version {
    let in_line = |known: &&Known| match latest {
        Some(latest) => counts(known) && known.0.line() == latest.line(),
        None => !known.0.is_prerelease(),
    };
    let highest = versions.iter().filter(in_line).map(|known| &known.0).max();
    highest.or(latest).cloned().unwrap_or_else(|| version("0.9.0"))
}

/// Returns the versions to compare a candidate with. If a release has several pre-releases, any of them may be
/// the highest, because the next number is the same.
///
/// The list omits newer versions of the line with which the mode does not compare. Only the help of a rejection needs
/// these versions, and the help reads the whole history.
fn versions_to_compare_with(
    candidate: &Version,
    mode: Mode,
    versions: &[Known],
) -> BTreeSet<(Version, bool)> {
    let line = versions.iter().filter(|known| counts(known) && known.0.line() == candidate.line());
    let above: Vec<&Known> = line.filter(|known| *candidate < known.0).collect();
    let is_for_advice = |known: &Known| {
        let is_above = above.iter().any(|near| near.0 == known.0);
        // For a version below a current version, modes that are not transitive compare with no other version.
        let is_nearest = !above.iter().any(|near| near.0 < known.0 && near.1 == Standing::Current);
        let is_compared = mode != Mode::None && (mode.is_transitive() || is_nearest);
        is_above && !is_compared && versions.iter().any(|other| known.0 < other.0)
    };
    let held = baselines(candidate, mode, versions, |(version, standing)| (version, *standing));
    let held = held.into_iter().filter(|known| !is_for_advice(known));
    held.map(|(version, _)| (version.next(Bump::Patch), version.is_prerelease())).collect()
}

/// Returns the version, or the next free patch version.
fn untaken(mut version: Version, versions: &[Known]) -> Version {
    while versions.iter().any(|known| known.0 == version) {
        version = version.next(Bump::Patch);
    }
    version
}

/// Returns the versions that a check can require instead of the candidate's version.
fn steps(candidate: &Version, versions: &[Known]) -> Vec<Version> {
    let line_previous = versions
        .iter()
        .filter(|known| counts(known) && known.0.line() == candidate.line() && known.0 < *candidate);
    let line_previous = line_previous.map(|known| &known.0).max();
    let highest = versions.iter().map(|known| &known.0).max();
    let from = [line_previous, highest].into_iter().flatten();
    from.flat_map(|version| [Bump::Patch, Bump::Minor, Bump::Major].map(|bump| version.next(bump))).collect()
}
