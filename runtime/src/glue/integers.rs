/// Implements the functions and traits of an enum of integers. The item has the same integers as its discriminants.
///
/// ```
/// use evschema_runtime as rt;
///
/// #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
/// #[repr(i64)]
/// pub enum Status {
///     N404 = 404,
///     N200 = 200,
/// }
///
/// rt::integers! { Status { N404 404, N200 200, } }
///
/// assert_eq!(Status::ALL, [Status::N404, Status::N200]);
/// assert_eq!(Status::N404.as_i64(), 404);
/// assert_eq!(Status::try_from(200), Ok(Status::N200));
/// assert_eq!(Status::try_from(500), Err(rt::UnknownInteger));
/// assert!(Status::N200 < Status::N404);
/// ```
///
/// With `at (PROGRAM, "/$defs/X")` behind the variants, the enum also implements the traits of serde, and checks its values
/// against this node.
///
/// The glue also compiles in older editions of Rust, whose prelude has no `TryFrom`:
///
/// ```edition2018
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// #[repr(i64)]
/// pub enum Status { N200 = 200 }
/// rt::integers! { Status { N200 200, } }
/// ```
///
/// A variant that the glue does not name:
///
/// ```compile_fail,E0004
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// #[repr(i64)]
/// pub enum Status { N200 = 200, N404 = 404 }
/// rt::integers! { Status { N200 200, } }
/// ```
///
/// Another integer:
///
/// ```compile_fail,E0080
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// #[repr(i64)]
/// pub enum Status { N200 = 200 }
/// rt::integers! { Status { N200 404, } }
/// ```
#[macro_export]
macro_rules! integers {
    (
        $type:ident { $($variant:ident $integer:literal),* $(,)? }
        $(at ($program:path, $node:literal))?
    ) => {
        $(const _: () = ::core::assert!($type::$variant as i64 == $integer, "the item has another integer");)*

        impl $type {
            /// Every variant, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the integer that JSON has for the variant.
            #[must_use]
            pub const fn as_i64(self) -> i64 {
                match self {
                    $(Self::$variant => $integer,)*
                }
            }
        }

        impl ::core::fmt::Display for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.as_i64(), f)
            }
        }

        impl ::core::convert::TryFrom<i64> for $type {
            type Error = $crate::UnknownInteger;
            fn try_from(integer: i64) -> ::core::result::Result<Self, $crate::UnknownInteger> {
                match integer {
                    $($integer => ::core::result::Result::Ok(Self::$variant),)*
                    _ => ::core::result::Result::Err($crate::UnknownInteger),
                }
            }
        }

        impl ::core::convert::From<$type> for i64 {
            fn from(variant: $type) -> i64 {
                variant.as_i64()
            }
        }

        impl<'a> $crate::Read<'a> for $type {
            fn read(
                checker: &mut $crate::Checker<'a>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let integer = <i64 as $crate::Read>::read(checker, node)?;
                <Self as ::core::convert::TryFrom<i64>>::try_from(integer).map_err(|_| checker.unknown_variant())
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::Write::write(&self.as_i64(), out);
            }

            fn serialize_unchecked<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.as_i64())
            }
        }

        $($crate::checked_serde! { $type ($program, $node) })?
    };
}
