//! What generated types have in common, so that the code people read is short.

/// Implements reading, writing, `new` and setters for a struct: of each field the member's position
/// among the names of the schema, how it may be absent, its name, and a setter with what it takes;
/// then what `new` is told.
#[macro_export]
macro_rules! record {
    (
        $type:ident [$($name:literal)*]
        { $($at:literal $mode:ident $field:ident $($setter:ident($value:ty))?,)* }
        new($($argument:ident: $of:ty,)*) $($rest:ident)?
    ) => {
        impl $type {
            /// The members that the schema names.
            const NAMES: &'static [&'static str] = &[$($name),*];

            /// Returns a value with what is required.
            pub fn new($($argument: $of),*) -> Self {
                Self {
                    $($field: $crate::record!(@new $mode $field),)*
                    $($rest: $crate::Map::new(),)?
                }
            }

            $($(
                #[doc = concat!("Returns the value with `", stringify!($field), "` set.")]
                #[must_use]
                pub fn $setter(mut self, value: impl ::core::convert::Into<$value>) -> Self {
                    self.$field = $crate::record!(@given $mode value.into());
                    self
                }
            )?)*
        }

        impl<'a> $crate::Read<'a> for $type {
            fn read(
                cursor: &mut $crate::Cursor<'a>,
                at: ::core::option::Option<$crate::At>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let mut members = $crate::Members::open(cursor, at, Self::NAMES)?;
                $(let mut $field = ::core::option::Option::None;)*
                $(let mut $rest = $crate::Map::new();)?
                while let ::core::option::Option::Some(found) = $crate::record!(@next members cursor $($rest)?) {
                    match found {
                        $($at => $field = ::core::option::Option::Some($crate::read(cursor, members.child($at))?),)*
                        $(usize::MAX => {
                            let node = members.additional();
                            let name = members.take_name();
                            if $rest.insert(name, $crate::read(cursor, node)?).is_some() {
                                return ::core::result::Result::Err(cursor.named_twice());
                            }
                        })?
                        other => members.skip(cursor, other)?,
                    }
                }
                members.close(cursor)?;
                ::core::result::Result::Ok(Self {
                    $($field: $crate::record!(@$mode $field members),)*
                    $($rest,)?
                })
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                let mut object = $crate::ObjectWriter::open(out);
                $($crate::record!(@write $mode object Self::NAMES[$at] self.$field);)*
                $(
                    for (name, value) in &self.$rest {
                        object.member(name, value);
                    }
                )?
                object.close();
            }
        }

        $crate::through_json!($type);
    };
    (@new required $field:ident) => { $field };
    (@new constant $field:ident) => { ::core::default::Default::default() };
    (@new optional $field:ident) => { ::core::option::Option::None };
    (@new maybe $field:ident) => { $crate::Maybe::Absent };
    (@given optional $value:expr) => { ::core::option::Option::Some($value) };
    (@given maybe $value:expr) => { $crate::Maybe::Value($value) };
    (@next $members:ident $cursor:ident) => { $members.next($cursor)? };
    (@next $members:ident $cursor:ident $rest:ident) => { $members.next_kept($cursor)? };
    (@required $field:ident $members:ident) => {
        match $field {
            ::core::option::Option::Some(value) => value,
            ::core::option::Option::None => return ::core::result::Result::Err($members.missing()),
        }
    };
    (@constant $field:ident $members:ident) => { $crate::record!(@required $field $members) };
    (@optional $field:ident $members:ident) => { $field };
    (@maybe $field:ident $members:ident) => { $field.unwrap_or($crate::Maybe::Absent) };
    (@write required $object:ident Self::NAMES[$at:literal] $value:expr) => {
        $object.member(Self::NAMES[$at], &$value)
    };
    (@write constant $object:ident Self::NAMES[$at:literal] $value:expr) => {
        $object.member(Self::NAMES[$at], &$value)
    };
    (@write optional $object:ident Self::NAMES[$at:literal] $value:expr) => {
        $object.optional(Self::NAMES[$at], $value.as_ref())
    };
    (@write maybe $object:ident Self::NAMES[$at:literal] $value:expr) => {
        $object.maybe(Self::NAMES[$at], &$value)
    };
}

/// Implements what an enum of texts offers.
#[macro_export]
macro_rules! texts {
    ($type:ident { $($variant:ident = $text:literal,)* }) => {
        impl $type {
            /// Every text, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the text as JSON has it.
            pub fn as_str(self) -> &'static str {
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

        impl<'a> $crate::Read<'a> for $type {
            fn read(
                cursor: &mut $crate::Cursor<'a>,
                at: ::core::option::Option<$crate::At>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let text = cursor.variant(at)?;
                text.parse().map_err(|_| cursor.no_variant())
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::Write::write(self.as_str(), out);
            }
        }

        $crate::through_json!($type);
    };
}

/// Declares an enum of one text: a constant.
#[macro_export]
macro_rules! constant {
    ($(#[$type_meta:meta])* $type:ident { $(#[$meta:meta])* $variant:ident = $text:literal }) => {
        $(#[$type_meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[non_exhaustive]
        pub enum $type {
            $(#[$meta])*
            #[default]
            $variant,
        }

        $crate::texts! { $type { $variant = $text, } }
    };
}

/// Implements reading and writing for an enum whose variants are told apart by a [`Case`] each.
///
/// [`Case`]: crate::Case
#[macro_export]
macro_rules! union {
    ($type:ident { $($at:literal $variant:ident = $case:expr,)* }) => {
        impl $type {
            /// What tells the variants apart, in their order.
            const CASES: &'static [$crate::Case] = &[$($case),*];
        }

        impl<'a> $crate::Read<'a> for $type {
            fn read(
                cursor: &mut $crate::Cursor<'a>,
                at: ::core::option::Option<$crate::At>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let case = $crate::choose(cursor, Self::CASES)?;
                let node = at.and_then(|at| at.variant(case));
                match case {
                    $($at => $crate::read(cursor, node).map(Self::$variant),)*
                    _ => ::core::result::Result::Err(cursor.no_variant()),
                }
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                match self {
                    $(Self::$variant(value) => $crate::Write::write(value, out),)*
                }
            }
        }

        $crate::through_json!($type);
    };
}

/// Implements reading and writing for a struct around another type.
#[macro_export]
macro_rules! newtype {
    ($type:ident) => {
        impl<'a> $crate::Read<'a> for $type {
            fn read(
                cursor: &mut $crate::Cursor<'a>,
                at: ::core::option::Option<$crate::At>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                $crate::Read::read(cursor, at).map(Self)
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::Write::write(&self.0, out);
            }
        }

        $crate::through_json!($type);
    };
}

/// Implements serde's traits by way of JSON: for types inside other types, not for events.
#[doc(hidden)]
#[macro_export]
macro_rules! through_json {
    ($type:ident) => {
        impl $crate::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::private::serialize(self, serializer)
            }
        }

        impl<'de> $crate::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::private::deserialize(deserializer)
            }
        }
    };
}

/// Declares the document of a schema, and its linked form: the base URI, the draft, the documents it
/// refers to, whether formats are asserted, the linked forms of others, the root, and its own.
#[macro_export]
macro_rules! document {
    (
        $base:literal $draft:ident [$($uri:literal $reference:path,)*] $asserts_formats:literal
        [$($link:path,)*] $root:literal $program:literal
    ) => {
        /// The schema with all that it refers to.
        #[doc(hidden)]
        pub static DOCUMENT: $crate::Document = $crate::Document::new(
            $base,
            $crate::Draft::$draft,
            SCHEMA,
            &[$(($uri, &$reference)),*],
            $asserts_formats,
            (&PROGRAM, $root),
        );

        /// The schema in the form that events are checked with.
        #[doc(hidden)]
        pub static PROGRAM: $crate::Program = $crate::Program::new($program, &[$(&$link),*]);
    };
}
