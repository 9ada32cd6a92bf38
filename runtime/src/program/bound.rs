use std::cmp::Ordering;

use crate::decimal::Decimal;
use crate::lexer::NumberToken;

/// The value of `minimum` or a similar keyword.
#[derive(Debug)]
pub(crate) struct Bound {
    small: Option<i64>,
    float: f64,
    exact: Decimal,
}

/// The value of `multipleOf`.
#[derive(Debug)]
pub(crate) struct Divisor {
    small: Option<i64>,
    exact: Decimal,
}

impl Bound {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let exact = Decimal::parse(text)?;
        Some(Self { small: exact.to_i64(), float: text.parse().ok()?, exact })
    }

    /// Returns the value, if it is an integer of 64 bits.
    pub(crate) fn small(&self) -> Option<i64> {
        self.small
    }

    /// Compares the exact value of a number with this bound.
    #[inline]
    pub(crate) fn compare(&self, number: &NumberToken<'_>) -> Ordering {
        if let (Some(number), Some(bound)) = (number.small_decimal, self.small) {
            return number.compare(bound);
        }
        self.compare_slowly(number)
    }

    fn compare_slowly(&self, number: &NumberToken<'_>) -> Ordering {
        // Rounding keeps the order, so numbers with different floats are in the order of these floats.
        let float: f64 = number.text.parse().unwrap_or(f64::NAN);
        match float.partial_cmp(&self.float) {
            Some(order @ (Ordering::Less | Ordering::Greater)) => order,
            Some(Ordering::Equal) | None => {
                Decimal::parse(number.text).map_or(Ordering::Less, |exact| exact.compare(&self.exact))
            }
        }
    }
}

impl Divisor {
    /// Returns the value of `multipleOf`, which is larger than zero.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let exact = Decimal::parse(text).filter(Decimal::is_positive)?;
        Some(Self { small: exact.to_i64(), exact })
    }

    /// Returns whether a number is a multiple of this divisor.
    pub(crate) fn divides(&self, number: &NumberToken<'_>) -> bool {
        if let (Some(number), Some(divisor)) = (number.small_integer(), self.small) {
            return number % divisor == 0;
        }
        Decimal::parse(number.text).is_some_and(|exact| exact.is_multiple_of(&self.exact))
    }
}
