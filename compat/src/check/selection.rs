use evschema_model::{Mode, Version};

/// Which of a subject's versions a candidate is held against: they are of its line, as the mode says, unless they are
/// yanked or a pre-release.
pub(crate) struct Selection<'h, T> {
    /// The next version below the candidate's, of any line.
    pub(crate) previous: Option<&'h T>,
    /// The next one below in the candidate's line.
    pub(crate) line_previous: Option<&'h T>,
    /// Those below that count, ascending.
    pub(crate) predecessors: Vec<&'h T>,
    /// Those above that count, ascending.
    pub(crate) successors: Vec<&'h T>,
    /// The highest of all, whatever became of it: the next free version is above it.
    pub(crate) highest: Option<&'h T>,
}

impl<'h, T> Selection<'h, T> {
    /// Selects from versions in any order; `about` tells which version something is and whether it was yanked.
    pub(crate) fn of(
        candidate: &Version,
        mode: Mode,
        history: impl IntoIterator<Item = &'h T>,
        about: impl Fn(&T) -> (&Version, bool),
    ) -> Self {
        let mut all: Vec<&T> = history.into_iter().collect();
        all.sort_by(|a, b| about(a).0.cmp(about(b).0));
        let highest = all.last().copied();
        all.retain(|item| {
            let (version, is_yanked) = about(item);
            !is_yanked && !version.is_prerelease()
        });
        let in_line = |item: &T| about(item).0.line() == candidate.line();
        let below = all.partition_point(|item| about(item).0 < candidate);
        let above = all.partition_point(|item| about(item).0 <= candidate);
        let previous = all[..below].last().copied();
        let mut predecessors: Vec<&T> = all[..below].iter().copied().filter(|item| in_line(item)).collect();
        let mut successors: Vec<&T> = all[above..].iter().copied().filter(|item| in_line(item)).collect();
        let line_previous = predecessors.last().copied();
        match (mode, mode.is_transitive()) {
            (Mode::None, _) => {
                predecessors.clear();
                successors.clear();
            }
            (_, true) => {}
            (_, false) => {
                predecessors.drain(..predecessors.len().saturating_sub(1));
                successors.truncate(1);
            }
        }
        Self { previous, line_previous, predecessors, successors, highest }
    }
}

/// Returns those of a subject's versions that [`check`](super::check) looks at to hold a candidate of this version
/// against them, in no order: whoever reads them from somewhere need read no others.
///
/// `about` tells which version something is and whether it was yanked.
pub fn baselines<'h, T>(
    candidate: &Version,
    mode: Mode,
    history: &'h [T],
    about: impl Fn(&T) -> (&Version, bool),
) -> Vec<&'h T> {
    let Selection { previous, line_previous, mut predecessors, successors, highest } =
        Selection::of(candidate, mode, history, &about);
    predecessors.extend(successors);
    for more in previous.into_iter().chain(line_previous).chain(highest) {
        if !predecessors.iter().any(|there| std::ptr::eq(*there, more)) {
            predecessors.push(more);
        }
    }
    predecessors
}
