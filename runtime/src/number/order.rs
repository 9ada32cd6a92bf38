//! Compares and hashes numbers by their values.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::{Number, Repr};

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Integer(a), Repr::Integer(b)) => a == b,
            (Repr::Float(a), Repr::Float(b)) => a == b,
            (Repr::Decimal(a), Repr::Decimal(b)) if a.scale == b.scale => a.mantissa == b.mantissa,
            _ => self.decimal() == other.decimal(),
        }
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Integer(a), Repr::Integer(b)) => a.cmp(b),
            (Repr::Decimal(a), Repr::Integer(b)) => a.compare(*b),
            (Repr::Integer(a), Repr::Decimal(b)) => b.compare(*a).reverse(),
            (Repr::Decimal(a), Repr::Decimal(b)) if a.scale == b.scale => a.mantissa.cmp(&b.mantissa),
            _ => match (self.decimal(), other.decimal()) {
                (Some(a), Some(b)) => a.compare(&b),
                // Every number has a decimal form.
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match &self.0 {
            Repr::Integer(small) => small.hash(hasher),
            Repr::Float(_) | Repr::Decimal(_) | Repr::Text(_) => match self.as_i64() {
                Some(small) => small.hash(hasher),
                None => self.decimal().hash(hasher),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use super::*;

    fn hash(number: &Number) -> u64 {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        hasher.finish()
    }

    /// The numbers of each list are equal. The lists are in order.
    const ORDERED: &[&[&str]] = &[
        &["-1e400", "-10e399"],
        &["-12345678901234567890123", "-12345678901234567890123.0"],
        &["-2", "-2.0", "-0.2e1"],
        &["-1.5", "-1.50"],
        &["0", "-0", "0.0", "-0.0", "0e7"],
        &["1e-400"],
        &["0.1", "0.10", "1e-1"],
        &["0.10000000000000000000001"],
        &["1", "1.0", "1e0", "10e-1"],
        &["1.05"],
        &["1.1", "1.10"],
        &["2"],
        &["10", "1e1", "10.00"],
        &["9007199254740992"],
        &["9007199254740993", "9007199254740993.0"],
        &["9223372036854775808"],
        &["18446744073709551615", "1.8446744073709551615e19"],
        &["1e400", "10e399"],
    ];

    #[test]
    fn equality_order_and_hash_agree() {
        let numbers = || {
            let all = ORDERED
                .iter()
                .enumerate()
                .flat_map(|(rank, texts)| texts.iter().map(move |text| (rank, *text)));
            let parsed = all.clone().map(|(rank, text)| (rank, Number::parse(text).unwrap()));
            // The same values as floats, where a float has the value.
            let floats = all.filter_map(|(rank, text)| {
                let float = Number::try_from(text.parse::<f64>().ok()?).ok()?;
                (float == Number::parse(text).unwrap()).then_some((rank, float))
            });
            parsed.chain(floats).collect::<Vec<_>>()
        };
        assert!(40 < numbers().len());
        for (a_rank, a) in numbers() {
            for (b_rank, b) in numbers() {
                assert_eq!(a.cmp(&b), a_rank.cmp(&b_rank), "{a} {b}");
                assert_eq!(a == b, a_rank == b_rank, "{a} {b}");
                assert!(a != b || hash(&a) == hash(&b), "{a} {b}");
            }
        }
    }
}
