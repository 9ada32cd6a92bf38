/// Implements the functions of the borrowed form of an [`Event`](crate::Event). The borrowed form parses events without
/// copying strings.
///
/// ```text
/// rt::event_ref! { OrderRef of Order }
/// ```
#[macro_export]
macro_rules! event_ref {
    ($type:ident of $owned:ident) => {
        impl<'a> $type<'a> {
            /// Parses an event and validates it against the schema. Strings without escapes are not copied.
            ///
            /// # Errors
            ///
            /// If the bytes are not JSON, or the schema rejects the event.
            pub fn from_slice(bytes: &'a [u8]) -> ::core::result::Result<Self, $crate::Error> {
                $crate::private::from_slice(<$owned as $crate::Event>::document(), bytes)
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
                $crate::private::written(<$owned as $crate::Event>::document(), self)
            }

            /// Copies the borrowed strings, and returns the owned form of the event.
            #[must_use]
            pub fn into_owned(self) -> $owned {
                $crate::IntoOwned::into_owned(self)
            }
        }
    };
}
