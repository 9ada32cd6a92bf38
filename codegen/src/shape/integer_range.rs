//! The range of the integers that a schema accepts.

use evschema_model::Draft;
use serde_json::Value;

use super::Shapes;
use super::whole::floor_and_ceiling;
use crate::atlas::Place;

/// The smallest and the largest integer that may occur. `None` means that no limit is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct IntegerRange {
    pub(crate) least: Option<i128>,
    pub(crate) most: Option<i128>,
}

impl IntegerRange {
    /// Returns the range of the integers in both ranges.
    pub(super) fn and(self, other: Self) -> Self {
        // `None` is less than any number.
        let most = match (self.most, other.most) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { least: self.least.max(other.least), most }
    }

    /// Returns a range that contains both ranges.
    pub(super) fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.zip(other.most).map(|(a, b)| a.max(b)) }
    }

    fn of(value: &Value) -> Self {
        let (least, most) = floor_and_ceiling(value).unzip();
        Self { least, most }
    }
}

impl Shapes<'_, '_> {
    /// Returns the range of the integers that a schema's own keywords accept.
    pub(super) fn own_range(&self, place: Place) -> IntegerRange {
        let bound = |keyword| floor_and_ceiling(self.atlas.keyword(place, keyword)?);
        let is_old = self.atlas.draft(place) == Draft::Draft4;
        // In draft 4, a flag makes the bound exclusive.
        let excludes = |keyword| is_old && self.atlas.keyword(place, keyword) == Some(&Value::Bool(true));
        let above = |(floor, _): (i128, i128)| floor + 1;
        let below = |(_, ceiling): (i128, i128)| ceiling - 1;
        let minimum = bound("minimum").map(|at| if excludes("exclusiveMinimum") { above(at) } else { at.1 });
        let maximum = bound("maximum").map(|at| if excludes("exclusiveMaximum") { below(at) } else { at.0 });
        let bounds = IntegerRange { least: minimum, most: maximum };
        let exclusive = IntegerRange {
            least: bound("exclusiveMinimum").map(above),
            most: bound("exclusiveMaximum").map(below),
        };
        let bounds = bounds.and(exclusive);
        let listed =
            self.own_literals(place).unwrap_or_default().into_iter().filter(|value| value.is_number());
        match listed.map(IntegerRange::of).reduce(IntegerRange::or) {
            Some(listed) => bounds.and(listed),
            None => bounds,
        }
    }
}
