/// Implements [`IntoOwned`](crate::IntoOwned) for types that borrow nothing: they return themselves.
///
/// ```
/// use evschema_runtime::{IntoOwned, plain};
/// #[derive(Debug, PartialEq)]
/// enum Size { Small }
/// plain! { Size }
/// assert_eq!(Size::Small.into_owned(), Size::Small);
/// ```
#[macro_export]
macro_rules! plain {
    ($($type:ident)*) => {
        $(impl $crate::IntoOwned for $type {
            type Owned = Self;
            fn into_owned(self) -> Self {
                self
            }
        })*
    };
}
