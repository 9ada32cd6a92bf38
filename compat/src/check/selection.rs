use evschema_model::{Mode, Version};

/// How a registered version counts in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Writers and readers may use it.
    Current,
    /// It was yanked. Events that were written under it exist, so it stays a baseline.
    Yanked,
    /// It was yanked, and nobody ever wrote an event under it: it is no baseline.
    NeverUsed,
}

/// The baselines of a candidate: versions of its line, as the mode says, other than pre-releases and versions that
/// were never used.
///
/// A mode that is not transitive compares with the nearest version that is not yanked, and with the yanked ones that
/// are nearer: events of both exist.
pub(crate) struct Selection<'h, T> {
    /// The next version below the candidate's, of any line.
    pub(crate) previous: Option<&'h T>,
    /// The next one below in the candidate's line.
    pub(crate) line_previous: Option<&'h T>,
    /// Those below that count, ascending.
    pub(crate) predecessors: Vec<&'h T>,
    /// Those above that count, ascending.
    pub(crate) successors: Vec<&'h T>,
    /// The next one above in the candidate's line, in every mode.
    pub(crate) line_next: Option<&'h T>,
    /// The newest of the candidate's line.
    pub(crate) line_newest: Option<&'h T>,
    /// The highest of all, whatever became of it: the next free version is above it.
    pub(crate) highest: Option<&'h T>,
}

impl<'h, T> Selection<'h, T> {
    /// Selects from versions in any order; `about` returns the version of an item and how it counts.
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

/// Returns those of a subject's versions that [`check`](super::check) looks at to hold a candidate of this version
/// against them, in no order: whoever reads them from somewhere need read no others.
///
/// `about` returns the version of an item and how it counts.
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
