use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Document;

/// A type generated from one version of a subject.
///
/// Every such type has the same constants and functions as its own, so that this trait is needed
/// only by code that is generic over events.
pub trait Event: Serialize + DeserializeOwned {
    /// The subject, such as `commerce.order.placed`.
    const SUBJECT: &'static str;
    /// The version, such as `1.2.0`.
    const VERSION: &'static str;
    /// The digest of the schema, `sha256:…`.
    const DIGEST: &'static str;
    /// Where the schema lives: the `dataschema` of a CloudEvent.
    const DATASCHEMA: &'static str;

    /// Returns the schema with all that it refers to.
    fn document() -> &'static Document;
}

#[cfg(feature = "explain")]
#[doc(hidden)]
#[macro_export]
macro_rules! checked {
    ($type:ident, $document:expr) => {
        impl $type {
            /// Reads an event: parsed, checked against the schema, typed.
            ///
            /// # Errors
            ///
            /// When the bytes are not JSON, or the schema refuses the event.
            pub fn from_slice(bytes: &[u8]) -> ::core::result::Result<Self, $crate::Error> {
                $crate::private::from_slice(&$document, bytes)
            }

            /// Reads an event that is a plain value already.
            ///
            /// # Errors
            ///
            /// When the schema refuses the event.
            pub fn from_value(event: $crate::private::Value) -> ::core::result::Result<Self, $crate::Error> {
                $crate::private::from_value(&$document, event)
            }

            /// Checks a value built in code.
            ///
            /// # Errors
            ///
            /// When the schema refuses what the value would be written as.
            pub fn validate(&self) -> ::core::result::Result<(), $crate::Error> {
                $crate::private::validate(&$document, self)
            }

            /// Writes the event, unless the schema refuses it.
            ///
            /// # Errors
            ///
            /// When the schema refuses what the value would be written as.
            pub fn to_vec(&self) -> ::core::result::Result<::std::vec::Vec<u8>, $crate::Error> {
                $crate::private::to_vec(&$document, self)
            }
        }
    };
}

// Without the validator nothing can be promised, so the functions that promise are not there.
#[cfg(not(feature = "explain"))]
#[doc(hidden)]
#[macro_export]
macro_rules! checked {
    ($type:ident, $document:expr) => {};
}

/// Makes a generated type an event: constants, reading, checking and writing.
#[macro_export]
macro_rules! event {
    ($type:ident {
        subject: $subject:literal,
        version: $version:literal,
        digest: $digest:literal,
        dataschema: $dataschema:literal,
        document: $document:expr $(,)?
    }) => {
        impl $type {
            /// The subject.
            pub const SUBJECT: &'static str = $subject;
            /// The version of the subject's schema.
            pub const VERSION: &'static str = $version;
            /// The digest of the schema.
            pub const DIGEST: &'static str = $digest;
            /// Where the schema lives: the `dataschema` of a CloudEvent.
            pub const DATASCHEMA: &'static str = $dataschema;
            /// The schema as it was registered.
            pub const SCHEMA: &'static str = SCHEMA;
        }

        impl $crate::Event for $type {
            const SUBJECT: &'static str = $subject;
            const VERSION: &'static str = $version;
            const DIGEST: &'static str = $digest;
            const DATASCHEMA: &'static str = $dataschema;

            fn document() -> &'static $crate::Document {
                &$document
            }
        }

        $crate::checked!($type, $document);
    };
}
