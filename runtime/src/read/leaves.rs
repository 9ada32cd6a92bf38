//! How the types that are not generated read themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Read, read};
use crate::check::unique;
use crate::cursor::{Cursor, Digits};
use crate::decimal::Decimal;
use crate::kinds::Kinds;
use crate::program::At;
use crate::reject::{Reject, Why};
use crate::{Integer, Json, Map, Maybe, Number};

impl<'a> Read<'a> for bool {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        cursor.expect(Kinds::BOOL, at)?;
        cursor.bool()
    }
}

impl<'a> Read<'a> for () {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        cursor.expect(Kinds::NULL, at)?;
        cursor.word("null")
    }
}

impl<'a> Cursor<'a> {
    /// Reads a number that the node takes.
    #[inline]
    fn number(&mut self, at: Option<At>) -> Result<Digits<'a>, Reject> {
        let node = self.expect(Kinds::NUMBERS, at)?;
        let start = self.position();
        let digits = self.digits()?;
        if let Some(node) = node {
            node.check_number(&digits).map_err(|why| Reject::new(start, why))?;
        }
        Ok(digits)
    }

    /// Reads an integer as most are: short, plain, and in bounds that are; does nothing at any other value.
    #[inline]
    fn small(&mut self, at: Option<At>) -> Option<i64> {
        self.peek();
        match at {
            Some(at) => self.small_under(at.node()),
            None => self.small_integer(),
        }
    }

    /// Reads a text that the node takes.
    #[inline]
    pub(crate) fn text_under(&mut self, at: Option<At>) -> Result<Cow<'a, str>, Reject> {
        let node = self.expect(Kinds::STRING, at)?;
        let start = self.position();
        let check = node.and_then(|node| node.text.as_ref());
        if let Some(end) = check.and_then(|check| check.end)
            && let Some(text) = self.ended(end)
        {
            return Ok(Cow::Borrowed(text));
        }
        let text = self.string()?;
        if let Some(check) = check {
            check.check(&text, &mut self.memory).map_err(|why| Reject::new(start, why))?;
        }
        Ok(text)
    }

    /// Reads a text of a generated enum.
    ///
    /// # Errors
    ///
    /// When it is no text.
    pub fn variant(&mut self, at: Option<At>) -> Result<Cow<'a, str>, Reject> {
        self.text_under(at)
    }

    /// Refuses the text that was just read: the enum does not have it.
    #[must_use]
    pub fn no_variant(&self) -> Reject {
        Reject::new(self.position().saturating_sub(1), Why::Enum)
    }
}

impl<'a> Read<'a> for i64 {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        if let Some(small) = cursor.small(at) {
            return Ok(small);
        }
        let digits = cursor.number(at)?;
        match digits.small().or_else(|| Decimal::parse(digits.text)?.to_i64()) {
            Some(value) => Ok(value),
            None => cursor.reject(Why::Untypable),
        }
    }
}

impl<'a> Read<'a> for Number {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        Ok(Number::of(&cursor.number(at)?))
    }
}

impl<'a> Read<'a> for Integer {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        if let Some(small) = cursor.small(at) {
            return Ok(small.into());
        }
        let digits = cursor.number(at)?;
        if let Some(small) = digits.small() {
            return Ok(small.into());
        }
        Integer::try_from(Number::of(&digits)).or_else(|_| cursor.reject(Why::Untypable))
    }
}

impl<'a> Read<'a> for String {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        cursor.text_under(at).map(Cow::into_owned)
    }
}

impl<'a> Read<'a> for Cow<'a, str> {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        cursor.text_under(at)
    }
}

impl<'a> Read<'a> for Json {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        // It takes anything, so that it checks nothing by itself.
        if let Some(at) = at.filter(|at| at.node().says_something()) {
            cursor.peek();
            let start = cursor.position();
            cursor.check(at)?;
            cursor.rewind(start);
        }
        cursor.json()
    }
}

impl Cursor<'_> {
    /// Reads a value of any kind.
    pub(crate) fn json(&mut self) -> Result<Json, Reject> {
        Ok(match self.peek() {
            b'"' => Json::String(self.string()?.into_owned()),
            b'{' => Json::Object(Map::read(self, None)?),
            b'[' => Json::Array(Vec::read(self, None)?),
            b't' | b'f' => Json::Bool(self.bool()?),
            b'n' => {
                self.word("null")?;
                Json::Null
            }
            _ => Json::Number(Number::of(&self.digits().or_else(|_| self.unexpected())?)),
        })
    }
}

impl<'a, T: Read<'a>> Read<'a> for Option<T> {
    #[inline]
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        if cursor.peek() == b'n' {
            return cursor.null(at).map(|()| None);
        }
        read(cursor, not_null(at)).map(Some)
    }
}

impl<'a, T: Read<'a>> Read<'a> for Maybe<T> {
    #[inline]
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        if cursor.peek() == b'n' {
            return cursor.null(at).map(|()| Self::Null);
        }
        read(cursor, not_null(at)).map(Self::Value)
    }
}

/// Returns what a value has to satisfy that is not `null`.
#[inline]
fn not_null(at: Option<At>) -> Option<At> {
    at.map(|at| at.node().unless_null.map_or(at, |child| at.child(child)))
}

impl Cursor<'_> {
    fn null(&mut self, at: Option<At>) -> Result<(), Reject> {
        match at.map(At::node) {
            Some(node) if node.unless_null.is_none() && !node.kinds.meets(Kinds::NULL) => {
                self.reject(Why::Type)
            }
            Some(_) | None => self.word("null"),
        }
    }
}

impl<'a, T: Read<'a>> Read<'a> for Box<T> {
    #[inline]
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        T::read(cursor, at).map(Self::new)
    }
}

impl<'a, T: Read<'a>> Read<'a> for Vec<T> {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        let node = cursor.expect(Kinds::ARRAY, at)?;
        let start = cursor.position();
        let array = node.and_then(|node| node.array.as_deref());
        let items = at.zip(array).and_then(|(at, array)| array.items.map(|items| at.child(items)));
        cursor.enter()?;
        let contains = at.zip(array.and_then(|array| array.contains.as_ref()));
        let mut contained = 0;
        let mut all = Self::new();
        while cursor.next_element(all.is_empty())? {
            if let Some((at, contains)) = contains
                && cursor.contains(at, contains)?
            {
                contained += 1;
            }
            all.push(read(cursor, items)?);
        }
        if let Some(array) = array {
            array.complete(all.len(), contained).map_err(|why| Reject::new(start, why))?;
            // Values that differ once they are read differ as they are written.
            if array.is_set && !unique::are_few_and_differ(&all) {
                cursor.is_set(start, all.len())?;
            }
        }
        Ok(all)
    }
}

impl<'a, K: From<Cow<'a, str>> + Ord, T: Read<'a>> Read<'a> for BTreeMap<K, T> {
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
        let mut members = super::Members::open(cursor, at, &[])?;
        let mut all = Self::new();
        while members.next_kept(cursor)?.is_some() {
            let node = members.additional();
            let name = members.take_name();
            let value = read(cursor, node)?;
            if all.insert(name, value).is_some() {
                return cursor.reject(Why::Duplicate);
            }
        }
        members.close(cursor)?;
        Ok(all)
    }
}

macro_rules! tuples {
    ($($first:ident $($other:ident)*;)*) => {$(
        impl<'a, $first: Read<'a>, $($other: Read<'a>),*> Read<'a> for ($first, $($other,)*) {
            fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject> {
                cursor.expect(Kinds::ARRAY, at)?;
                cursor.enter()?;
                let all = ($first::part(cursor, true)?, $($other::part(cursor, false)?,)*);
                if cursor.next_element(false)? {
                    return cursor.reject(Why::Untypable);
                }
                Ok(all)
            }
        }
    )*};
}

/// An element of a tuple, whose array was checked as a whole.
trait Part<'a>: Read<'a> {
    fn part(cursor: &mut Cursor<'a>, first: bool) -> Result<Self, Reject> {
        if cursor.next_element(first)? { Self::read(cursor, None) } else { cursor.reject(Why::Untypable) }
    }
}

impl<'a, T: Read<'a>> Part<'a> for T {}

tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
    A B C D E F G H I; A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L;
}
