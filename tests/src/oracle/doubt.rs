/// A doubt: a question that the definition of the content models does not answer. The oracle gives an answer about an
/// event only if both answers to the doubt lead to the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Doubt {
    /// Whether an `if` inside a branch that rejects the value declares names.
    FailedBranchIf,
    /// Whether an object is no longer a map if a pattern matches every name, and its schema is not real.
    CatchAllEndsMap,
    /// Whether the tuple of an `if` that rejects the value limits the array.
    FailedIfTuple,
    /// Whether an object is no longer a map if an enumeration without objects applies to it.
    ScalarEnumEndsMap,
    /// Whether a tolerant reader removes the members of an object that forbids all undeclared members and declares
    /// none.
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
