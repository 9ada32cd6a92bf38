//! The macros of the first edition of generated code, which declare the types themselves.

/// Declares the types of a generated module and their functions. A struct gets `new` and setters. An enum of strings
/// gets `as_str`, `ALL`, `Display` and `FromStr`. Every type gets functions that parse and write it.
///
/// ```text
/// pub struct Order {                              // an object
///     pub id: String = "orderId" 0 required,      // name in JSON, position among the names, presence
///     pub note: Option<String> = "note" 1 optional with_note(String),
///     ..rest: rt::Map<rt::Json>,                  // keeps the properties without a field
/// } new(id: String)                               // the arguments of `new`
/// pub struct Lines(pub Vec<Line>);                // a struct that wraps another type
/// pub enum Size { Small = "small", Large = "large" }
/// pub enum Paid {                                 // alternatives, each with its number and its case
///     Card(Card) = 0 rt::Case::OBJECT.requires(&["card"]),
/// }
/// pub struct LinesRef<'a>(pub Vec<LineRef<'a>>) owned Lines; // the borrowed form and its owned form
/// ```
///
/// The presence of a property is `required`, `constant` (required, with one value that `new` sets), `optional` (an
/// `Option`) or `maybe` (a [`Maybe`]). If the schema names properties that have no field, `names ["a" "b"]` before
/// `new` lists all names by position.
///
/// [`Maybe`]: crate::Maybe
#[macro_export]
macro_rules! types {
    // Takes each item as a whole, and passes it to `declare!`, so that the compiler parses it only once.
    ($(
        $(#$meta:tt)* pub $kind:ident $type:ident $(<$life:lifetime>)?
        $({ $($properties:tt)* })? $(($($inner:tt)*))?
        $(names $names:tt)? $(new $new:tt)? $(owned $owned:ident)? $(;)?
    )*) => {
        $($crate::declare! {
            $kind $type [$($life)?] $({ $($properties)* })? $(($($inner)*))?
            [$(#$meta)*] [$($names)?] [$($new)?] [$($owned)?]
        })*
    };
}

/// Declares one type of [`types!`].
#[doc(hidden)]
#[macro_export]
macro_rules! declare {
    (
        struct $type:ident [$($life:lifetime)?] {
            $($(#$field_meta:tt)* pub $field:ident: $of:ty = $name:literal $at:literal $mode:ident
                $($setter:ident($value:ty))?,)*
            $(..$rest:ident: $rest_of:ty,)?
        }
        [$($meta:tt)*] [$($names:tt)?] [($($argument:ident: $argument_of:ty),*)] $owned:tt
    ) => {
        $($meta)*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $type $(<$life>)? {
            $($(#$field_meta)* pub $field: $of,)*
            $(
                /// All other properties.
                pub $rest: $rest_of,
            )?
        }

        impl $(<$life>)? $type $(<$life>)? {
            /// The properties that the schema names.
            const NAMES: &'static [&'static str] = $crate::old_field!(@names [$($name),*] $($names)?);

            /// Returns a value with the required properties.
            pub fn new($($argument: $argument_of),*) -> Self {
                Self {
                    $($field: $crate::old_field!(@new $mode $field),)*
                    $($rest: ::std::collections::BTreeMap::new(),)?
                }
            }

            $($(
                #[doc = concat!("Returns the value with `", stringify!($field), "` set.")]
                #[must_use]
                pub fn $setter(mut self, value: impl ::core::convert::Into<$value>) -> Self {
                    self.$field = $crate::old_field!(@given $mode value.into());
                    self
                }
            )?)*
        }

        impl<'a> $crate::Read<'a> for $type $(<$life>)? {
            fn read(
                checker: &mut $crate::Checker<'a>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let mut properties = $crate::PropertyReader::open(checker, node, Self::NAMES)?;
                $(let mut $field = ::core::option::Option::None;)*
                $(let mut $rest = ::std::collections::BTreeMap::new();)?
                while let ::core::option::Option::Some(found) = $crate::old_field!(@next properties checker $($rest)?) {
                    match found {
                        $($at => $field = ::core::option::Option::Some($crate::read(checker, properties.child())?),)*
                        $(usize::MAX => {
                            let node = properties.additional();
                            let name = properties.take_name();
                            if $rest.insert(name, $crate::read(checker, node)?).is_some() {
                                return ::core::result::Result::Err(checker.duplicate_property());
                            }
                        })?
                        _ => properties.skip(checker)?,
                    }
                }
                properties.close(checker)?;
                ::core::result::Result::Ok(Self {
                    $($field: $crate::old_field!(@$mode $field properties),)*
                    $($rest,)?
                })
            }
        }

        impl $(<$life>)? $crate::Write for $type $(<$life>)? {
            fn write(&self, out: &mut ::std::string::String) {
                let mut object = $crate::ObjectWriter::open(out);
                $($crate::old_field!(@write $mode object $name self.$field);)*
                $(
                    for (name, value) in &self.$rest {
                        object.property(name, value);
                    }
                )?
                object.close();
            }

            $crate::serialize_through_text!();
        }

        $crate::through_json!($type $(<$life>)?);
        $crate::into_owned!($owned $type { $($field)* $($rest)? });
    };
    (struct $type:ident [$($life:lifetime)?] (pub $of:ty) [$($meta:tt)*] [] [] $owned:tt) => {
        $($meta)*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $type $(<$life>)? (pub $of);

        impl<'a> $crate::Read<'a> for $type $(<$life>)? {
            fn read(
                checker: &mut $crate::Checker<'a>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                $crate::Read::read(checker, node).map(Self)
            }
        }

        impl $(<$life>)? $crate::Write for $type $(<$life>)? {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::Write::write(&self.0, out);
            }

            $crate::serialize_through_text!();
        }

        $crate::through_json!($type $(<$life>)?);
        $crate::into_owned!($owned $type { 0 });
    };
    // A constant is an enum with one variant, which is the default value.
    (enum $type:ident [] { $variant:ident = $text:literal $(,)? } [$($meta:tt)*] [] [] []) => {
        $crate::declare! {
            enum $type [] { $variant = $text, } [$($meta)* #[derive(Default)]] [] [] [] #[default]
        }
    };
    (
        enum $type:ident [] { $($variant:ident = $text:literal),* $(,)? } [$($meta:tt)*] [] [] []
        $(#$default:tt)?
    ) => {
        $($meta)*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $(#$default)?
            $($variant,)*
        }

        impl $type {
            /// Every variant, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the string that JSON has for the variant.
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

            $crate::serialize_through_text!();
        }

        $crate::through_json!($type);
    };
    (
        enum $type:ident [$($life:lifetime)?] { $($(#$variant_meta:tt)* $variant:ident($of:ty) = $at:literal $case:expr,)* }
        [$($meta:tt)*] [] [] $owned:tt
    ) => {
        $($meta)*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $type $(<$life>)? {
            $($(#$variant_meta)* $variant($of),)*
        }

        impl $(<$life>)? $type $(<$life>)? {
            /// The conditions that select a variant, in the order of the variants.
            const CASES: &'static [$crate::Case] = &[$($case),*];
        }

        impl<'a> $crate::Read<'a> for $type $(<$life>)? {
            fn read(
                checker: &mut $crate::Checker<'a>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                let case = $crate::choose(checker, Self::CASES)?;
                let node = node.and_then(|node| node.variant(case));
                match case {
                    $($at => $crate::read(checker, node).map(Self::$variant),)*
                    _ => ::core::result::Result::Err(checker.unknown_variant()),
                }
            }
        }

        impl $(<$life>)? $crate::Write for $type $(<$life>)? {
            fn write(&self, out: &mut ::std::string::String) {
                match self {
                    $(Self::$variant(value) => $crate::Write::write(value, out),)*
                }
            }

            $crate::serialize_through_text!();
        }

        $crate::through_json!($type $(<$life>)?);
        $crate::into_owned!($owned $type [$($variant)*]);
    };
}

/// The code for a property that depends on its presence.
#[doc(hidden)]
#[macro_export]
macro_rules! old_field {
    (@names [$($name:literal),*]) => { &[$($name),*] };
    (@names [$($name:literal),*] [$($all:literal)*]) => { &[$($all),*] };
    (@new required $field:ident) => { $field };
    (@new constant $field:ident) => { ::core::default::Default::default() };
    (@new optional $field:ident) => { ::core::option::Option::None };
    (@new maybe $field:ident) => { $crate::Maybe::Absent };
    (@given optional $value:expr) => { ::core::option::Option::Some($value) };
    (@given maybe $value:expr) => { $crate::Maybe::Value($value) };
    (@next $properties:ident $checker:ident) => { $properties.next_known($checker)? };
    (@next $properties:ident $checker:ident $rest:ident) => { $properties.next_any($checker)? };
    (@required $field:ident $properties:ident) => {
        match $field {
            ::core::option::Option::Some(value) => value,
            ::core::option::Option::None => return ::core::result::Result::Err($properties.missing()),
        }
    };
    (@constant $field:ident $properties:ident) => { $crate::old_field!(@required $field $properties) };
    (@optional $field:ident $properties:ident) => { $field };
    (@maybe $field:ident $properties:ident) => { $field.unwrap_or($crate::Maybe::Absent) };
    (@write required $object:ident $name:literal $value:expr) => { $object.property($name, &$value) };
    (@write constant $object:ident $name:literal $value:expr) => { $object.property($name, &$value) };
    (@write optional $object:ident $name:literal $value:expr) => { $object.optional($name, $value.as_ref()) };
    (@write maybe $object:ident $name:literal $value:expr) => { $object.maybe($name, &$value) };
}

/// Implements the traits of serde through JSON text.
#[doc(hidden)]
#[macro_export]
macro_rules! through_json {
    ($type:ident $(<$life:lifetime>)?) => {
        impl $(<$life>)? $crate::Serialize for $type $(<$life>)? {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::private::serialize(self, serializer)
            }
        }

        $crate::from_json!($type $(<$life>)?);
    };
}

/// Implements `Deserialize` through JSON text. Borrowed forms do not implement it, because they can only borrow from
/// the bytes of an event.
#[doc(hidden)]
#[macro_export]
macro_rules! from_json {
    ($type:ident <$life:lifetime>) => {};
    ($type:ident) => {
        impl<'de> $crate::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::private::deserialize(deserializer)
            }
        }
    };
}

/// Implements [`IntoOwned`](crate::IntoOwned). A borrowed form converts each of its fields or variants. A type that
/// borrows nothing returns itself.
#[doc(hidden)]
#[macro_export]
macro_rules! into_owned {
    ([] $($type:tt)*) => {};
    ([$owned:ident] $type:ident { $($field:tt)* }) => {
        impl $crate::IntoOwned for $type<'_> {
            type Owned = $owned;
            fn into_owned(self) -> $owned {
                $owned { $($field: $crate::IntoOwned::into_owned(self.$field),)* }
            }
        }
    };
    ([$owned:ident] $type:ident [$($variant:ident)*]) => {
        impl $crate::IntoOwned for $type<'_> {
            type Owned = $owned;
            fn into_owned(self) -> $owned {
                match self {
                    $(Self::$variant(value) => $owned::$variant($crate::IntoOwned::into_owned(value)),)*
                }
            }
        }
    };
    ($($type:ident)*) => {
        $(impl $crate::IntoOwned for $type {
            type Owned = Self;
            fn into_owned(self) -> Self {
                self
            }
        })*
    };
}

/// Implements the second function of [`Write`](crate::Write) through JSON text.
#[doc(hidden)]
#[macro_export]
macro_rules! serialize_through_text {
    () => {
        fn serialize_unchecked<S: $crate::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            $crate::private::serialize(self, serializer)
        }
    };
}
