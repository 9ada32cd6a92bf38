/// Implements the traits of an enum of alternatives. Each variant has the case that selects it.
///
/// ```
/// use evschema_runtime as rt;
///
/// #[derive(Debug, Clone, PartialEq)]
/// pub enum Id {
///     Number(rt::Integer),
///     Text(String),
/// }
///
/// rt::union! { Id { Number(rt::Integer) = rt::Case::INTEGER, Text(String) = rt::Case::STRING, } }
/// ```
///
/// A variant may also be an object with only one property, or a string:
///
/// ```
/// use evschema_runtime as rt;
///
/// #[derive(Debug, Clone, PartialEq)]
/// pub enum Step {
///     Stop,
///     Move(rt::Integer),
/// }
///
/// rt::union! { Step { Stop["stop"], Move { "move": rt::Integer } = rt::Case::OBJECT, } }
///
/// let mut text = String::new();
/// rt::Write::write(&vec![Step::Move(3.into()), Step::Stop], &mut text);
/// assert_eq!(text, r#"[{"move":3},"stop"]"#);
/// ```
///
/// ```text
/// rt::union! { Paid { Card(Card) = …, Cash(Cash) = …, } at (PROGRAM, "/$defs/X") } // also implements the traits of serde
/// rt::union! { PaidRef<'a> of Paid { Card(CardRef<'a>) = …, Cash(Cash) = …, } } // the borrowed form
/// ```
///
/// The order of the variants is the order of `variants` in the program.
///
/// A variant that the glue does not name:
///
/// ```compile_fail,E0004
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub enum Id { Number(rt::Integer), Text(String) }
/// rt::union! { Id { Number(rt::Integer) = rt::Case::INTEGER, } }
/// ```
///
/// Another type:
///
/// ```compile_fail,E0631
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub enum Id { Text(String) }
/// rt::union! { Id { Text(rt::Integer) = rt::Case::STRING, } }
/// ```
#[macro_export]
macro_rules! union {
    (
        $type:ident { $($variant:ident $content:tt $(= $case:expr)?),* $(,)? }
        $(at ($program:path, $node:literal))?
    ) => {
        $crate::union_impls! { 'a $type [] [$($variant $content $(= $case)?,)*] }
        $($crate::checked_serde! { $type ($program, $node) })?
    };
    ($type:ident<$life:lifetime> of $owned:ident { $($variant:ident $content:tt $(= $case:expr)?),* $(,)? }) => {
        $crate::union_impls! { $life $type [<$life>] [$($variant $content $(= $case)?,)*] }
        impl<$life> $crate::IntoOwned for $type<$life> {
            type Owned = $owned;
            fn into_owned(self) -> $owned {
                match self {
                    $($crate::variant!(@pattern $variant value $content) => {
                        $crate::variant!(@owned $owned $variant value $content)
                    })*
                }
            }
        }
        $crate::checked_serde! { $type<$life> of $owned }
    };
}

/// Implements `Read` and `Write` for [`union!`](crate::union).
#[doc(hidden)]
#[macro_export]
macro_rules! union_impls {
    ($event:lifetime $type:ident [$($generics:tt)*] [$($variant:ident $content:tt $(= $case:expr)?,)*]) => {
        impl<$event> $crate::Read<$event> for $type $($generics)* {
            fn read(
                checker: &mut $crate::Checker<$event>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                $crate::positions!($($variant)*);
                const CASES: &[$crate::Case] = &[$($crate::variant!(@case $content $($case)?)),*];
                let case = $crate::choose(checker, CASES)?;
                let node = node.map(|node| node.variant(case));
                match case {
                    $(__At::$variant => $crate::variant!(@read checker node $variant $content),)*
                    _ => ::core::result::Result::Err(checker.unknown_variant()),
                }
            }
        }

        impl $($generics)* $crate::Write for $type $($generics)* {
            fn write(&self, out: &mut ::std::string::String) {
                match self {
                    $($crate::variant!(@pattern $variant value $content) => {
                        $crate::variant!(@write out value $content)
                    })*
                }
            }

            fn serialize_unchecked<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $($crate::variant!(@pattern $variant value $content) => {
                        $crate::variant!(@serialize serializer value $content)
                    })*
                }
            }
        }
    };
}
