//! Reads the properties of generated structs.

use std::borrow::Cow;

use crate::bit_set::BitSet;
use crate::check::Checker;
use crate::kinds::Kinds;
use crate::program::{AdditionalProperties, NodeRef, ObjectKeywords, ValuePositions};
use crate::reject::{Reason, Reject};

/// Reads the properties of an object for a generated struct.
#[derive(Debug)]
pub struct PropertyReader<'a> {
    node: Option<(NodeRef, &'static ObjectKeywords)>,
    /// The names of the properties that the struct knows. Used for objects without a node.
    names: &'static [&'static str],
    present: BitSet,
    positions: ValuePositions,
    /// The number of the property that usually follows.
    expected: usize,
    count: usize,
    start: usize,
    names_before: usize,
    /// The position before the property that was read last.
    before: usize,
    /// The node for the property that was read last.
    child: Option<NodeRef>,
    name: Cow<'a, str>,
    name_start: usize,
}

/// Stands for the number of a property that the struct does not know.
const OTHER: usize = usize::MAX;

impl<'a> PropertyReader<'a> {
    /// Enters an object. The numbers of `names` are those of the node's properties.
    ///
    /// # Errors
    ///
    /// If the value is not an object, or if the node accepts no objects.
    // Always inlined, because otherwise the large result would be copied.
    #[inline(always)]
    pub fn open(
        checker: &mut Checker<'a>,
        node_ref: Option<NodeRef>,
        names: &'static [&'static str],
    ) -> Result<Self, Reject> {
        let node = checker.expect_kind(Kinds::OBJECT, node_ref)?;
        let lexer = &mut checker.lexer;
        let start = lexer.position();
        let names_before = lexer.remembered_names();
        lexer.enter()?;
        Ok(Self {
            node: node_ref.zip(node.and_then(|node| node.object.as_deref())),
            names,
            present: BitSet::default(),
            positions: ValuePositions::default(),
            expected: 0,
            count: 0,
            start,
            names_before,
            before: start,
            child: None,
            name: Cow::Borrowed(""),
            name_start: start,
        })
    }

    /// Returns the number of the next property that the struct knows. Checks and skips other properties.
    ///
    /// # Errors
    ///
    /// If the node rejects a property, if a property is a duplicate, or if the text is not JSON.
    #[inline]
    pub fn next_known(&mut self, checker: &mut Checker<'a>) -> Result<Option<usize>, Reject> {
        loop {
            match self.next_any(checker)? {
                Some(OTHER) => {
                    checker.lexer.remember_name(&self.name, self.name_start);
                    match self.additional() {
                        Some(node) => checker.check(node)?,
                        None => checker.lexer.skip()?,
                    }
                }
                other => return Ok(other),
            }
        }
    }

    /// Returns the number of the next property; `usize::MAX` for a property that the struct does not know.
    ///
    /// # Errors
    ///
    /// If the node rejects a property, if a property is a duplicate, or if the text is not JSON.
    #[inline]
    pub fn next_any(&mut self, checker: &mut Checker<'a>) -> Result<Option<usize>, Reject> {
        let lexer = &mut checker.lexer;
        self.before = lexer.position();
        if !lexer.next_name(self.count == 0)? {
            return Ok(None);
        }
        self.count += 1;
        if let Some((node, object)) = self.node
            && let Some(property) = object.properties.get(self.expected)
            && property.is_declared
            && lexer.take_name(&property.name)
        {
            let number = self.expected;
            self.expected += 1;
            self.child = property.node.map(|child| node.child(child));
            object.record_position(&mut self.positions, number, lexer.position());
            return if self.present.insert(number) {
                Ok(Some(number))
            } else {
                lexer.reject(Reason::Duplicate)
            };
        }
        let name_start = lexer.position();
        let name = lexer.name()?;
        let found = match self.node {
            Some((_, object)) => object.find_property(&name, self.expected),
            None if self.names.get(self.expected) == Some(&&*name) => Some(self.expected),
            None => self.names.iter().position(|known| **known == *name),
        };
        match found {
            Some(number) => {
                self.expected = number + 1;
                if !self.present.insert(number) {
                    return lexer.reject(Reason::Duplicate);
                }
                if let Some((node, object)) = self.node {
                    object.record_position(&mut self.positions, number, lexer.position());
                    let property = &object.properties[number];
                    self.child = match (property.is_declared, object.additional) {
                        (true, _) => property.node.map(|child| node.child(child)),
                        // `properties` does not declare the property, so `additionalProperties` applies.
                        (false, AdditionalProperties::Rejected) => {
                            return Err(Reject::new(self.before, Reason::AdditionalProperties));
                        }
                        (false, _) => self.additional(),
                    };
                }
                Ok(Some(number))
            }
            None => {
                self.name = name;
                self.name_start = name_start;
                match self.node {
                    Some((_, ObjectKeywords { additional: AdditionalProperties::Rejected, .. })) => {
                        Err(Reject::new(self.before, Reason::AdditionalProperties))
                    }
                    Some(_) | None => Ok(Some(OTHER)),
                }
            }
        }
    }

    /// Checks and skips the value of a known property that has no field in the struct.
    ///
    /// # Errors
    ///
    /// If the node rejects the value, or if the text is not JSON.
    pub fn skip(&self, checker: &mut Checker<'a>) -> Result<(), Reject> {
        match self.child() {
            Some(node) => checker.check(node),
            None => checker.lexer.skip(),
        }
    }

    /// Returns the node for the last known property.
    #[inline]
    pub fn child(&self) -> Option<NodeRef> {
        self.child
    }

    /// Returns the node for properties that no keyword names.
    #[inline]
    pub fn additional(&self) -> Option<NodeRef> {
        match self.node? {
            (node, ObjectKeywords { additional: AdditionalProperties::Checked(child), .. }) => {
                Some(node.child(*child))
            }
            _ => None,
        }
    }

    /// Returns the name of the last property that the struct does not know.
    pub fn take_name<K: From<Cow<'a, str>>>(&mut self) -> K {
        std::mem::take(&mut self.name).into()
    }

    /// Checks the conditions on the whole object, after its last property.
    ///
    /// # Errors
    ///
    /// If the node rejects the object, or if a property is a duplicate.
    #[inline]
    pub fn close(&mut self, checker: &mut Checker<'a>) -> Result<(), Reject> {
        checker.lexer.close_names(self.names_before)?;
        match self.node {
            Some((node, object)) => {
                object
                    .check_presence(&self.present, self.count)
                    .map_err(|reason| Reject::new(self.start, reason))?;
                checker.check_property_conditions(node, object, &self.present, &self.positions, self.start)
            }
            None => Ok(()),
        }
    }

    /// Returns the rejection for a missing property that the struct needs.
    #[cold]
    #[must_use]
    pub fn missing(&self) -> Reject {
        Reject::new(self.start, Reason::Required)
    }
}
