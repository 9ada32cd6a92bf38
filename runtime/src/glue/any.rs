/// Implements the functions of an enum with one variant for each version of a subject.
///
/// ```text
/// rt::any! {
///     AnyOrderPlaced "commerce.order.placed" {
///         V1(v1::OrderPlaced) = rt::Signs { case: rt::Case::OBJECT, constants: &[] },
///         V2(v2::OrderPlaced) = rt::Signs { case: rt::Case::OBJECT, constants: &[] },
///     }
/// }
/// ```
///
/// The signs of a version are the content by which its events differ from those of the other versions. If two versions
/// have common events, their signs have common events, too.
#[macro_export]
macro_rules! any {
    ($type:ident $subject:literal { $($variant:ident($of:ty) = $signs:expr),* $(,)? }) => {
        impl $type {
            /// The subject.
            pub const SUBJECT: &'static str = $subject;

            const VERSIONS: &'static [$crate::private::KnownVersion] = &[$(
                $crate::private::KnownVersion {
                    version: <$of as $crate::Event>::VERSION,
                    dataschema: <$of as $crate::Event>::DATASCHEMA,
                    signs: $signs,
                },
            )*];

            /// Parses an event of any version, and validates it against the schema of its version. The hint names the
            /// version; its documentation has the rules.
            ///
            /// # Errors
            ///
            /// If the version is unknown or unclear, or if the schema of the version rejects the event.
            pub fn decode(
                hint: $crate::Hint<'_>,
                bytes: &[u8],
            ) -> ::core::result::Result<Self, $crate::AnyError> {
                $crate::positions!($($variant)*);
                let choice = $crate::private::choose_version($subject, Self::VERSIONS, hint, bytes)?;
                match choice.variant {
                    $(__At::$variant => $crate::private::from_slice(<$of as $crate::Event>::document(), bytes)
                        .map(Self::$variant)
                        .map_err(|error| choice.refused(Self::VERSIONS, error)),)*
                    _ => ::core::result::Result::Err(choice.refused(
                        Self::VERSIONS,
                        $crate::Error::Internal("the enum has no such variant".to_owned()),
                    )),
                }
            }

            /// Returns the version of the event's type, such as `1.2.0`.
            #[must_use]
            pub fn version(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => <$of as $crate::Event>::VERSION,)*
                }
            }

            /// Validates the event against the schema of its version, and writes it as JSON.
            ///
            /// # Errors
            ///
            /// If the schema rejects the JSON of the value.
            pub fn to_vec(&self) -> ::core::result::Result<::std::vec::Vec<u8>, $crate::Error> {
                match self {
                    $(Self::$variant(event) => $crate::private::to_vec(event),)*
                }
            }
        }

        $(impl ::core::convert::From<$of> for $type {
            fn from(event: $of) -> Self {
                Self::$variant(event)
            }
        })*
    };
}
