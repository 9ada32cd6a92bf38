use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZero;

use crate::integer::Integer;
use crate::integer_types::with_field_integers;
use crate::json::Json;
use crate::maybe::Maybe;
use crate::number::Number;
use crate::plain;

/// A type that may borrow strings from an event, and that has an owned form.
///
/// ```
/// use evschema_runtime::{Cow, IntoOwned};
/// let borrowed = vec![Cow::Borrowed("a"), Cow::Borrowed("b")];
/// let owned: Vec<String> = IntoOwned::into_owned(borrowed);
/// assert_eq!(owned, ["a", "b"]);
/// ```
pub trait IntoOwned {
    /// The owned form.
    type Owned;

    /// Copies the borrowed strings.
    fn into_owned(self) -> Self::Owned;
}

plain! { bool String Integer Number Json }
with_field_integers! { plain }

macro_rules! non_zero_integers {
    ($($type:ty)*) => {$(
        impl IntoOwned for NonZero<$type> {
            type Owned = Self;
            fn into_owned(self) -> Self {
                self
            }
        }
    )*};
}
with_field_integers! { non_zero_integers }

impl<T: IntoOwned, const N: usize> IntoOwned for [T; N] {
    type Owned = [T::Owned; N];
    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

impl IntoOwned for () {
    type Owned = ();
    fn into_owned(self) {}
}

impl IntoOwned for Cow<'_, str> {
    type Owned = String;
    fn into_owned(self) -> String {
        Cow::into_owned(self)
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;
    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

impl<T: IntoOwned> IntoOwned for Maybe<T> {
    type Owned = Maybe<T::Owned>;
    fn into_owned(self) -> Self::Owned {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(value.into_owned()),
        }
    }
}

impl<T: IntoOwned> IntoOwned for Box<T> {
    type Owned = Box<T::Owned>;
    fn into_owned(self) -> Self::Owned {
        Box::new((*self).into_owned())
    }
}

impl<T: IntoOwned> IntoOwned for Vec<T> {
    type Owned = Vec<T::Owned>;
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(T::into_owned).collect()
    }
}

impl<K: Into<String>, T: IntoOwned> IntoOwned for BTreeMap<K, T> {
    type Owned = BTreeMap<String, T::Owned>;
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(|(name, value)| (name.into(), value.into_owned())).collect()
    }
}

macro_rules! tuples {
    ($($first:ident $($other:ident)*;)*) => {$(
        #[expect(non_snake_case, reason = "each variable has the name of its type")]
        impl<$first: IntoOwned, $($other: IntoOwned),*> IntoOwned for ($first, $($other,)*) {
            type Owned = ($first::Owned, $($other::Owned,)*);
            fn into_owned(self) -> Self::Owned {
                let ($first, $($other,)*) = self;
                ($first.into_owned(), $($other.into_owned(),)*)
            }
        }
    )*};
}

tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
    A B C D E F G H I; A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L;
}
