//! The range of the integers that a schema accepts.

use evschema_model::graph::Place;
use serde_json::{Number, Value};

use super::whole::floor_and_ceiling;
use super::{Shapes, own_literals};

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

    fn of(number: &Number) -> Self {
        let (least, most) = floor_and_ceiling(number).unzip();
        Self { least, most }
    }
}

impl Shapes<'_, '_> {
    /// Returns the range of the integers that a schema's own keywords accept.
    pub(super) fn own_range(&self, place: Place) -> IntegerRange {
        let keywords = self.documents.keywords(place);
        let bound = |number: Option<&Number>| floor_and_ceiling(number?);
        let bounds = IntegerRange {
            least: bound(keywords.minimum()).map(|(_, ceiling)| ceiling),
            most: bound(keywords.maximum()).map(|(floor, _)| floor),
        };
        let exclusive = IntegerRange {
            least: bound(keywords.exclusive_minimum()).map(|(floor, _)| floor + 1),
            most: bound(keywords.exclusive_maximum()).map(|(_, ceiling)| ceiling - 1),
        };
        let bounds = bounds.and(exclusive);
        let listed = own_literals(self.documents, place).unwrap_or_default();
        let listed = listed.into_iter().filter_map(Value::as_number);
        match listed.map(IntegerRange::of).reduce(IntegerRange::or) {
            Some(listed) => bounds.and(listed),
            None => bounds,
        }
    }
}
