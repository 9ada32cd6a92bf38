/// How a command ends, if it completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The command has no finding that blocks a change.
    Clean,
    /// The command has at least one finding that blocks a change.
    Findings,
}
