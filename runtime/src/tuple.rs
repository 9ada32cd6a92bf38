//! Tuples: arrays whose items have different types.

use serde::ser::{Error as _, SerializeTuple, Serializer};

use crate::check::Checker;
use crate::into_owned::IntoOwned;
use crate::kinds::Kinds;
use crate::program::NodeRef;
use crate::read::Read;
use crate::reject::{Reason, Reject};
use crate::write::{Unchecked, Write};

/// An item of a tuple that may be missing, together with all items after it.
///
/// An `Option` is an item that may be `null`. If an item is missing and a later one exists, the tuple has no JSON:
/// `to_vec`, `validate` and serde return an error.
///
/// ```
/// use evschema_runtime::{Trailing, Write};
/// let json = |tuple: (i64, Option<i64>, Trailing<i64>)| {
///     let mut text = String::new();
///     tuple.write(&mut text);
///     text
/// };
/// assert_eq!(json((1, Some(2), Trailing(Some(3)))), "[1,2,3]");
/// assert_eq!(json((1, None, Trailing(None))), "[1,null]");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trailing<T>(
    /// The item, if the array has it.
    pub Option<T>,
);

impl<T> Default for Trailing<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<T> for Trailing<T> {
    fn from(item: T) -> Self {
        Self(Some(item))
    }
}

impl<T: IntoOwned> IntoOwned for Trailing<T> {
    type Owned = Trailing<T::Owned>;
    fn into_owned(self) -> Self::Owned {
        Trailing(self.0.map(T::into_owned))
    }
}

/// A type that an item of a tuple can have, when the tuple is read: any type that can be read, or [`Trailing`].
pub trait ReadItem<'a>: Sized + PartialEq {
    /// Reads the item, if one follows.
    ///
    /// # Errors
    ///
    /// If the type cannot hold the item, if the item is missing, or if the text is not JSON.
    fn read_item(items: &mut ItemReader<'_, 'a>) -> Result<Self, Reject>;
}

/// A type that an item of a tuple can have, when the tuple is written: any type that can be written, or [`Trailing`].
pub trait WriteItem {
    /// The type of the value.
    type Value: Write;

    /// Returns the value; `None` if the array does not have the item.
    fn value(&self) -> Option<&Self::Value>;
}

/// Reads the items of an array. The checker has already checked the whole array.
#[derive(Debug)]
pub struct ItemReader<'c, 'a> {
    checker: &'c mut Checker<'a>,
    start: usize,
    is_first: bool,
    has_ended: bool,
}

impl<'c, 'a> ItemReader<'c, 'a> {
    fn open(checker: &'c mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        checker.expect_kind(Kinds::ARRAY, node_ref)?;
        let start = checker.lexer.position();
        checker.lexer.enter()?;
        Ok(Self { checker, start, is_first: true, has_ended: false })
    }

    /// Moves to the next item. Returns whether it exists.
    fn next(&mut self) -> Result<bool, Reject> {
        if !self.has_ended {
            let is_first = std::mem::replace(&mut self.is_first, false);
            self.has_ended = !self.checker.lexer.next_element(is_first)?;
        }
        Ok(!self.has_ended)
    }

    fn reject<T>(&self) -> Result<T, Reject> {
        Err(Reject::new(self.start, Reason::DoesNotFitType))
    }
}

impl<'a, T: Read<'a>> ReadItem<'a> for T {
    fn read_item(items: &mut ItemReader<'_, 'a>) -> Result<Self, Reject> {
        if items.next()? { T::read(items.checker, None) } else { items.reject() }
    }
}

impl<'a, T: Read<'a>> ReadItem<'a> for Trailing<T> {
    fn read_item(items: &mut ItemReader<'_, 'a>) -> Result<Self, Reject> {
        Ok(Self(if items.next()? { Some(T::read(items.checker, None)?) } else { None }))
    }
}

impl<T: Write> WriteItem for T {
    type Value = T;
    fn value(&self) -> Option<&T> {
        Some(self)
    }
}

impl<T: Write> WriteItem for Trailing<T> {
    type Value = T;
    fn value(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

/// Writes the items of a tuple as text.
struct ItemWriter<'o> {
    out: &'o mut String,
    is_first: bool,
    has_missing: bool,
}

impl<'o> ItemWriter<'o> {
    fn open(out: &'o mut String) -> Self {
        out.push('[');
        Self { out, is_first: true, has_missing: false }
    }

    fn item(&mut self, item: &impl WriteItem) {
        let Some(value) = item.value() else {
            self.has_missing = true;
            return;
        };
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.push(',');
        }
        if self.has_missing {
            // A comma without an item is not JSON, so the check of the text fails.
            self.out.push(',');
        }
        value.write(self.out);
    }
}

/// Passes the items of a tuple to a serializer.
struct ItemSerializer<T> {
    tuple: T,
    has_missing: bool,
}

impl<T: SerializeTuple> ItemSerializer<T> {
    fn item(&mut self, item: &impl WriteItem) -> Result<(), T::Error> {
        match item.value() {
            None => self.has_missing = true,
            Some(_) if self.has_missing => {
                return Err(T::Error::custom("an item of a tuple is missing before the end"));
            }
            Some(value) => self.tuple.serialize_element(&Unchecked(value))?,
        }
        Ok(())
    }
}

macro_rules! tuples {
    ($($first:ident $($other:ident)*;)*) => {$(
        impl<'a, $first: ReadItem<'a>, $($other: ReadItem<'a>),*> Read<'a> for ($first, $($other,)*) {
            fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
                let mut items = ItemReader::open(checker, node_ref)?;
                let all = ($first::read_item(&mut items)?, $($other::read_item(&mut items)?,)*);
                if items.next()? { items.reject() } else { Ok(all) }
            }
        }

        #[expect(non_snake_case, reason = "each variable has the name of its type")]
        impl<$first: WriteItem, $($other: WriteItem),*> Write for ($first, $($other,)*) {
            fn write(&self, out: &mut String) {
                let ($first, $($other,)*) = self;
                let mut items = ItemWriter::open(out);
                items.item($first);
                $(items.item($other);)*
                out.push(']');
            }

            fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let ($first, $($other,)*) = self;
                let count = usize::from($first.value().is_some()) $(+ usize::from($other.value().is_some()))*;
                let tuple = serializer.serialize_tuple(count)?;
                let mut items = ItemSerializer { tuple, has_missing: false };
                items.item($first)?;
                $(items.item($other)?;)*
                items.tuple.end()
            }
        }
    )*};
}

tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
    A B C D E F G H I; A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Program;

    type Tuple = (i64, Option<String>, Trailing<bool>, Trailing<Option<i64>>);

    fn read(text: &str) -> Option<Tuple> {
        let mut checker = Checker::new(text);
        Tuple::read(&mut checker, None).and_then(|tuple| checker.lexer.end().map(|()| tuple)).ok()
    }

    fn write(tuple: &Tuple) -> String {
        let mut text = String::new();
        tuple.write(&mut text);
        text
    }

    #[test]
    fn missing_items_survive_a_round_trip() {
        for text in ["[1,\"a\"]", "[1,null]", "[1,null,true]", "[1,\"a\",true,2]", "[1,\"a\",false,null]"] {
            let tuple = read(text).unwrap();
            assert_eq!(write(&tuple), text);
            assert_eq!(serde_json::to_string(&Unchecked(&tuple)).unwrap(), text);
        }
        assert_eq!(read("[1,null,true,null]").unwrap().3, Trailing(Some(None)));
        for text in ["[]", "[1]", "[1,null,null]", "[1,null,true,2,3]", "[1,null,2]", "{}", "[1,null,true,]"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_item_after_a_missing_one_is_an_error() {
        static ANY: Program = Program::new(r#"{"format":4,"nodes":[{}]}"#, &[]);
        let hole: Tuple = (1, None, Trailing(None), Trailing(Some(Some(2))));
        let text = write(&hole);
        let mut checker = Checker::new(&text);
        assert!(checker.check(ANY.node(0)).is_err(), "{text}");
        assert!(serde_json::to_string(&Unchecked(&hole)).is_err());
        let mut text = String::new();
        (Trailing::<i64>(None), Trailing(Some(1))).write(&mut text);
        assert!(crate::Json::parse(&text).is_err(), "{text}");
        text.clear();
        (Trailing::<i64>(None),).write(&mut text);
        assert_eq!(text, "[]");
    }
}
