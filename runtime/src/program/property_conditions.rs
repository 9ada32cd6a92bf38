//! Conditions on the properties of an object, translated from applicators.
//!
//! Schemas use `oneOf` with `required` to say "one of these properties", and `if` with one property to say "if the type
//! is this one". While the checker reads an object, it notes which properties are present, and the positions of a few
//! values. With these notes, the checker evaluates such conditions without reading the object again.

use super::node_id::NodeId;
use crate::bit_set::BitSet;
use crate::reject::Reject;

/// Maximum number of properties of one object whose positions are recorded.
pub(super) const RECORDED_MAX: usize = 4;

/// The positions of the recorded values in the text; 0 if the property is missing.
pub(crate) type ValuePositions = [u32; RECORDED_MAX];

/// A condition on the properties of an object.
#[derive(Debug)]
pub(crate) enum PropertyCondition {
    /// All of these properties are present.
    ArePresent(BitSet),
    /// The recorded property with this number is missing, or satisfies a node.
    Satisfies(usize, NodeId),
    Not(Box<Self>),
    All(Box<[Self]>),
    Any(Box<[Self]>),
    ExactlyOne(Box<[Self]>),
    /// If the first condition holds, the second one does; otherwise the third one.
    If(Box<[Self; 3]>),
}

/// A question about an object. The result of a condition depends on the answer.
pub(crate) enum PropertyQuestion<'d> {
    ArePresent(&'d BitSet),
    Satisfies(usize, NodeId),
}

impl PropertyCondition {
    /// Returns whether the condition holds. `answer` answers the questions about the object.
    ///
    /// # Errors
    ///
    /// If `answer` fails.
    pub(crate) fn holds(
        &self,
        answer: &mut impl FnMut(PropertyQuestion<'_>) -> Result<bool, Reject>,
    ) -> Result<bool, Reject> {
        match self {
            Self::ArePresent(properties) => answer(PropertyQuestion::ArePresent(properties)),
            Self::Satisfies(recorded, node) => answer(PropertyQuestion::Satisfies(*recorded, *node)),
            Self::Not(part) => part.holds(answer).map(|holds| !holds),
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(answer)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(answer)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::ExactlyOne(parts) => {
                let mut count = 0;
                for part in parts {
                    count += usize::from(part.holds(answer)?);
                }
                Ok(count == 1)
            }
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.holds(answer)? { then.holds(answer) } else { otherwise.holds(answer) }
            }
        }
    }

    /// Returns whether the condition holds for values that are not objects. For such values, `required` and
    /// `properties` accept everything.
    pub(super) fn holds_for_other_kinds(&self) -> bool {
        self.holds(&mut |_| Ok(true)).unwrap_or(false)
    }
}
