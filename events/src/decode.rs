use std::marker::PhantomData;

use evschema_runtime::private::{KnownVersion, choose_version, from_slice};
use evschema_runtime::{AnyError, Case, Error, Event, Hint, Signs, Violation};

use crate::envelope::Envelope;
use crate::generated::evschema_event_deadlettered::v1::Class;

/// Why the payload of an envelope is not an event that a consumer knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The consumer does not know the `type` of the envelope.
    #[error("the type `{found}` is unknown to this consumer; it knows {known}")]
    UnknownType {
        /// The `type` of the envelope.
        found: String,
        /// The types that the consumer knows.
        known: String,
    },
    /// The version is unknown or unclear, or its schema rejects the event.
    #[error(transparent)]
    Any(#[from] AnyError),
    /// The bytes are not JSON, or the schema rejects the event.
    #[error(transparent)]
    Event(#[from] Error),
}

impl DecodeError {
    /// Returns the class of the dead letter for this error.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::UnknownType { .. } => Class::UnknownType,
            Self::Any(AnyError::NewerThanKnown { .. }) => Class::NewerVersion,
            Self::Any(AnyError::NotGenerated { .. } | AnyError::OtherSubject { .. }) => Class::UnknownType,
            _ if matches!(self.event_error(), Some(Error::NotJson { .. })) => Class::NotJson,
            Self::Any(_) | Self::Event(_) => Class::Invalid,
        }
    }

    /// Returns the reasons why the schema rejects the event. If the bytes are not JSON, the list is empty.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.event_error().map_or(&[], Error::violations)
    }

    /// Returns the error of the payload, if the payload caused this error.
    pub(crate) fn event_error(&self) -> Option<&Error> {
        match self {
            Self::Event(error) | Self::Any(AnyError::Refused { error, .. } | AnyError::NotJson(error)) => {
                Some(error)
            }
            Self::Any(AnyError::NewerThanKnown { error, .. }) => error.as_ref(),
            Self::Any(_) | Self::UnknownType { .. } => None,
        }
    }
}

/// A type that can be decoded from an envelope.
///
/// Every generated event type implements this trait. The macro [`from_envelope!`](crate::from_envelope) implements it
/// for an enum of all versions, and for an enum of several subjects.
pub trait FromEnvelope: Sized {
    /// Decodes and validates the payload of an envelope. An envelope without payload has an empty payload.
    ///
    /// # Errors
    ///
    /// If the type or the version is unknown, or if the schema rejects the event.
    fn from_envelope(envelope: &Envelope<'_>) -> Result<Self, DecodeError>;
}

impl<T: Event> FromEnvelope for T {
    fn from_envelope(envelope: &Envelope<'_>) -> Result<Self, DecodeError> {
        check_type(T::SUBJECT, envelope)?;
        let bytes = envelope.data().unwrap_or_default();
        let choice = choose_version(T::SUBJECT, OneVersion::<T>::VERSIONS, envelope.hint(), bytes)?;
        from_slice(T::document(), bytes)
            .map_err(|error| choice.refused(OneVersion::<T>::VERSIONS, error).into())
    }
}

/// The table of versions for a type of one version. With it, an event of a newer version gets the error
/// [`AnyError::NewerThanKnown`].
struct OneVersion<T>(PhantomData<T>);

impl<T: Event> OneVersion<T> {
    const VERSIONS: &'static [KnownVersion] = &[KnownVersion {
        version: T::VERSION,
        dataschema: T::DATASCHEMA,
        signs: Signs { case: Case::OBJECT, constants: &[] },
    }];
}

/// Returns whether an event type is a subject, or a subject with a line, such as `shop.sold.v2`.
#[must_use]
pub fn is_of_subject(event_type: &str, subject: &str) -> bool {
    let Some(rest) = event_type.strip_prefix(subject) else { return false };
    let line = rest.strip_prefix(".v").unwrap_or("-");
    rest.is_empty() || line.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !line.is_empty()
}

fn check_type(subject: &str, envelope: &Envelope<'_>) -> Result<(), DecodeError> {
    if is_of_subject(envelope.event_type(), subject) {
        return Ok(());
    }
    Err(DecodeError::UnknownType { found: envelope.event_type().to_owned(), known: format!("`{subject}`") })
}

/// Decodes an envelope with the function of a generated enum. For [`from_envelope!`](crate::from_envelope).
#[doc(hidden)]
pub fn decode_any<E>(
    envelope: &Envelope<'_>,
    subject: &str,
    decode: impl FnOnce(Hint<'_>, &[u8]) -> Result<E, AnyError>,
) -> Result<E, DecodeError> {
    check_type(subject, envelope)?;
    Ok(decode(envelope.hint(), envelope.data().unwrap_or_default())?)
}

/// Implements [`FromEnvelope`] for a generated enum of all versions, or declares an enum of several subjects.
///
/// ```text
/// evschema_events::from_envelope!(AnyOrderPlaced);
///
/// evschema_events::from_envelope! {
///     /// The events that the worker handles.
///     pub enum ShopEvent {
///         Placed(AnyOrderPlaced),
///         Captured(AnyPaymentCaptured),
///     }
/// }
/// ```
///
/// The enum of several subjects chooses the variant by the `type` of the envelope. Each of its types is an enum with
/// the constant `SUBJECT` and the function `decode`, as the generator writes it.
#[macro_export]
macro_rules! from_envelope {
    ($any:ty) => {
        impl $crate::FromEnvelope for $any {
            fn from_envelope(
                envelope: &$crate::Envelope<'_>,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $crate::private::decode_any(envelope, <$any>::SUBJECT, <$any>::decode)
            }
        }
    };
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident($any:ty)),+ $(,)? }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone)]
        $visibility enum $name {
            $($(#[$doc])* $variant($any),)+
        }

        impl $crate::FromEnvelope for $name {
            fn from_envelope(
                envelope: &$crate::Envelope<'_>,
            ) -> ::core::result::Result<Self, $crate::DecodeError> {
                $(if $crate::private::is_of_subject(envelope.event_type(), <$any>::SUBJECT) {
                    return $crate::private::decode_any(envelope, <$any>::SUBJECT, <$any>::decode)
                        .map(Self::$variant);
                })+
                let known = [$(<$any>::SUBJECT),+].join("`, `");
                ::core::result::Result::Err($crate::DecodeError::UnknownType {
                    found: envelope.event_type().to_owned(),
                    known: ::std::format!("`{known}`"),
                })
            }
        }
    };
}
