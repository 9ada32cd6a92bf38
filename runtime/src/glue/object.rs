/// Implements the traits of a generated struct, its constructor and its setters.
///
/// ```text
/// rt::object! {
///     Order in order {                                // `order` is a module that the macro declares
///         id "id" required String,                    // field, name in JSON, presence, type of a value
///         note "note" optional String => with_note,   // the field is an `Option<String>`; the name of its setter
///         hint "hint" maybe String => with_hint,      // the field is a `Maybe<String>`
///         kind "kind" constant Kind,                  // required, with one value: `Kind::default()`
///         ..rest rt::Map<rt::Json>,                   // keeps the properties without a field
///     }
///     also ["legacy"]                                 // other names that the schema names, after those with fields
///     at (PROGRAM, "/$defs/X")                                 // the node that checks a value of this type
/// }
/// rt::object! { OrderRef<'a> of Order { … } also […] } // the borrowed form, without a module
/// ```
///
/// The parts `=> setter`, `..rest`, `also` and `at` may be missing. The order of the fields, followed by `also`, is the
/// order of the names in the program. The type of an event has no `at`: see [`event!`](crate::event).
///
/// If the schema requires a property that is not constant, the module has a struct `Required`, the argument of `new`.
/// Otherwise the macro declares no module, `new` has no argument, and the type implements `Default`. The types of
/// required fields are resolved in this module, which imports everything of its parent. So they must not start with
/// `super`, and no type beside the struct may be called `Required`.
///
/// ```
/// use evschema_runtime as rt;
///
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line {
///     pub sku: String,
///     pub note: Option<String>,
/// }
///
/// rt::object! { Line in line { sku "sku" required String, note "note" optional String => with_note, } }
///
/// let line = Line::new(line::Required { sku: "A-17".to_owned() }).with_note("fragile");
/// assert_eq!(line, Line { sku: "A-17".to_owned(), note: Some("fragile".to_owned()) });
/// ```
///
/// A field that the glue does not name:
///
/// ```compile_fail,E0063
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line { pub sku: String, pub note: Option<String> }
/// rt::object! { Line in line { sku "sku" required String, } }
/// ```
///
/// A field that the item does not have:
///
/// ```compile_fail,E0560
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line { pub sku: String }
/// rt::object! { Line in line { sku "sku" required String, note "note" optional String, } }
/// ```
///
/// Another type:
///
/// ```compile_fail,E0308
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line { pub sku: String }
/// rt::object! { Line in line { sku "sku" required i64, } }
/// ```
///
/// Another presence:
///
/// ```compile_fail,E0308
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line { pub sku: String }
/// rt::object! { Line in line { sku "sku" optional String, } }
/// ```
///
/// ```compile_fail,E0308
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line { pub sku: Option<String> }
/// rt::object! { Line in line { sku "sku" required String, } }
/// ```
///
/// serde for a type without `at`, which nothing could check:
///
/// ```compile_fail,E0277
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Line { pub sku: String }
/// rt::object! { Line in line { sku "sku" required String, } }
/// let line: Line = serde_json::from_str(r#"{"sku":"A-17"}"#).unwrap();
/// ```
#[macro_export]
macro_rules! object {
    (
        $type:ident in $module:ident {
            $($field:ident $name:literal $presence:ident $of:ty $(=> $setter:ident)?,)*
            $(..$rest:ident $rest_of:ty $(,)?)?
        }
        $(also [$($also:literal),* $(,)?])?
        $(at ($program:path, $node:literal))?
    ) => {
        $crate::object_impls! {
            'a $type [] [$($field $name $presence $of,)*] [$($rest $rest_of)?] [$($($also),*)?]
        }
        $crate::object_new! {
            $type $module [$($field $name $presence [$of],)*] [$($field $presence)*] [$($rest)?]
        }
        impl $type {
            $($(
                #[doc = concat!("Returns the value with the property `", $name, "`.")]
                #[must_use]
                pub fn $setter(mut self, value: impl ::core::convert::Into<$of>) -> Self {
                    self.$field = $crate::field!(@set $presence value.into());
                    self
                }
            )?)*
        }
        $($crate::checked_serde! { $type ($program, $node) })?
    };
    (
        $type:ident<$life:lifetime> of $owned:ident {
            $($field:ident $name:literal $presence:ident $of:ty $(=> $setter:ident)?,)*
            $(..$rest:ident $rest_of:ty $(,)?)?
        }
        $(also [$($also:literal),* $(,)?])?
    ) => {
        $crate::object_impls! {
            $life $type [<$life>] [$($field $name $presence $of,)*] [$($rest $rest_of)?] [$($($also),*)?]
        }
        impl<$life> $crate::IntoOwned for $type<$life> {
            type Owned = $owned;
            fn into_owned(self) -> $owned {
                $owned {
                    $($field: $crate::IntoOwned::into_owned(self.$field),)*
                    $($rest: $crate::IntoOwned::into_owned(self.$rest),)?
                }
            }
        }
        $crate::checked_serde! { $type<$life> of $owned }
    };
}
