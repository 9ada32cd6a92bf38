//! The parts of [`object!`](crate::object).

/// Implements `Read` and `Write` for a struct. The arguments are the lifetime of the event, the type, its generics, the
/// fields, the field for other properties, and the names without a field.
#[doc(hidden)]
#[macro_export]
macro_rules! object_impls {
    (
        $event:lifetime $type:ident [$($generics:tt)*] [$($field:ident $name:literal $presence:ident $of:ty,)*]
        [$($rest:ident $rest_of:ty)?] [$($also:literal),*]
    ) => {
        // `read` has a variable for each field. A variable must not have the name of a tuple struct, and in a script
        // without capital letters a type may have this name. A function with the name hides such a type, and a
        // variable may have the name of a function.
        const _: () = {
            $(
                #[allow(unused_imports, reason = "only hides a type with this name")]
                use $crate::private::hide_type as $field;
            )*
            $(
                #[allow(unused_imports, reason = "only hides a type with this name")]
                use $crate::private::hide_type as $rest;
            )?

            impl<$event> $crate::Read<$event> for $type $($generics)* {
                fn read(
                    checker: &mut $crate::Checker<$event>,
                    node: ::core::option::Option<$crate::NodeRef>,
                ) -> ::core::result::Result<Self, $crate::Reject> {
                    $crate::positions!($($field)*);
                    let mut properties =
                        $crate::PropertyReader::open(checker, node, &[$($name,)* $($also),*])?;
                    $(let mut $field: ::core::option::Option<$crate::field!(@type $presence $of)> =
                        ::core::option::Option::None;)*
                    $(let mut $rest: $rest_of = ::core::default::Default::default();)?
                    while let ::core::option::Option::Some(found) =
                        $crate::field!(@next properties checker $($rest)?)
                    {
                        match found {
                            $(__At::$field => {
                                $field = ::core::option::Option::Some($crate::read(checker, properties.child())?);
                            })*
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
                        $($field: $crate::field!(@$presence $field properties),)*
                        $($rest,)?
                    })
                }
            }
        };

        impl $($generics)* $crate::Write for $type $($generics)* {
            fn write(&self, out: &mut ::std::string::String) {
                let mut object = $crate::ObjectWriter::open(out);
                $($crate::field!(@write $presence object $name self.$field);)*
                $(
                    for (name, value) in &self.$rest {
                        object.property(name, value);
                    }
                )?
                object.close();
            }

            fn serialize_unchecked<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let count = 0 $(+ $crate::field!(@count $presence self.$field))* $(+ self.$rest.len())?;
                let mut object = $crate::ObjectSerializer::open(serializer, count)?;
                $($crate::field!(@write $presence object $name self.$field)?;)*
                $(
                    for (name, value) in &self.$rest {
                        object.property(name, value)?;
                    }
                )?
                object.close()
            }
        }
    };
}

/// Declares `__At`, whose constants are the positions of names in a list.
#[doc(hidden)]
#[macro_export]
macro_rules! positions {
    ($($name:ident)*) => {
        #[allow(non_camel_case_types, dead_code, clippy::all, reason = "the variants have the names of the list")]
        enum __Position { $($name,)* }
        struct __At;
        #[allow(non_upper_case_globals, dead_code, clippy::all, reason = "the constants have the names of the list")]
        impl __At {
            $(const $name: usize = __Position::$name as usize;)*
        }
    };
}

/// Implements `new` for a struct. The arguments are the type, the name of its module, the fields in two forms, and the
/// field for other properties.
#[doc(hidden)]
#[macro_export]
macro_rules! object_new {
    // No field is required.
    (
        $type:ident $module:ident
        [$($named:ident $name:literal $(constant [$c:ty])? $(optional [$o:ty])? $(maybe [$m:ty])?,)*]
        [$($field:ident $presence:ident)*] [$($rest:ident)?]
    ) => {
        impl $type {
            /// Returns a value without optional properties.
            #[must_use]
            pub fn new() -> Self {
                Self {
                    $($field: $crate::field!(@new $presence),)*
                    $($rest: ::core::default::Default::default(),)?
                }
            }
        }

        impl ::core::default::Default for $type {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    (
        $type:ident $module:ident
        [$(
            $named:ident $name:literal
            $(required [$of:ty])? $(constant [$c:ty])? $(optional [$o:ty])? $(maybe [$m:ty])?,
        )*]
        [$($field:ident $presence:ident)*] [$($rest:ident)?]
    ) => {
        #[doc = concat!("The module of [`", stringify!($type), "`].")]
        pub mod $module {
            #[allow(unused_imports, reason = "required fields may need no type of the parent module")]
            use super::*;

            #[doc = concat!("The properties that [`", stringify!($type), "`] requires.")]
            #[derive(Debug, Clone, PartialEq)]
            pub struct Required {
                $($(
                    #[doc = concat!("The property `", $name, "`.")]
                    pub $named: $of,
                )?)*
            }
        }

        impl $type {
            /// Returns a value with the required properties.
            #[must_use]
            pub fn new(required: $module::Required) -> Self {
                Self {
                    $($field: $crate::field!(@new $presence required.$field),)*
                    $($rest: ::core::default::Default::default(),)?
                }
            }
        }
    };
}
