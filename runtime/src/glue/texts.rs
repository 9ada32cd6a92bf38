/// Implements the functions and traits of an enum of strings.
///
/// ```
/// use evschema_runtime as rt;
///
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// pub enum Size {
///     Small,
///     Large,
/// }
///
/// rt::texts! { Size { Small "small", Large "large", } }
///
/// assert_eq!(Size::ALL, [Size::Small, Size::Large]);
/// assert_eq!(Size::Small.as_str(), "small");
/// assert_eq!("large".parse(), Ok(Size::Large));
/// assert_eq!(Size::try_from("medium"), Err(rt::UnknownText));
/// ```
///
/// With `at (PROGRAM, "/$defs/X")` behind the variants, the enum also implements the traits of serde, and checks its values
/// against this node.
///
/// A variant that the glue does not name:
///
/// ```compile_fail,E0004
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// pub enum Size { Small, Large }
/// rt::texts! { Size { Small "small", } }
/// ```
///
/// A variant that the item does not have:
///
/// ```compile_fail,E0599
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// pub enum Size { Small }
/// rt::texts! { Size { Small "small", Large "large" } }
/// ```
#[macro_export]
macro_rules! texts {
    (
        $type:ident { $($variant:ident $text:literal),* $(,)? }
        $(at ($program:path, $node:literal))?
    ) => {
        impl $type {
            /// Every variant, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the string that JSON has for the variant.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl ::core::fmt::Display for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $type {
            type Err = $crate::UnknownText;
            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::UnknownText> {
                match text {
                    $($text => ::core::result::Result::Ok(Self::$variant),)*
                    _ => ::core::result::Result::Err($crate::UnknownText),
                }
            }
        }

        impl<'t> ::core::convert::TryFrom<&'t str> for $type {
            type Error = $crate::UnknownText;
            fn try_from(text: &'t str) -> ::core::result::Result<Self, $crate::UnknownText> {
                text.parse()
            }
        }

        impl ::core::convert::AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl<'a> $crate::Read<'a> for $type {
            fn read(
                checker: &mut $crate::Checker<'a>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let text = checker.enum_string(node)?;
                text.parse().map_err(|_| checker.unknown_variant())
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::Write::write(self.as_str(), out);
            }

            fn serialize_unchecked<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $($crate::checked_serde! { $type ($program, $node) })?
    };
}
