/// The code for a property that depends on its presence.
#[doc(hidden)]
#[macro_export]
macro_rules! field {
    (@new required $($value:tt)*) => { $($value)* };
    (@new constant $($value:tt)*) => { ::core::default::Default::default() };
    (@new optional $($value:tt)*) => { ::core::option::Option::None };
    (@new maybe $($value:tt)*) => { $crate::Maybe::Absent };
    (@set required $value:expr) => { $value };
    (@set constant $value:expr) => { $value };
    (@set optional $value:expr) => { ::core::option::Option::Some($value) };
    (@set maybe $value:expr) => { $crate::Maybe::Value($value) };
    (@or_type optional $of:ty) => { $of };
    (@or_type maybe $of:ty) => { ::core::option::Option<$of> };
    (@or optional $value:expr, $default:expr) => {
        match &$value {
            ::core::option::Option::Some(value) => ::core::clone::Clone::clone(value),
            ::core::option::Option::None => $default,
        }
    };
    (@or maybe $value:expr, $default:expr) => {
        match &$value {
            $crate::Maybe::Value(value) => ::core::option::Option::Some(::core::clone::Clone::clone(value)),
            $crate::Maybe::Null => ::core::option::Option::None,
            $crate::Maybe::Absent => ::core::option::Option::Some($default),
        }
    };
    (@type required $of:ty) => { $of };
    (@type constant $of:ty) => { $of };
    (@type optional $of:ty) => { $of };
    (@type maybe $of:ty) => { $crate::Maybe<$of> };
    (@next $properties:ident $checker:ident) => { $properties.next_known($checker)? };
    (@next $properties:ident $checker:ident $rest:ident) => { $properties.next_any($checker)? };
    (@required $field:ident $properties:ident) => {
        match $field {
            ::core::option::Option::Some(value) => value,
            ::core::option::Option::None => return ::core::result::Result::Err($properties.missing()),
        }
    };
    (@constant $field:ident $properties:ident) => { $crate::field!(@required $field $properties) };
    (@optional $field:ident $properties:ident) => { $field };
    (@maybe $field:ident $properties:ident) => { $field.unwrap_or($crate::Maybe::Absent) };
    (@count required $value:expr) => { 1usize };
    (@count constant $value:expr) => { 1usize };
    (@count optional $value:expr) => { usize::from($value.is_some()) };
    (@count maybe $value:expr) => { usize::from(!$value.is_absent()) };
    (@write required $object:ident $name:literal $value:expr) => { $object.property($name, &$value) };
    (@write constant $object:ident $name:literal $value:expr) => { $object.property($name, &$value) };
    (@write optional $object:ident $name:literal $value:expr) => { $object.optional($name, $value.as_ref()) };
    (@write maybe $object:ident $name:literal $value:expr) => { $object.maybe($name, &$value) };
}
