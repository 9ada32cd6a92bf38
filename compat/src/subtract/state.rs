//! The state that subtractions need during one comparison.

/// The state of subtractions.
#[derive(Default)]
pub(crate) struct Subtractor {
    /// The depth of nested subtractions.
    pub(in crate::subtract) subtraction_depth: usize,
}
