/// The attributes of an envelope that name the version of an event, such as those of a CloudEvent.
///
/// Generated code uses them in this order:
///
/// 1. The `dataschema`: the `DATASCHEMA` of a version, or any URL that ends in `/schemas/<subject>/<version>.json`. If
///    the code has no type for exactly this version, the newest version of its line reads the event. A type of another
///    line never does, because a new line may give a property another meaning.
/// 2. The event type: `<subject>.v2` names line 2, and `<subject>.v0.3` names line 0.3. The subject alone, or any other
///    text, names no version.
/// 3. A property that has other constants in each version.
/// 4. The other content of the event, if the generator has proven that no event fits both versions.
///
/// Without a hint, versions with common events are an error, never a guess.
///
/// A line has the versions with the same major number; for 0.x, with the same minor number.
///
/// ```
/// use evschema_runtime::Hint;
///
/// let from_envelope = Hint::new(Some("https://events.example/schemas/shop.sold/2.1.0.json"), Some("shop.sold"));
/// let from_header = Hint::event_type("shop.sold.v2");
/// assert_ne!(from_envelope, from_header);
/// assert_eq!(Hint::none(), Hint::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hint<'a> {
    dataschema: Option<&'a str>,
    event_type: Option<&'a str>,
}

impl<'a> Hint<'a> {
    /// Returns the hint of an envelope that may have both attributes.
    #[must_use]
    pub const fn new(dataschema: Option<&'a str>, event_type: Option<&'a str>) -> Self {
        Self { dataschema, event_type }
    }

    /// Returns a hint for an event without an envelope. Only the content can name the version.
    #[must_use]
    pub const fn none() -> Self {
        Self::new(None, None)
    }

    /// Returns the hint of a `dataschema`: the URL of the schema.
    #[must_use]
    pub const fn dataschema(url: &'a str) -> Self {
        Self::new(Some(url), None)
    }

    /// Returns the hint of an event type, such as `shop.sold.v2`.
    #[must_use]
    pub const fn event_type(name: &'a str) -> Self {
        Self::new(None, Some(name))
    }

    pub(super) fn dataschema_text(&self) -> Option<&'a str> {
        self.dataschema
    }

    pub(super) fn event_type_text(&self) -> Option<&'a str> {
        self.event_type
    }
}
