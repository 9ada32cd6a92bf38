use std::fmt;

use crate::decimal::Decimal;
use crate::lexer::{Lexer, NumberToken, SmallDecimal};

mod convert;
mod order;
mod serde_impls;

pub use convert::NotExact;

/// A JSON number with its exact value, of any size and with any number of digits.
///
/// Numbers with the same value are equal, for example `1`, `1.0` and `10e-1`. Numbers are ordered by their values.
///
/// Each integer type of Rust converts into a number. A number converts into an integer type or a float if this type can
/// hold the exact value.
///
/// ```
/// use evschema_runtime::Number;
/// let price = Number::try_from(19.99)?;
/// assert_eq!(price.to_f64(), 19.99);
/// assert!(price < Number::from(20) && u8::try_from(&price).is_err());
/// assert_eq!(u8::try_from(&Number::parse("2e1")?), Ok(20));
/// assert_eq!(Number::parse("0.10000000000000000000001")?.to_string(), "0.10000000000000000000001");
/// # Ok::<(), evschema_runtime::NotANumber>(())
/// ```
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Integer(i64),
    /// INVARIANT: the float is finite. The exact value of this number is the shortest decimal form of the float.
    Float(f64),
    /// INVARIANT: the lexer read it from a number with a fraction that was not a negative zero.
    Decimal(SmallDecimal),
    /// INVARIANT: the text is a number of RFC 8259, in its original spelling.
    Text(Box<str>),
}

/// The error for a text that is not a JSON number, or a float that is not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl Number {
    /// Parses a JSON number.
    ///
    /// # Errors
    ///
    /// If the text is not a number of RFC 8259.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        match Lexer::new(text).number() {
            Ok(number) if number.text.len() == text.len() => Ok(Self::of(&number)),
            Ok(_) | Err(_) => Err(NotANumber),
        }
    }

    /// Returns the number of a text in generated code, which is always a JSON number.
    pub(crate) fn of_literal(text: &'static str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self(Repr::Text(text.into())))
    }

    /// Returns the number that the lexer has read.
    #[inline]
    pub(crate) fn of(token: &NumberToken<'_>) -> Self {
        match token.small_decimal {
            // `-0` and `-0.0` keep their sign, which an integer cannot represent.
            Some(decimal) if decimal.mantissa != 0 || !token.text.starts_with('-') => Self(match decimal {
                SmallDecimal { mantissa, scale: 0 } => Repr::Integer(mantissa),
                SmallDecimal { .. } => Repr::Decimal(decimal),
            }),
            Some(_) | None => Self::of_text(token),
        }
    }

    /// Keeps the text. A later access to the value parses it.
    #[cold]
    fn of_text(token: &NumberToken<'_>) -> Self {
        let text = token.text;
        if token.has_integer_syntax
            && let Some(small) = text.parse().ok().filter(|_| text != "-0")
        {
            return Self(Repr::Integer(small));
        }
        Self(Repr::Text(text.into()))
    }

    /// Returns the nearest float; infinity for numbers beyond the range of floats.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            // The conversion rounds to the nearest float.
            Repr::Integer(small) => *small as f64,
            Repr::Float(float) => *float,
            Repr::Decimal(decimal) => decimal.to_f64(),
            Repr::Text(digits) => digits.parse().unwrap_or(f64::NAN),
        }
    }

    /// Returns the value, if it is an integer of 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer(small) => Some(*small),
            Repr::Decimal(decimal) => (decimal.mantissa % decimal.power_of_ten() == 0)
                .then(|| decimal.mantissa / decimal.power_of_ten()),
            Repr::Float(_) | Repr::Text(_) => self.decimal()?.to_i64(),
        }
    }

    /// Returns whether the value has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            Repr::Decimal(decimal) => decimal.mantissa % decimal.power_of_ten() == 0,
            Repr::Float(_) | Repr::Text(_) => self.decimal().is_some_and(|d| d.is_integer()),
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        Decimal::parse(&self.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer(small) => small.fmt(f),
            // `Debug` writes `1.0` and `1e300`; `Display` would write `1` and 300 zeros.
            Repr::Float(float) => write!(f, "{float:?}"),
            Repr::Decimal(decimal) => f.write_str(decimal.format(&mut [0; SmallDecimal::BYTES_MAX])),
            Repr::Text(digits) => f.write_str(digits),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Number {
    type Err = NotANumber;
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Self::parse(text)
    }
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a JSON number")
    }
}

impl std::error::Error for NotANumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_survive_a_round_trip() {
        for text in [
            "0",
            "-7",
            "1.0",
            "0.1",
            "-0.050",
            "-0.0",
            "12345678901234567.8",
            "1234567890123456.78",
            "1e400",
            "12345678901234567890123",
            "0.10000000000000000000001",
        ] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(number, Number::parse(text).unwrap());
            let back = serde_json::to_string(&number).unwrap();
            assert_eq!(Number::parse(&back).unwrap(), number, "{text}");
        }
        for text in ["\"1\"", "null", "[1]", "{\"a\":1}", "true"] {
            assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_representation_keeps_the_value() {
        for text in ["0", "-1", "123456789012345", "0.1", "-19.99", "0.00000000000001", "1.0", "-0", "1e2"] {
            let number = Number::parse(text).unwrap();
            assert_eq!(Decimal::parse(&number.to_string()), Decimal::parse(text), "{text}");
        }
        for text in ["01", "1.", ".5", "", "-", "1.2.3", "+1", "1e", " 1", "1 "] {
            assert!(Number::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fractions_keep_their_spelling_and_round_correctly() {
        let mut random = 1u64;
        for _ in 0..2_000 {
            random = random.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) ^ 0x5bd1;
            let (digits, point) = (random % 17 + 2, random / 32 % 17 + 1);
            let whole = format!("{:0width$}", random % 10u64.pow(u32::try_from(digits).unwrap()), width = 18);
            let (before, after) = whole.split_at(18 - usize::try_from(point).unwrap());
            let before = before.trim_start_matches('0');
            let text = format!("-{}.{after}", if before.is_empty() { "0" } else { before });
            let number = Number::parse(&text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(number.to_f64().to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
        }
    }

    #[test]
    fn integers_and_floats() {
        assert_eq!(Number::from(3), Number::try_from(3.0).unwrap());
        assert_eq!(Number::parse("1e2").unwrap().as_i64(), Some(100));
        assert!(!Number::parse("0.5").unwrap().is_integer());
        assert!(Number::try_from(f64::NAN).is_err());
        assert_eq!(Number::from(u64::MAX).to_string(), "18446744073709551615");
    }
}
