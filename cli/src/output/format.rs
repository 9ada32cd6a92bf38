use clap::ValueEnum;

/// A format of findings and data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: each finding with its lines of the file.
    Text,
    /// For editors: one line for each finding.
    Short,
    /// For programs: one JSON document.
    Json,
}
