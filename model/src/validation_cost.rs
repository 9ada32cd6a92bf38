//! Estimates, before a validation, the steps that it takes and the errors that it keeps.
//!
//! A validator follows every path through a schema. The number of paths is exponential if each definition refers twice
//! to the next one, or a recursive definition refers twice to itself. No validator ends then. So the paths are counted
//! first, in a time that is proportional to the pairs of a subschema and a part of the event.

mod count;
mod multiply;
mod node;
mod paths;
mod read;
#[cfg(test)]
mod tests;
mod weights;

use serde_json::Value;

use count::Count;
use node::Node;
pub(crate) use weights::Size;

/// The paths through a schema and everything that it refers to.
#[derive(Debug)]
pub(crate) struct ValidationCost {
    nodes: Vec<Node>,
    /// The number of paths from each node, by measure; `None` for a node whose paths have no end.
    paths: Vec<Option<[u64; Measure::ALL.len()]>>,
    /// The longest path that visits no node twice.
    longest: usize,
    /// Whether a node has `uniqueItems`.
    has_unique: bool,
    /// Whether a node has a schema for property names.
    has_names: bool,
}

/// A cost that is counted along the paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// Applications of a subschema to a part, and work that takes as long.
    Steps,
    /// The same for each byte of a string.
    StepsPerByte,
    /// Errors that the validator keeps if every keyword rejects.
    Errors,
    /// The errors inside unions, which the validator keeps even to report one error.
    ErrorsInUnions,
    /// Bytes of copies of the event: the error of a union keeps a copy of its value for each branch.
    CopiedBytes,
}

/// The length of the strings for which the steps per byte are estimated. A pattern with a look-around takes more steps
/// for each byte of a longer string.
const PER_BYTE_OF: u64 = 1 << 10;

impl Measure {
    const ALL: [Self; 5] =
        [Self::Steps, Self::StepsPerByte, Self::Errors, Self::ErrorsInUnions, Self::CopiedBytes];
}

impl ValidationCost {
    /// Returns the length of the longest path that visits no node twice.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Returns whether a validator takes at most `most` steps for an event.
    pub(crate) fn allow(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::Steps, event, most)
    }

    /// Returns whether a validator keeps at most `most` errors of an event to report all errors.
    pub(crate) fn has_few_errors(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::Errors, event, most)
    }

    /// Returns whether a validator keeps at most `most` errors of an event to report one error.
    pub(crate) fn has_few_errors_in_unions(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::ErrorsInUnions, event, most)
    }

    fn is_within(&self, measure: Measure, event: &Value, most: u64) -> bool {
        if self.at_most(0, measure, Size::of(event)) <= most {
            return true;
        }
        Count::new(self, measure, most).of(0, event) <= most
    }

    /// Returns an upper bound of the cost of a value under a node, by the size of the value.
    fn at_most(&self, node: u32, measure: Measure, size: Size) -> u64 {
        /// The number of items that are compared in no significant time.
        const FEW_ITEMS: u64 = 64;
        let Some(paths) = self.paths.get(node as usize).copied().flatten() else { return u64::MAX };
        if measure == Measure::Steps && self.has_unique && FEW_ITEMS < size.longest_array {
            return u64::MAX;
        }
        let times = match measure {
            // Each name can have an error, which copies the whole object.
            Measure::CopiedBytes if self.has_names => size.bytes().saturating_mul(size.parts),
            Measure::CopiedBytes => size.bytes(),
            Measure::Steps | Measure::StepsPerByte | Measure::Errors | Measure::ErrorsInUnions => size.parts,
        };
        let each = paths[measure as usize].saturating_mul(times);
        let per_byte = paths[Measure::StepsPerByte as usize];
        let texts = match measure {
            Measure::Steps if per_byte == 0 || size.longest_text <= PER_BYTE_OF => {
                per_byte.saturating_mul(size.text_bytes)
            }
            Measure::Steps => u64::MAX,
            Measure::StepsPerByte | Measure::Errors | Measure::ErrorsInUnions | Measure::CopiedBytes => 0,
        };
        each.saturating_add(texts)
    }

    /// Returns whether the errors of an event keep copies of its parts that have at most `most` bytes in total.
    pub(crate) fn copies_little(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::CopiedBytes, event, most)
    }
}
