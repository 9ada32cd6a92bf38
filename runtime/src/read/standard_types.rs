//! Implements [`Read`] for types that are not generated.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZero;

use super::{PropertyReader, Read, read};
use crate::check::{Checker, unique_items};
use crate::decimal::Decimal;
use crate::integer::Integer;
use crate::integer_types::with_field_integers;
use crate::json::Json;
use crate::kinds::Kinds;
use crate::lexer::NumberToken;
use crate::maybe::Maybe;
use crate::number::Number;
use crate::program::{Node, NodeRef};
use crate::reject::{Reason, Reject};

impl<'a> Checker<'a> {
    /// Checks that a value of one of these kinds follows and that the node accepts its kind. Returns the node.
    #[inline]
    pub(crate) fn expect_kind(
        &mut self,
        kinds: Kinds,
        node_ref: Option<NodeRef>,
    ) -> Result<Option<&'static Node>, Reject> {
        let starting = Kinds::starting(self.lexer.peek());
        let node = node_ref.map(NodeRef::node);
        let is_accepted = node.is_none_or(|node| node.kinds.meets(starting));
        if starting.meets(kinds) && is_accepted {
            return Ok(node);
        }
        self.reject_other_kind(starting, is_accepted)
    }

    #[cold]
    fn reject_other_kind<T>(&self, starting: Kinds, is_accepted: bool) -> Result<T, Reject> {
        if starting == Kinds::NONE {
            return self.lexer.unexpected();
        }
        self.lexer.reject(if is_accepted { Reason::DoesNotFitType } else { Reason::Type })
    }

    /// Reads a number that the node accepts.
    #[inline]
    fn read_number(&mut self, node_ref: Option<NodeRef>) -> Result<NumberToken<'a>, Reject> {
        let node = self.expect_kind(Kinds::NUMBERS, node_ref)?;
        let start = self.lexer.position();
        let number = self.lexer.number()?;
        if let Some(node) = node {
            node.check_number(&number).map_err(|reason| Reject::new(start, reason))?;
        }
        Ok(number)
    }

    /// Reads a small integer that the node accepts for a simple reason. If another value follows, returns `None` and
    /// does not move.
    #[inline]
    fn read_small_integer(&mut self, node_ref: Option<NodeRef>) -> Option<i64> {
        self.lexer.peek();
        match node_ref {
            Some(node_ref) => self.small_integer_under(node_ref.node()),
            None => self.lexer.small_integer(),
        }
    }

    /// Reads a string that the node accepts.
    #[inline]
    fn read_string(&mut self, node_ref: Option<NodeRef>) -> Result<Cow<'a, str>, Reject> {
        let node = self.expect_kind(Kinds::STRING, node_ref)?;
        let start = self.lexer.position();
        let keywords = node.and_then(|node| node.string.as_ref());
        if let Some(find_end) = keywords.and_then(|keywords| keywords.find_end)
            && let Some(text) = self.lexer.string_by_format(find_end)
        {
            return Ok(Cow::Borrowed(text));
        }
        let text = self.lexer.string()?;
        if let Some(keywords) = keywords {
            self.check_string(keywords, &text, start)?;
        }
        Ok(text)
    }

    /// Reads a string for a generated enum.
    ///
    /// # Errors
    ///
    /// If the value is not a string.
    pub fn enum_string(&mut self, node_ref: Option<NodeRef>) -> Result<Cow<'a, str>, Reject> {
        self.read_string(node_ref)
    }

    /// Returns the rejection for the last scalar if the generated enum has no variant for it.
    #[must_use]
    pub fn unknown_variant(&self) -> Reject {
        Reject::new(self.lexer.position().saturating_sub(1), Reason::Enum)
    }

    /// Returns the rejection for the last property if the object has two properties with its name.
    #[must_use]
    pub fn duplicate_property(&self) -> Reject {
        Reject::new(self.lexer.position(), Reason::Duplicate)
    }

    fn read_null(&mut self, node_ref: Option<NodeRef>) -> Result<(), Reject> {
        match node_ref.map(NodeRef::node) {
            Some(node) if node.unless_null.is_none() && !node.kinds.meets(Kinds::NULL) => {
                self.lexer.reject(Reason::Type)
            }
            Some(_) | None => self.lexer.take_word("null"),
        }
    }
}

impl<'a> Read<'a> for bool {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        checker.expect_kind(Kinds::BOOL, node_ref)?;
        checker.lexer.bool()
    }
}

impl<'a> Read<'a> for () {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        checker.expect_kind(Kinds::NULL, node_ref)?;
        checker.lexer.take_word("null")
    }
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl<'a> Read<'a> for $type {
            fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
                checker.lexer.peek();
                let start = checker.lexer.position();
                let value = match checker.read_small_integer(node_ref) {
                    Some(small) => Self::try_from(small).ok(),
                    None => {
                        let number = checker.read_number(node_ref)?;
                        Decimal::parse(number.text).and_then(|decimal| decimal.to_integer())
                    }
                };
                value.ok_or(Reject::new(start, Reason::DoesNotFitType))
            }
        }
    )*};
}
with_field_integers! { integers }

macro_rules! non_zero_integers {
    ($($type:ty)*) => {$(
        impl<'a> Read<'a> for NonZero<$type> {
            fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
                checker.lexer.peek();
                let start = checker.lexer.position();
                let value = <$type>::read(checker, node_ref)?;
                Self::new(value).ok_or(Reject::new(start, Reason::DoesNotFitType))
            }
        }
    )*};
}
with_field_integers! { non_zero_integers }

impl<'a> Read<'a> for Number {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        Ok(Number::of(&checker.read_number(node_ref)?))
    }
}

impl<'a> Read<'a> for Integer {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        if let Some(small) = checker.read_small_integer(node_ref) {
            return Ok(small.into());
        }
        let number = checker.read_number(node_ref)?;
        if let Some(small) = number.small_integer() {
            return Ok(small.into());
        }
        Integer::try_from(Number::of(&number)).or_else(|_| checker.lexer.reject(Reason::DoesNotFitType))
    }
}

impl<'a> Read<'a> for String {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        checker.read_string(node_ref).map(Cow::into_owned)
    }
}

impl<'a> Read<'a> for Cow<'a, str> {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        checker.read_string(node_ref)
    }
}

impl<'a> Read<'a> for Json {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        // The type itself checks no conditions.
        if let Some(node_ref) = node_ref.filter(|node_ref| node_ref.node().has_keywords()) {
            checker.lexer.peek();
            let start = checker.lexer.position();
            checker.check(node_ref)?;
            checker.lexer.rewind(start);
        }
        Json::read_from(&mut checker.lexer)
    }
}

impl<'a, T: Read<'a>> Read<'a> for Option<T> {
    #[inline]
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        if checker.lexer.peek() == b'n' {
            return checker.read_null(node_ref).map(|()| None);
        }
        read(checker, not_null(node_ref)).map(Some)
    }
}

impl<'a, T: Read<'a>> Read<'a> for Maybe<T> {
    #[inline]
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        if checker.lexer.peek() == b'n' {
            return checker.read_null(node_ref).map(|()| Self::Null);
        }
        read(checker, not_null(node_ref)).map(Self::Value)
    }
}

/// Returns the node for values other than `null`.
#[inline]
fn not_null(node_ref: Option<NodeRef>) -> Option<NodeRef> {
    node_ref.map(|node_ref| node_ref.node().unless_null.map_or(node_ref, |child| node_ref.child(child)))
}

impl<'a, T: Read<'a>> Read<'a> for Box<T> {
    #[inline]
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        T::read(checker, node_ref).map(Self::new)
    }
}

impl<'a, T: Read<'a>> Read<'a> for Vec<T> {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        let node = checker.expect_kind(Kinds::ARRAY, node_ref)?;
        let start = checker.lexer.position();
        let array = node.and_then(|node| node.array.as_deref());
        let items =
            node_ref.zip(array).and_then(|(node_ref, array)| array.items.map(|items| node_ref.child(items)));
        checker.lexer.enter()?;
        let contains = node_ref.zip(array.and_then(|array| array.contains.as_ref()));
        let mut contained = 0;
        let mut all = Self::new();
        while checker.lexer.next_element(all.is_empty())? {
            if let Some((node_ref, contains)) = contains
                && checker.matches_contains(node_ref, contains)?
            {
                contained += 1;
            }
            all.push(read(checker, items)?);
        }
        if let Some(array) = array {
            array.check_counts(all.len(), contained).map_err(|reason| Reject::new(start, reason))?;
            // Different Rust values come from different JSON values.
            if array.unique_items && !unique_items::are_few_and_different(&all) {
                checker.check_unique_items(start, all.len())?;
            }
        }
        Ok(all)
    }
}

impl<'a, T: Read<'a>, const N: usize> Read<'a> for [T; N] {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        checker.lexer.peek();
        let start = checker.lexer.position();
        let items = Vec::read(checker, node_ref)?;
        Self::try_from(items).map_err(|_| Reject::new(start, Reason::DoesNotFitType))
    }
}

impl<'a, K: From<Cow<'a, str>> + Ord, T: Read<'a>> Read<'a> for BTreeMap<K, T> {
    fn read(checker: &mut Checker<'a>, node_ref: Option<NodeRef>) -> Result<Self, Reject> {
        let mut properties = PropertyReader::open(checker, node_ref, &[])?;
        let mut all = Self::new();
        while properties.next_any(checker)?.is_some() {
            let node = properties.additional();
            let name = properties.take_name();
            let value = read(checker, node)?;
            if all.insert(name, value).is_some() {
                return Err(checker.duplicate_property());
            }
        }
        properties.close(checker)?;
        Ok(all)
    }
}
