use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Declared, fit};

/// An operation of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::registry) enum Operation {
    /// Registers this content as version 1.`version`.0.
    Put { version: usize, declared: Declared },
    /// Lists the versions.
    Read,
}

/// The response that the client received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::registry) enum Outcome {
    Created {
        ordinal: usize,
    },
    Unchanged,
    Exists,
    Incompatible,
    Versions(BTreeSet<usize>),
    /// No response. The operation may have taken effect, or it may take effect later.
    Unknown,
}

/// An operation and its response, with the moment before the request and the moment after the response.
#[derive(Debug, Clone)]
pub(in crate::registry) struct Recorded {
    pub(in crate::registry) subject: String,
    pub(in crate::registry) operation: Operation,
    pub(in crate::registry) outcome: Outcome,
    pub(in crate::registry) invoked: Duration,
    pub(in crate::registry) returned: Duration,
}

/// An operation, with the states in which it can have taken effect. A state is a number of registrations.
struct Placed<'h> {
    recorded: &'h Recorded,
    /// The first state that explains the response. If the operation is a registration, it creates this state.
    first: usize,
    /// The last state that explains the response.
    last: usize,
    makes: bool,
}

/// Compares a history with the final versions and with a sequential registry.
///
/// For each subject, no two versions contradict each other, and every acknowledged version exists. The history must
/// also be linearizable: each operation took effect at one moment between request and response, as in one registry that
/// executes one operation at a time.
///
/// Ordinals give the order of the registrations. So a state is a number of registrations, and the check need not search
/// for an order. Each operation gets the earliest possible state. This state explains the response, and is not earlier
/// than the state of an operation that ended before this operation began. If the earliest possible state does not
/// explain the response, no order explains the history.
///
/// # Errors
///
/// If the history contains a contradiction. The error describes it.
pub(in crate::registry) fn check(
    history: &[Recorded],
    registered: &BTreeMap<String, Vec<(usize, Declared)>>,
) -> Result<(), String> {
    let mut subjects: BTreeMap<&str, Vec<&Recorded>> = BTreeMap::new();
    for recorded in history {
        subjects.entry(&recorded.subject).or_default().push(recorded);
    }
    for (subject, operations) in subjects {
        let versions = registered.get(subject).map_or(&[][..], Vec::as_slice);
        check_subject(&operations, versions).map_err(|why| format!("{subject}: {why}"))?;
    }
    Ok(())
}

fn check_subject(operations: &[&Recorded], versions: &[(usize, Declared)]) -> Result<(), String> {
    for (at, (number, declared)) in versions.iter().enumerate() {
        for (earlier, (other, before)) in versions[..at].iter().enumerate() {
            if number == other || !fit(declared, before) {
                return Err(format!("1.{other}.0 ({earlier}) and 1.{number}.0 ({at}) contradict each other"));
            }
        }
    }
    let mut placed = Vec::new();
    for recorded in operations {
        placed.extend(place(recorded, versions)?);
    }
    order(placed)
}

/// Returns the states in which an operation can have taken effect.
fn place<'h>(recorded: &'h Recorded, versions: &[(usize, Declared)]) -> Result<Option<Placed<'h>>, String> {
    let never = || format!("nothing that is registered explains {recorded:?}");
    let state_with = |number: usize| versions.iter().position(|(there, _)| *there == number).map(|at| at + 1);
    let from = |first| Ok(Some(Placed { recorded, first, last: usize::MAX, makes: false }));
    match (&recorded.operation, &recorded.outcome) {
        (_, Outcome::Unknown) => Ok(None),
        (Operation::Put { version, declared }, Outcome::Created { ordinal }) => {
            if versions.get(ordinal - 1) != Some(&(*version, *declared)) {
                return Err(format!("acknowledged and not there: {recorded:?}"));
            }
            Ok(Some(Placed { recorded, first: *ordinal, last: *ordinal, makes: true }))
        }
        (Operation::Put { version, declared }, Outcome::Unchanged | Outcome::Exists) => {
            let state = state_with(*version).ok_or_else(never)?;
            let same = versions[state - 1].1 == *declared;
            if same == (recorded.outcome == Outcome::Unchanged) { from(state) } else { Err(never()) }
        }
        (Operation::Put { declared, .. }, Outcome::Incompatible) => {
            let at = versions.iter().position(|(_, there)| !fit(there, declared)).ok_or_else(never)?;
            from(at + 1)
        }
        (Operation::Read, Outcome::Versions(seen)) => {
            let state = seen.len();
            let expected: BTreeSet<usize> = versions.iter().take(state).map(|(number, _)| *number).collect();
            if *seen != expected {
                return Err(format!("a reader saw {seen:?}, which never were the versions"));
            }
            Ok(Some(Placed { recorded, first: state, last: state, makes: false }))
        }
        (Operation::Put { .. }, Outcome::Versions(_)) | (Operation::Read, _) => Err(never()),
    }
}

/// Gives each operation the earliest possible state, in the order in which the operations began.
fn order(mut placed: Vec<Placed<'_>>) -> Result<(), String> {
    placed.sort_by_key(|operation| operation.recorded.invoked);
    // The end of each finished operation, with the state that every later operation must see.
    let mut ended: BTreeMap<Duration, usize> = BTreeMap::new();
    for operation in placed {
        let Recorded { invoked, returned, .. } = operation.recorded;
        let seen = ended.range(..*invoked).map(|(_, state)| *state).max().unwrap_or(0);
        // A registration creates a new state. So an operation that ended before the registration saw an earlier state.
        let too_late = if operation.makes { operation.last <= seen } else { operation.last < seen };
        if too_late {
            return Err(format!("state {seen} had been seen before this began: {:?}", operation.recorded));
        }
        let state = operation.first.max(seen);
        let latest = ended.entry(*returned).or_default();
        *latest = state.max(*latest);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Declared = [Some(0), None, None, None];
    const B: Declared = [Some(1), None, None, None];

    fn at(times: (u64, u64), operation: Operation, outcome: Outcome) -> Recorded {
        let (invoked, returned) = (Duration::from_millis(times.0), Duration::from_millis(times.1));
        Recorded { subject: "s".to_owned(), operation, outcome, invoked, returned }
    }

    fn put(times: (u64, u64), version: usize, declared: Declared, outcome: Outcome) -> Recorded {
        at(times, Operation::Put { version, declared }, outcome)
    }

    fn read(times: (u64, u64), seen: &[usize]) -> Recorded {
        at(times, Operation::Read, Outcome::Versions(seen.iter().copied().collect()))
    }

    /// Tests the check with short histories.
    #[test]
    fn histories() {
        let created = |ordinal| Outcome::Created { ordinal };
        for (name, history, versions, good) in [
            (
                "one after the other",
                vec![put((0, 1), 1, A, created(1)), put((2, 3), 2, A, created(2))],
                vec![(1, A), (2, A)],
                true,
            ),
            (
                "in another order than time",
                vec![put((0, 1), 1, A, created(2)), put((2, 3), 2, A, created(1))],
                vec![(2, A), (1, A)],
                false,
            ),
            (
                "at the same time, any order",
                vec![put((0, 3), 1, A, created(2)), put((1, 2), 2, A, created(1))],
                vec![(2, A), (1, A)],
                true,
            ),
            (
                "contradictory versions",
                vec![put((0, 1), 1, A, created(1)), put((0, 1), 2, B, created(2))],
                vec![(1, A), (2, B)],
                false,
            ),
            ("acknowledged and lost", vec![put((0, 1), 1, A, created(1))], vec![], false),
            ("a stale read", vec![put((0, 1), 1, A, created(1)), read((2, 3), &[])], vec![(1, A)], false),
            (
                "a read meanwhile",
                vec![put((0, 3), 1, A, created(1)), read((1, 2), &[]), read((1, 2), &[1])],
                vec![(1, A)],
                true,
            ),
            (
                "a read that goes back",
                vec![put((0, 9), 1, A, created(1)), read((1, 2), &[1]), read((3, 4), &[])],
                vec![(1, A)],
                false,
            ),
            ("a read of what was never there", vec![read((0, 1), &[7])], vec![(1, A)], false),
            (
                "refused before there was a reason",
                vec![put((0, 1), 2, B, Outcome::Incompatible), put((2, 3), 1, A, created(1))],
                vec![(1, A)],
                false,
            ),
            ("refused without a reason", vec![put((0, 1), 2, A, Outcome::Incompatible)], vec![(1, A)], false),
            (
                "refused, and a later read without the reason",
                vec![
                    put((0, 9), 1, A, created(1)),
                    put((1, 2), 2, B, Outcome::Incompatible),
                    read((3, 4), &[]),
                ],
                vec![(1, A)],
                false,
            ),
            (
                "no answer, and it happened",
                vec![put((0, 1), 1, A, Outcome::Unknown), read((2, 3), &[]), read((4, 5), &[1])],
                vec![(1, A)],
                true,
            ),
            (
                "the same again",
                vec![
                    put((0, 1), 1, A, created(1)),
                    put((2, 3), 1, A, Outcome::Unchanged),
                    put((2, 3), 1, B, Outcome::Exists),
                ],
                vec![(1, A)],
                true,
            ),
            (
                "the same again, called another",
                vec![put((0, 1), 1, A, created(1)), put((2, 3), 1, A, Outcome::Exists)],
                vec![(1, A)],
                false,
            ),
        ] {
            let registered = BTreeMap::from([("s".to_owned(), versions)]);
            let answer = check(&history, &registered);
            assert_eq!(answer.is_ok(), good, "{name}: {answer:?}");
        }
    }
}
