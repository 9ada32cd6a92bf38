//! The lists of integer types for which this crate implements traits.

/// Calls a macro with the integer types that a field of a generated type can have. `NonZero` of each type is one, too.
macro_rules! with_field_integers {
    ($macro:ident) => {
        $macro! { u8 u16 u32 u64 i8 i16 i32 i64 }
    };
}

/// Calls a macro with all integer types.
macro_rules! with_all_integers {
    ($macro:ident) => {
        $macro! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
    };
}

pub(crate) use {with_all_integers, with_field_integers};
