//! Exact decimal numbers. A double cannot distinguish a bound of 2^53 + 1 from a bound of 2^53, but these numbers can.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One as _, Signed as _, Zero as _};
use serde_json::Number;

/// A decimal number, `mantissa × 10^exponent`, in lowest terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    mantissa: BigInt,
    exponent: i32,
}

/// The maximum absolute value of the exponent of ten. The engine does not support other numbers, because their digits
/// would need much memory.
const EXPONENT_MAX: i32 = 2_000;

impl Decimal {
    /// Returns the value of a JSON number; `None` if its exponent is out of bounds.
    pub(crate) fn of(number: &Number) -> Option<Self> {
        if let Some(small) = number.as_i64() {
            return Some(Self::from(small));
        }
        let text = number.to_string();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        if EXPONENT_MAX < exponent.abs() || 4_000 < mantissa.len() {
            return None;
        }
        let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { mantissa, exponent }.reduced())
    }

    pub(crate) fn zero() -> Self {
        Self::from(0)
    }

    pub(crate) fn one() -> Self {
        Self::from(1)
    }

    fn reduced(mut self) -> Self {
        if self.mantissa.is_zero() {
            return Self { mantissa: self.mantissa, exponent: 0 };
        }
        let ten = BigInt::from(10);
        loop {
            let (quotient, rest) = self.mantissa.div_rem(&ten);
            if !rest.is_zero() {
                return self;
            }
            self.mantissa = quotient;
            self.exponent += 1;
        }
    }

    /// Returns both mantissas, converted to the smaller of the two exponents, and this exponent.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i32) {
        let exponent = self.exponent.min(other.exponent);
        (self.mantissa_at(exponent), other.mantissa_at(exponent), exponent)
    }

    fn mantissa_at(&self, exponent: i32) -> BigInt {
        let shift = u32::try_from(self.exponent - exponent).unwrap_or(0);
        &self.mantissa * BigInt::from(10).pow(shift)
    }

    pub(crate) fn is_integer(&self) -> bool {
        0 <= self.exponent
    }

    pub(crate) fn is_multiple_of(&self, divisor: &Self) -> bool {
        let (value, divisor, _) = self.aligned(divisor);
        !divisor.is_zero() && (value % divisor).is_zero()
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self { mantissa: a + b, exponent }.reduced()
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self { mantissa: a - b, exponent }.reduced()
    }

    /// Returns the arithmetic mean of two numbers.
    pub(crate) fn midpoint(&self, other: &Self) -> Self {
        let sum = self.add(other);
        Self { mantissa: sum.mantissa * 5, exponent: sum.exponent - 1 }.reduced()
    }

    /// Returns the smallest multiple of a positive divisor that is not below this number.
    pub(crate) fn ceil_to(&self, divisor: &Self) -> Self {
        let (value, divisor, exponent) = self.aligned(divisor);
        let steps = value.div_ceil(&divisor);
        Self { mantissa: steps * divisor, exponent }.reduced()
    }

    /// Returns the largest multiple of a positive divisor that is not above this number.
    pub(crate) fn floor_to(&self, divisor: &Self) -> Self {
        let (value, divisor, exponent) = self.aligned(divisor);
        let steps = value.div_floor(&divisor);
        Self { mantissa: steps * divisor, exponent }.reduced()
    }

    /// Returns the smallest number that is a multiple of both positive numbers.
    pub(crate) fn lcm(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self { mantissa: a.lcm(&b), exponent }.reduced()
    }

    pub(crate) fn is_positive(&self) -> bool {
        self.mantissa.is_positive()
    }

    /// Returns the number as a count, if it is a whole number that a `u64` can represent.
    pub(crate) fn to_count(&self) -> Option<u64> {
        if !self.is_integer() {
            return None;
        }
        u64::try_from(&self.mantissa_at(0)).ok()
    }

    /// Returns the number for JSON. It has no exponent if its digits are few.
    pub(crate) fn to_number(&self) -> Number {
        let text = self.to_string();
        text.parse().unwrap_or_else(|_| Number::from(0))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if (0..=20).contains(&self.exponent) {
            return write!(f, "{}", self.mantissa_at(0));
        }
        let digits = self.mantissa.abs().to_string();
        let places = usize::try_from(-i64::from(self.exponent)).unwrap_or(0);
        if self.exponent < 0 && places <= 30 {
            let sign = if self.mantissa.is_negative() { "-" } else { "" };
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            return write!(f, "{sign}{whole}.{fraction}");
        }
        write!(f, "{}e{}", self.mantissa, self.exponent)
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { mantissa: BigInt::from(value), exponent: 0 }.reduced()
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.exponent == other.exponent {
            return self.mantissa.cmp(&other.mantissa);
        }
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }
}

/// One end of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) value: Decimal,
    /// Whether the interval excludes the value itself.
    pub(crate) exclusive: bool,
}

/// A set of numbers: an interval, and divisors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Numbers {
    pub(crate) min: Option<Bound>,
    pub(crate) max: Option<Bound>,
    /// Every number of the set is a multiple of this one; `None` if the set has no such divisor.
    pub(crate) step: Option<Decimal>,
    /// No number of the set is a multiple of any of these numbers. No keyword expresses this, but subtraction can lead
    /// to such a set.
    pub(crate) none: Vec<Decimal>,
    /// Whether every number of the set is written without a fraction and without an exponent. Draft 4 requires this for
    /// integers.
    pub(crate) requires_lexeme: bool,
}

impl Numbers {
    /// Returns the numbers that are in both sets.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        if let Some(bound) = &other.min {
            both.raise(bound.clone());
        }
        if let Some(bound) = &other.max {
            both.lower(bound.clone());
        }
        if let Some(step) = &other.step {
            both.divide(step);
        }
        both.requires_lexeme |= other.requires_lexeme;
        both.none.extend(other.none.iter().filter(|step| !self.none.contains(step)).cloned());
        both
    }

    /// Sets a lower bound, unless the present one is stricter.
    pub(crate) fn raise(&mut self, bound: Bound) {
        let keep = self
            .min
            .as_ref()
            .is_some_and(|own| (&bound.value, bound.exclusive) <= (&own.value, own.exclusive));
        if !keep {
            self.min = Some(bound);
        }
    }

    /// Sets an upper bound, unless the present one is stricter.
    pub(crate) fn lower(&mut self, bound: Bound) {
        let keep = self
            .max
            .as_ref()
            .is_some_and(|own| (&own.value, !own.exclusive) <= (&bound.value, !bound.exclusive));
        if !keep {
            self.max = Some(bound);
        }
    }

    /// Keeps only the multiples of a number.
    pub(crate) fn divide(&mut self, step: &Decimal) {
        self.step = Some(self.step.as_ref().map_or_else(|| step.clone(), |own| own.lcm(step)));
    }

    /// Returns whether the set has every number.
    pub(crate) fn is_any(&self) -> bool {
        self.min.is_none()
            && self.max.is_none()
            && self.step.is_none()
            && self.none.is_empty()
            && !self.requires_lexeme
    }

    /// Returns whether the set contains a number.
    pub(crate) fn contains(&self, value: &Decimal) -> bool {
        self.min.as_ref().is_none_or(|b| if b.exclusive { b.value < *value } else { b.value <= *value })
            && self
                .max
                .as_ref()
                .is_none_or(|b| if b.exclusive { *value < b.value } else { *value <= b.value })
            && self.step.as_ref().is_none_or(|step| value.is_multiple_of(step))
            && !self.none.iter().any(|step| value.is_multiple_of(step))
    }

    /// Returns the smallest number of the set, if it exists.
    pub(crate) fn first(&self) -> Option<Decimal> {
        let bound = self.min.as_ref()?;
        let Some(step) = &self.step else {
            return (!bound.exclusive).then(|| bound.value.clone());
        };
        let first = bound.value.ceil_to(step);
        Some(if bound.exclusive && first == bound.value { first.add(step) } else { first })
    }

    /// Returns the largest number of the set, if it exists.
    pub(crate) fn last(&self) -> Option<Decimal> {
        let bound = self.max.as_ref()?;
        let Some(step) = &self.step else {
            return (!bound.exclusive).then(|| bound.value.clone());
        };
        let last = bound.value.floor_to(step);
        Some(if bound.exclusive && last == bound.value { last.sub(step) } else { last })
    }

    /// Returns whether the set is certainly empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.has_no_multiple() || (!self.none.is_empty() && self.none_is_left())
    }

    /// Returns whether the set is certainly empty because of its excluded multiples.
    fn none_is_left(&self) -> bool {
        /// The maximum number of multiples that the function tests one by one.
        const LOOKED_AT_MAX: usize = 2_000;
        let Some(step) = &self.step else {
            return self.min.is_some() && self.single().is_some_and(|only| !self.contains(&only));
        };
        // After the least common multiple, the pattern of excluded numbers repeats.
        let period = self.none.iter().fold(step.clone(), |period, other| period.lcm(other));
        let (mut next, downwards) = match (self.first(), self.last()) {
            (Some(first), _) => (first, false),
            (None, Some(last)) => (last, true),
            (None, None) => (Decimal::zero(), false),
        };
        let end = if downwards { next.sub(&period) } else { next.add(&period) };
        for _ in 0..LOOKED_AT_MAX {
            if self.contains(&next) {
                return false;
            }
            next = if downwards { next.sub(step) } else { next.add(step) };
            let is_past = if downwards {
                next < end || self.first().is_some_and(|first| next < first)
            } else {
                end < next || self.last().is_some_and(|last| last < next)
            };
            if is_past {
                return true;
            }
        }
        false
    }

    fn has_no_multiple(&self) -> bool {
        let (Some(min), Some(max)) = (&self.min, &self.max) else { return false };
        match &self.step {
            Some(_) => self.first().zip(self.last()).is_some_and(|(first, last)| last < first),
            None => max.value < min.value || (min.value == max.value && (min.exclusive || max.exclusive)),
        }
    }

    /// Returns whether the other set certainly contains every number of this one. The answer is exact, except for
    /// different steps that have the same multiples only within a finite interval.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        if self.is_empty() {
            return true;
        }
        let above = other.min.as_ref().is_none_or(|theirs| match (self.first(), &self.min) {
            (Some(first), _) => {
                if theirs.exclusive {
                    theirs.value < first
                } else {
                    theirs.value <= first
                }
            }
            (None, Some(own)) => theirs.value <= own.value,
            (None, None) => false,
        });
        let below = other.max.as_ref().is_none_or(|theirs| match (self.last(), &self.max) {
            (Some(last), _) => {
                if theirs.exclusive {
                    last < theirs.value
                } else {
                    last <= theirs.value
                }
            }
            (None, Some(own)) => own.value <= theirs.value,
            (None, None) => false,
        });
        let steps = other.step.as_ref().is_none_or(|theirs| {
            self.step.as_ref().is_some_and(|own| own.is_multiple_of(theirs))
                || self.single().is_some_and(|only| only.is_multiple_of(theirs))
        });
        above && below && steps && (self.requires_lexeme || !other.requires_lexeme)
    }

    fn single(&self) -> Option<Decimal> {
        let first = self.first()?;
        (Some(&first) == self.last().as_ref()).then_some(first)
    }

    /// Returns a few numbers of the set, the plainest first. The ends of the interval are among them.
    pub(crate) fn samples(&self) -> Vec<Decimal> {
        let step = self.step.clone().unwrap_or_else(Decimal::one);
        let mut found: Vec<Decimal> = vec![Decimal::zero(), Decimal::one(), step.clone()];
        for end in [self.first(), self.last()].into_iter().flatten() {
            found.extend([end.clone(), end.add(&step), end.sub(&step)]);
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max) {
            found.push(min.value.midpoint(&max.value));
        }
        for (bound, sign) in [(&self.min, 1), (&self.max, -1)] {
            if let Some(bound) = bound {
                found.push(bound.value.add(&Decimal::from(sign)));
                found.push(bound.value.add(&Decimal { mantissa: BigInt::one() * sign, exponent: -1 }));
            }
        }
        if self.step.is_none() {
            found.push(Decimal { mantissa: BigInt::from(5), exponent: -1 });
        }
        found.push(Decimal::from(-1));
        if !self.none.is_empty() {
            let base = self.first().or(self.last()).unwrap_or_else(Decimal::zero);
            let near = |sign: i64| {
                let mut next = base.clone();
                let by = if sign < 0 { Decimal::zero().sub(&step) } else { step.clone() };
                std::iter::repeat_with(move || {
                    next = next.add(&by);
                    next.clone()
                })
            };
            found.extend(near(1).take(64));
            found.extend(near(-1).take(64));
            found.extend(self.none.iter().map(|step| step.midpoint(&Decimal::zero())));
        }
        let mut kept: Vec<Decimal> = Vec::new();
        for value in found {
            if self.contains(&value) && !kept.contains(&value) {
                kept.push(value);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::of(&text.parse().unwrap()).unwrap()
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(d("1.0"), d("1"));
        assert_eq!(d("1e2"), d("100"));
        assert!(d("9007199254740992") < d("9007199254740993"));
        assert!(d("0.3").is_multiple_of(&d("0.1")));
        assert!(!d("0.35").is_multiple_of(&d("0.1")));
        assert_eq!(d("7").ceil_to(&d("2.5")), d("7.5"));
        assert_eq!(d("-7").floor_to(&d("2.5")), d("-7.5"));
        assert_eq!(d("0.4").lcm(&d("6")), d("6"));
        for text in ["0", "-1.5", "100", "0.001", "12345678901234567890123"] {
            assert_eq!(d(text).to_string(), text);
        }
    }

    #[test]
    fn intervals() {
        let bound = |text: &str, exclusive| Some(Bound { value: d(text), exclusive });
        let integers = Numbers { step: Some(d("1")), ..Numbers::default() };
        let above_one = Numbers { min: bound("1", true), ..integers.clone() };
        let from_two = Numbers { min: bound("2", false), ..integers.clone() };
        assert!(above_one.is_within(&from_two), "the integers above 1 begin at 2");
        assert!(!Numbers { min: bound("1", true), ..Numbers::default() }.is_within(&from_two));
        let none = Numbers { min: bound("1", true), max: bound("2", true), ..integers };
        assert!(none.is_empty());
        assert!(none.samples().is_empty());
    }
}
