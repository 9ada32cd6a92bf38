//! Strings of a format, with the value that they stand for.

use std::fmt::{self, Display};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::check::Checker;
use crate::into_owned::IntoOwned;
use crate::program::NodeRef;
use crate::read::Read;
use crate::reject::Reject;
use crate::write::Write;

/// A string of an event, and the value that the string stands for, such as a UUID or a time.
///
/// The wrapper keeps the exact text, so an event is written back as it was read. Two wrappers are equal if their texts
/// are equal. They have no order, because the order of texts is not the order of values.
///
/// A schema may accept a text that `T` cannot hold, such as the leap second `23:59:60Z`. Such an event is valid, so the
/// wrapper keeps the text, and [`Formatted::value`] returns `None`.
///
/// `F` parses and writes the text: see [`TextFormat`].
///
/// ```
/// use std::net::Ipv4Addr;
///
/// use evschema_runtime::Formatted;
///
/// let localhost: Formatted<Ipv4Addr> = Ipv4Addr::LOCALHOST.into();
/// assert_eq!(localhost.text(), "127.0.0.1");
///
/// let read: Formatted<Ipv4Addr> = Formatted::from_text("10.0.0.300");
/// assert_eq!((read.text(), read.value()), ("10.0.0.300", None));
/// ```
pub struct Formatted<T, F = Standard> {
    text: String,
    value: Option<T>,
    format: PhantomData<fn() -> F>,
}

/// Parses and writes the text of values.
///
/// The text of a value must have the same value again: `parse(&text(&value)) == Some(value)`.
///
/// ```
/// use evschema_runtime::{Formatted, TextFormat};
///
/// /// Hexadecimal numbers.
/// pub struct Hex;
///
/// impl TextFormat<u32> for Hex {
///     fn parse(text: &str) -> Option<u32> {
///         u32::from_str_radix(text, 16).ok()
///     }
///
///     fn text(value: &u32) -> String {
///         format!("{value:x}")
///     }
/// }
///
/// assert_eq!(Formatted::<u32, Hex>::from_text("00FF").value(), Some(&255));
/// assert_eq!(Formatted::<u32, Hex>::from(255).text(), "ff");
/// ```
pub trait TextFormat<T> {
    /// Returns the value of a text; `None` if the text has no value of this type.
    fn parse(text: &str) -> Option<T>;

    /// Returns the text of a value.
    fn text(value: &T) -> String;
}

/// Parses a text by `FromStr`, and writes it by `Display`. This suits `uuid::Uuid`, `url::Url`, the types of `std::net`,
/// `chrono::NaiveDate` and the types of `jiff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard;

/// Parses and writes times and dates of RFC 3339.
///
/// With the feature `time`, for `OffsetDateTime` and `Date` of the crate `time`. With the feature `chrono`, for `DateTime`
/// of the crate `chrono`. Not for `time::Time`: a time of RFC 3339 has an offset, which this type cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339;

impl<T, F: TextFormat<T>> Formatted<T, F> {
    /// Returns the wrapper of a text, which may have no value.
    pub fn from_text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { value: F::parse(&text), text, format: PhantomData }
    }
}

impl<T, F> Formatted<T, F> {
    /// Returns the exact text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the exact text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Returns the value; `None` if `T` cannot hold the value of the text.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Returns the value; `None` if `T` cannot hold the value of the text.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        self.value
    }
}

impl<T: FromStr + Display> TextFormat<T> for Standard {
    fn parse(text: &str) -> Option<T> {
        text.parse().ok()
    }

    fn text(value: &T) -> String {
        value.to_string()
    }
}

#[cfg(feature = "time")]
impl TextFormat<time::OffsetDateTime> for Rfc3339 {
    fn parse(text: &str) -> Option<time::OffsetDateTime> {
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
    }

    fn text(value: &time::OffsetDateTime) -> String {
        // RFC 3339 has no text for such a value, for example for a year after 9999. The schema rejects the other text.
        value.format(&time::format_description::well_known::Rfc3339).unwrap_or_else(|_| value.to_string())
    }
}

#[cfg(feature = "time")]
impl TextFormat<time::Date> for Rfc3339 {
    fn parse(text: &str) -> Option<time::Date> {
        time::Date::parse(text, &time::format_description::well_known::Iso8601::DATE).ok()
    }

    fn text(value: &time::Date) -> String {
        value.to_string()
    }
}

#[cfg(feature = "chrono")]
impl<Z: chrono::TimeZone> TextFormat<chrono::DateTime<Z>> for Rfc3339
where
    chrono::DateTime<Z>: From<chrono::DateTime<chrono::FixedOffset>>,
    Z::Offset: Display,
{
    fn parse(text: &str) -> Option<chrono::DateTime<Z>> {
        chrono::DateTime::parse_from_rfc3339(text).ok().map(Into::into)
    }

    fn text(value: &chrono::DateTime<Z>) -> String {
        value.to_rfc3339()
    }
}

impl<T, F: TextFormat<T>> From<T> for Formatted<T, F> {
    /// Returns the wrapper of a value, with the text that `F` gives it.
    fn from(value: T) -> Self {
        Self { text: F::text(&value), value: Some(value), format: PhantomData }
    }
}

impl<T: Clone, F> Clone for Formatted<T, F> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), value: self.value.clone(), format: PhantomData }
    }
}

impl<T, F> fmt::Debug for Formatted<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<T, F> Display for Formatted<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<T, F> AsRef<str> for Formatted<T, F> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<T, F> PartialEq for Formatted<T, F> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T, F> Eq for Formatted<T, F> {}

impl<T, F> Hash for Formatted<T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<'a, T, F: TextFormat<T>> Read<'a> for Formatted<T, F> {
    fn read(checker: &mut Checker<'a>, node: Option<NodeRef>) -> Result<Self, Reject> {
        String::read(checker, node).map(Self::from_text)
    }
}

impl<T, F> Write for Formatted<T, F> {
    fn write(&self, out: &mut String) {
        self.text.write(out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<T, F> IntoOwned for Formatted<T, F> {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

impl<T, F> Serialize for Formatted<T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T, F: TextFormat<T>> Deserialize<'de> for Formatted<T, F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T, F: TextFormat<T>>(text: &str) -> (String, Option<T>) {
        let json = format!("{text:?}");
        let mut checker = Checker::new(&json);
        let read = Formatted::<T, F>::read(&mut checker, None).unwrap();
        let mut written = String::new();
        read.write(&mut written);
        assert_eq!(written, json);
        (read.text().to_owned(), read.into_value())
    }

    #[test]
    fn texts_are_kept_and_values_are_parsed() {
        let (text, value) = round_trip::<std::net::Ipv6Addr, Standard>("0:0::1");
        assert_eq!((text.as_str(), value), ("0:0::1", Some(std::net::Ipv6Addr::LOCALHOST)));
        assert_eq!(round_trip::<std::net::Ipv6Addr, Standard>("no").1, None);
    }

    #[test]
    fn texts_decide_equality() {
        let one = Formatted::<f64>::from_text("1.0");
        assert_ne!(one, Formatted::from_text("1"));
        assert_eq!(one, one.clone());
        assert_eq!(format!("{one:>5} {one:?}"), "  1.0 \"1.0\"");
    }

    #[cfg(feature = "time")]
    #[test]
    fn times_of_the_crate_time() {
        let text = "2026-04-12T17:05:41.250+02:00";
        let value = round_trip::<time::OffsetDateTime, Rfc3339>(text).1.unwrap();
        assert_eq!(value.unix_timestamp_nanos(), 1_776_006_341_250_000_000);
        let wrapper: Formatted<time::OffsetDateTime, Rfc3339> = value.into();
        assert_eq!(wrapper.text(), "2026-04-12T17:05:41.25+02:00");
        assert_eq!(round_trip::<time::OffsetDateTime, Rfc3339>("2016-12-31T25:59:60Z").1, None);
        let date = round_trip::<time::Date, Rfc3339>("2026-02-28").1.unwrap();
        assert_eq!(Formatted::<time::Date, Rfc3339>::from(date).text(), "2026-02-28");
        assert_eq!(round_trip::<time::Date, Rfc3339>("2026-02-30").1, None);
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn times_of_the_crate_chrono() {
        let text = "2026-04-12T17:05:41.250+02:00";
        let value = round_trip::<chrono::DateTime<chrono::FixedOffset>, Rfc3339>(text).1.unwrap();
        assert_eq!(value.timestamp_millis(), 1_776_006_341_250);
        assert_eq!(Formatted::<_, Rfc3339>::from(value).text(), text);
        let value = round_trip::<chrono::DateTime<chrono::Utc>, Rfc3339>(text).1.unwrap();
        assert_eq!(Formatted::<_, Rfc3339>::from(value).text(), "2026-04-12T15:05:41.250+00:00");
    }
}
