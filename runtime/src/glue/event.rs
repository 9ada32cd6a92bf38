/// Implements [`Event`](crate::Event) and the traits of serde for a type. The arguments are the type, the subject, the
/// version, the digest and the `dataschema`. Also gives the type inherent constants and functions.
///
/// ```text
/// rt::event! { Order "commerce.order" "1.2.0" "sha256:…" "/schemas/commerce.order/1.2.0.json" }
/// ```
///
/// The macro uses `SCHEMA` and `DOCUMENT` of its module: see [`document!`](crate::document). The root node of the
/// document checks the type, so the type itself has no `at`.
#[macro_export]
macro_rules! event {
    ($type:ident $subject:literal $version:literal $digest:literal $dataschema:literal) => {
        impl $crate::Checked for $type {
            fn node() -> $crate::NodeRef {
                DOCUMENT.root()
            }
        }

        $crate::checked_serde! { $type }

        impl $crate::Event for $type {
            const SUBJECT: &'static str = $subject;
            const VERSION: &'static str = $version;
            const DIGEST: &'static str = $digest;
            const DATASCHEMA: &'static str = $dataschema;
            const SCHEMA: &'static str = SCHEMA;

            fn document() -> &'static $crate::Document {
                &DOCUMENT
            }
        }

        impl $type {
            /// The subject.
            pub const SUBJECT: &'static str = <Self as $crate::Event>::SUBJECT;
            /// The version of the subject's schema.
            pub const VERSION: &'static str = <Self as $crate::Event>::VERSION;
            /// The digest of the schema.
            pub const DIGEST: &'static str = <Self as $crate::Event>::DIGEST;
            /// The URL or path of the schema: the `dataschema` of a CloudEvent.
            pub const DATASCHEMA: &'static str = <Self as $crate::Event>::DATASCHEMA;
            /// The schema, unchanged.
            pub const SCHEMA: &'static str = <Self as $crate::Event>::SCHEMA;

            /// Parses an event and validates it against the schema.
            ///
            /// # Errors
            ///
            /// If the bytes are not JSON, or the schema rejects the event.
            pub fn from_slice(bytes: &[u8]) -> ::core::result::Result<Self, $crate::Error> {
                $crate::private::from_slice(<Self as $crate::Event>::document(), bytes)
            }

            /// Validates an event that is already a value in memory, such as a `serde_json::Value`. Returns the event
            /// as this type.
            ///
            /// # Errors
            ///
            /// If the schema rejects the event.
            pub fn from_value(event: &impl $crate::Serialize) -> ::core::result::Result<Self, $crate::Error> {
                $crate::private::from_value(<Self as $crate::Event>::document(), event)
            }

            /// Returns whether the schema accepts these bytes, without making a value.
            pub fn check_bytes(bytes: &[u8]) -> bool {
                $crate::private::check_bytes(<Self as $crate::Event>::document(), bytes)
            }

            /// Validates a value that was built in code.
            ///
            /// # Errors
            ///
            /// If the schema rejects the JSON of the value.
            pub fn validate(&self) -> ::core::result::Result<(), $crate::Error> {
                self.to_vec().map(|_| ())
            }

            /// Validates the event and writes it as JSON.
            ///
            /// # Errors
            ///
            /// If the schema rejects the JSON of the value.
            pub fn to_vec(&self) -> ::core::result::Result<::std::vec::Vec<u8>, $crate::Error> {
                $crate::private::to_vec(self)
            }
        }
    };
}
