/// A question that the definition of the content models does not answer. The oracle answers only if both choices lead
/// to the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Doubt {
    /// Whether an `if` inside a branch that fails declares names.
    FailedBranchIf,
    /// Whether a pattern for every name, with a schema that is not real, ends a map.
    CatchAllEndsMap,
    /// Whether the tuple of a failed `if` limits an array.
    FailedIfTuple,
    /// Whether an enumeration without objects ends a map.
    ScalarEnumEndsMap,
    /// Whether a tolerant reader strips the members of a closed object that declares nothing.
    ClosedMap,
}

impl Doubt {
    /// All doubts.
    pub(super) const ALL: [Self; 5] = [
        Self::FailedBranchIf,
        Self::CatchAllEndsMap,
        Self::FailedIfTuple,
        Self::ScalarEnumEndsMap,
        Self::ClosedMap,
    ];
}
