/// Implements the traits of a struct that wraps another type.
///
/// ```
/// use evschema_runtime as rt;
///
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Tags(pub Vec<String>);
///
/// rt::wrapper! { Tags(Vec<String>) }
///
/// assert_eq!(Tags::from(vec!["new".to_owned()]).into_inner(), ["new"]);
/// ```
///
/// ```text
/// rt::wrapper! { Lines(Vec<Line>) at (PROGRAM, "/$defs/X") } // also implements the traits of serde
/// rt::wrapper! { LinesRef<'a>(Vec<LineRef<'a>>) of Lines } // the borrowed form
/// ```
///
/// Another type:
///
/// ```compile_fail,E0308
/// # use evschema_runtime as rt;
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct Tags(pub Vec<String>);
/// rt::wrapper! { Tags(Vec<i64>) }
/// ```
#[macro_export]
macro_rules! wrapper {
    ($type:ident($of:ty) $(at ($program:path, $node:literal))?) => {
        $crate::wrapper_impls! { 'a $type [] $of }
        $($crate::checked_serde! { $type ($program, $node) })?
    };
    ($type:ident<$life:lifetime>($of:ty) of $owned:ident) => {
        $crate::wrapper_impls! { $life $type [<$life>] $of }
        impl<$life> $crate::IntoOwned for $type<$life> {
            type Owned = $owned;
            fn into_owned(self) -> $owned {
                $owned($crate::IntoOwned::into_owned(self.0))
            }
        }
        $crate::checked_serde! { $type<$life> of $owned }
    };
}

/// Implements `Read`, `Write` and conversions for [`wrapper!`](crate::wrapper).
#[doc(hidden)]
#[macro_export]
macro_rules! wrapper_impls {
    ($event:lifetime $type:ident [$($generics:tt)*] $of:ty) => {
        impl<$event> $crate::Read<$event> for $type $($generics)* {
            fn read(
                checker: &mut $crate::Checker<$event>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                <$of as $crate::Read>::read(checker, node).map(Self)
            }
        }

        impl $($generics)* $crate::Write for $type $($generics)* {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::Write::write(&self.0, out);
            }

            fn serialize_unchecked<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::Write::serialize_unchecked(&self.0, serializer)
            }
        }

        impl $($generics)* ::core::convert::From<$of> for $type $($generics)* {
            fn from(inner: $of) -> Self {
                Self(inner)
            }
        }

        impl $($generics)* $type $($generics)* {
            /// Returns the wrapped value.
            pub fn into_inner(self) -> $of {
                self.0
            }
        }
    };
}
