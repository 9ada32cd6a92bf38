/// Refers to a node of the same program, or of a linked program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeId {
    pub(super) link: Option<u16>,
    pub(super) number: u32,
}

/// The dynamic anchors of one schema resource, by name.
pub(super) type Anchors = Box<[(Box<str>, NodeId)]>;

/// Returns a 32-bit number as an index.
pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
