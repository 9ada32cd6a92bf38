use std::cmp::Ordering;

use crate::cursor::Digits;
use crate::decimal::Decimal;

/// A number that others are compared with.
#[derive(Debug)]
pub(crate) struct Bound {
    small: Option<i64>,
    float: f64,
    exact: Decimal,
}

/// A number that others have to be a multiple of.
#[derive(Debug)]
pub(crate) struct Step {
    small: Option<i64>,
    exact: Decimal,
}

impl Bound {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let exact = Decimal::parse(text)?;
        Some(Self { small: exact.to_i64(), float: text.parse().ok()?, exact })
    }

    /// Returns the value, if it is an integer that is not large.
    pub(crate) fn small(&self) -> Option<i64> {
        self.small
    }

    /// Compares a number with this one, by its value and not by a rounding of it.
    #[inline]
    pub(crate) fn compare(&self, number: &Digits<'_>) -> Ordering {
        if let (Some(number), Some(bound)) = (number.scaled, self.small) {
            return number.compare(bound);
        }
        self.compare_slowly(number)
    }

    fn compare_slowly(&self, number: &Digits<'_>) -> Ordering {
        // Rounding keeps the order: what differs as floats differs.
        let float: f64 = number.text.parse().unwrap_or(f64::NAN);
        match float.partial_cmp(&self.float) {
            Some(order @ (Ordering::Less | Ordering::Greater)) => order,
            Some(Ordering::Equal) | None => {
                Decimal::parse(number.text).map_or(Ordering::Less, |exact| exact.compare(&self.exact))
            }
        }
    }
}

impl Step {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let exact = Decimal::parse(text)?;
        Some(Self { small: exact.to_i64().filter(|step| 0 < *step), exact })
    }

    /// Tells whether a number is a multiple.
    pub(crate) fn divides(&self, number: &Digits<'_>) -> bool {
        if let (Some(number), Some(step)) = (number.small(), self.small) {
            return number % step == 0;
        }
        Decimal::parse(number.text).is_some_and(|exact| exact.is_multiple_of(&self.exact))
    }
}
