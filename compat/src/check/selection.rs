use evschema_model::{Mode, Version};

/// Whether a registered version is a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Writers and readers may use the version.
    Current,
    /// The version was yanked. Events of this version exist, so the version stays a baseline.
    Yanked,
    /// The version was yanked, and no writer ever used it. The version is not a baseline.
    NeverUsed,
}

/// The baselines of a candidate, and other versions near it. The baselines are the versions of the candidate's line
/// that the mode selects, except pre-releases and versions that were never used.
///
/// If the mode is not transitive, the nearest version that is not yanked is a baseline. Yanked versions between that
/// version and the candidate are baselines too, because events of these versions exist.
pub(crate) struct Selection<'h, T> {
    /// The highest version below the candidate's version, in any line.
    pub(crate) previous: Option<&'h T>,
    /// The highest version below the candidate's version, in the candidate's line.
    pub(crate) line_previous: Option<&'h T>,
    /// The baselines below the candidate's version, in ascending order.
    pub(crate) predecessors: Vec<&'h T>,
    /// The baselines above the candidate's version, in ascending order.
    pub(crate) successors: Vec<&'h T>,
    /// The lowest version above the candidate's version, in the candidate's line. It does not depend on the mode.
    pub(crate) line_next: Option<&'h T>,
    /// The newest version of the candidate's line.
    pub(crate) line_newest: Option<&'h T>,
    /// The highest version of the subject, even if this version was yanked or never used.
    pub(crate) highest: Option<&'h T>,
}

impl<'h, T> Selection<'h, T> {
    /// Selects the baselines from versions in any order. `about` returns the version and the standing of an item.
    pub(crate) fn of(
        candidate: &Version,
        mode: Mode,
        history: impl IntoIterator<Item = &'h T>,
        about: impl Fn(&T) -> (&Version, Standing),
    ) -> Self {
        let mut all: Vec<&T> = history.into_iter().collect();
        all.sort_by(|a, b| about(a).0.cmp(about(b).0));
        let highest = all.last().copied();
        all.retain(|item| {
            let (version, standing) = about(item);
            standing != Standing::NeverUsed && !version.is_prerelease()
        });
        let in_line = |item: &T| about(item).0.line() == candidate.line();
        let below = all.partition_point(|item| about(item).0 < candidate);
        let above = all.partition_point(|item| about(item).0 <= candidate);
        let previous = all[..below].last().copied();
        let mut predecessors: Vec<&T> = all[..below].iter().copied().filter(|item| in_line(item)).collect();
        let mut successors: Vec<&T> = all[above..].iter().copied().filter(|item| in_line(item)).collect();
        let line_previous = predecessors.last().copied();
        let line_next = successors.first().copied();
        let line_newest = successors.last().copied().or(line_previous);
        match (mode, mode.is_transitive()) {
            (Mode::None, _) => {
                predecessors.clear();
                successors.clear();
            }
            (_, true) => {}
            (_, false) => {
                let is_current = |item: &&T| about(item).1 == Standing::Current;
                predecessors.drain(..predecessors.iter().rposition(is_current).unwrap_or(0));
                successors.truncate(successors.iter().position(is_current).map_or(usize::MAX, |at| at + 1));
            }
        }
        Self { previous, line_previous, predecessors, successors, line_next, line_newest, highest }
    }
}

/// Returns the versions of a subject that [`check`](super::check) needs for a candidate of this version, in no
/// particular order. A caller need not load any other version.
pub fn baselines<'h, T>(
    candidate: &Version,
    mode: Mode,
    history: &'h [T],
    about: impl Fn(&T) -> (&Version, Standing),
) -> Vec<&'h T> {
    let Selection { previous, line_previous, mut predecessors, successors, line_next, line_newest, highest } =
        Selection::of(candidate, mode, history, &about);
    predecessors.extend(successors);
    let neighbours = [previous, line_previous, line_next, line_newest, highest];
    for more in neighbours.into_iter().flatten() {
        if !predecessors.iter().any(|there| std::ptr::eq(*there, more)) {
            predecessors.push(more);
        }
    }
    predecessors
}
