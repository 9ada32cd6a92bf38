/// An answer of the oracle about one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The writer sends the event, or the reader accepts it.
    Yes,
    /// The writer does not send the event, or the reader rejects it, for this reason.
    No(String),
    /// The oracle cannot decide.
    Unknown,
}
