use crate::{Json, Kind};

/// What tells one variant of a generated union from the others.
///
/// The generator uses it only where no value can fit two cases of one union.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    kinds: u8,
    required: &'static [&'static str],
    known: Option<&'static [&'static str]>,
    tags: &'static [(&'static str, &'static [&'static str])],
}

impl Case {
    /// `null`
    pub const NULL: Self = Self::kind(Kind::Null);
    /// `true` or `false`
    pub const BOOL: Self = Self::kind(Kind::Bool);
    /// A number without a fraction.
    pub const INTEGER: Self = Self::kind(Kind::Integer);
    /// A number with a fraction.
    pub const FRACTION: Self = Self::kind(Kind::Fraction);
    /// Any number.
    pub const NUMBER: Self = Self::INTEGER.or(Self::FRACTION);
    /// A text.
    pub const STRING: Self = Self::kind(Kind::String);
    /// An array.
    pub const ARRAY: Self = Self::kind(Kind::Array);
    /// An object.
    pub const OBJECT: Self = Self::kind(Kind::Object);
    /// Any value.
    pub const ANY: Self = Self { kinds: u8::MAX, ..Self::NULL };

    const fn kind(kind: Kind) -> Self {
        Self { kinds: 1 << kind as u8, required: &[], known: None, tags: &[] }
    }

    /// Returns the case of either kind.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { kinds: self.kinds | other.kinds, ..self }
    }

    /// Returns the case of the objects that have all these members.
    #[must_use]
    pub const fn requires(self, required: &'static [&'static str]) -> Self {
        Self { required, ..self }
    }

    /// Returns the case of the objects that have no other members than these.
    #[must_use]
    pub const fn knows(self, known: &'static [&'static str]) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Returns the case of the objects that have these members with one of these texts each.
    #[must_use]
    pub const fn tagged(self, tags: &'static [(&'static str, &'static [&'static str])]) -> Self {
        Self { tags, ..self }
    }

    /// Tells whether a value fits the case.
    pub fn fits(&self, json: &Json) -> bool {
        if self.kinds & (1 << json.kind() as u8) == 0 {
            return false;
        }
        let Json::Object(members) = json else { return true };
        let has_tag = |(name, texts): &(&str, &[&str])| {
            members.get(*name).and_then(Json::as_str).is_some_and(|text| texts.contains(&text))
        };
        self.required.iter().all(|name| members.contains_key(*name))
            && self.tags.iter().all(has_tag)
            && self.known.is_none_or(|known| members.keys().all(|name| known.contains(&name.as_str())))
    }
}

/// Implements reading and writing for an enum whose variants are told apart by a [`Case`] each:
/// those of its `CASES`, in the order of the variants.
#[macro_export]
macro_rules! union {
    ($type:ident { $($variant:ident),* $(,)? }) => {
        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let json = <$crate::Json as $crate::serde::Deserialize>::deserialize(deserializer)?;
                let mut cases = Self::CASES.iter();
                $(
                    if cases.next().is_some_and(|case| case.fits(&json)) {
                        return json.typed().map(Self::$variant);
                    }
                )*
                ::core::result::Result::Err($crate::serde::de::Error::custom(
                    concat!("fits no variant of `", stringify!($type), "`"),
                ))
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::serde::Serialize::serialize(value, serializer),)*
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_fits() {
        let card = Case::OBJECT.requires(&["card"]).tagged(&[("type", &["card", "debit"])]);
        assert!(card.fits(&json(r#"{"type":"debit","card":1}"#)));
        assert!(!card.fits(&json(r#"{"type":"debit"}"#)));
        assert!(!card.fits(&json(r#"{"type":"cash","card":1}"#)));
        assert!(!card.fits(&json("[]")));
        assert!(Case::INTEGER.fits(&json("1.0")) && !Case::INTEGER.fits(&json("1.5")));
        assert!(Case::NUMBER.fits(&json("1.5")) && Case::ANY.fits(&json("null")));
        assert!(!Case::OBJECT.knows(&["a"]).fits(&json(r#"{"b":1}"#)));
    }
}
