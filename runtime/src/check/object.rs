//! Checks objects with any keywords.

use std::borrow::Cow;

use super::{Checker, Evaluated};
use crate::bit_set::BitSet;
use crate::kinds::Kinds;
use crate::program::{
    AdditionalProperties, NodeId, NodeRef, ObjectKeywords, Property, PropertyQuestion, ValuePositions, index,
};
use crate::reject::{Reason, Reject};

/// A property in the text. `Known` has the number of a property that a keyword names. `Other` has the name of any other
/// property, and the position of the name.
enum Found<'a> {
    Known(usize, &'static Property),
    Other(Cow<'a, str>, usize),
}

impl Checker<'_> {
    /// Checks the object at the current position, and moves behind the object.
    pub(super) fn check_object(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let start = self.lexer.position();
        let names = self.lexer.remembered_names();
        self.lexer.enter()?;
        let mut present = BitSet::default();
        let mut positions = ValuePositions::default();
        let mut expected = 0;
        let mut count = 0;
        loop {
            let before = self.lexer.position();
            if !self.lexer.next_name(count == 0)? {
                break;
            }
            let found = match object.properties.get(expected) {
                Some(property) if self.lexer.take_name(&property.name) => Found::Known(expected, property),
                Some(_) | None => {
                    let name_start = self.lexer.position();
                    let name = self.lexer.name()?;
                    match object.find_property(&name, expected) {
                        Some(found) => Found::Known(found, &object.properties[found]),
                        None => Found::Other(name, name_start),
                    }
                }
            };
            let is_evaluated = match found {
                Found::Known(found, property) => {
                    expected = found + 1;
                    if !present.insert(found) {
                        return self.lexer.reject(Reason::Duplicate);
                    }
                    object.record_position(&mut positions, found, self.lexer.position());
                    if object.patterns.is_empty() && property.is_declared {
                        self.check_declared_property(node_ref, property)?;
                        true
                    } else {
                        let node = property.is_declared.then_some(property.node);
                        self.check_other_property(node_ref, object, property.name.text(), before, node)?
                    }
                }
                Found::Other(name, name_start) => {
                    let is_evaluated = self.check_other_property(node_ref, object, &name, before, None)?;
                    self.lexer.remember_name(&name, name_start);
                    is_evaluated
                }
            };
            if let Some(node) = object.property_names {
                self.check_property_name(node_ref.child(node), before, count == 0)?;
            }
            if is_evaluated && let Some(evaluated) = evaluated.as_deref_mut() {
                evaluated.properties.insert(count);
            }
            count += 1;
        }
        self.lexer.close_names(names)?;
        object.check_presence(&present, count).map_err(|reason| Reject::new(start, reason))?;
        self.check_property_conditions(node_ref, object, &present, &positions, start)?;
        self.check_dependent_schemas(node_ref, object, &present, start, evaluated)
    }

    /// Checks a property to which only `properties` applies.
    #[inline]
    pub(super) fn check_declared_property(
        &mut self,
        node_ref: NodeRef,
        property: &'static Property,
    ) -> Result<(), Reject> {
        let first = self.lexer.peek();
        if property.always_accepted.meets(Kinds::starting(first)) {
            return self.lexer.skip_scalar(first);
        }
        match property.node {
            Some(node) => self.check(node_ref.child(node)),
            None => self.lexer.skip(),
        }
    }

    /// Checks a property that `properties` does not declare, or to which patterns may apply too. Returns whether a
    /// keyword evaluates the property.
    fn check_other_property(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        name: &str,
        before: usize,
        declared: Option<Option<NodeId>>,
    ) -> Result<bool, Reject> {
        self.lexer.peek();
        let start = self.lexer.position();
        let mut is_known = declared.is_some();
        let mut end = None;
        if let Some(Some(node)) = declared {
            self.check(node_ref.child(node))?;
            end = Some(self.lexer.position());
        }
        for (pattern, node) in &object.patterns {
            let is_match = pattern.is_match(name, &mut self.state.budget);
            if is_match.map_err(|reason| Reject::new(before, reason))? {
                is_known = true;
                self.lexer.rewind(start);
                // Several keywords can apply to the value, so the check may read it again.
                self.state.open_alternatives += 1;
                self.check(node_ref.child(*node))?;
                self.state.open_alternatives -= 1;
                end = Some(self.lexer.position());
            }
        }
        let is_evaluated = match object.additional {
            _ if is_known => true,
            AdditionalProperties::Unconstrained => false,
            AdditionalProperties::Accepted => true,
            AdditionalProperties::Rejected => {
                return Err(Reject::new(before, Reason::AdditionalProperties));
            }
            AdditionalProperties::Checked(node) => {
                self.check(node_ref.child(node))?;
                end = Some(self.lexer.position());
                true
            }
        };
        if end.is_none() {
            self.lexer.skip()?;
        }
        Ok(is_evaluated)
    }

    /// Checks a property's name against the node of `propertyNames`. The name and the value of the property are between
    /// `before` and the current position.
    fn check_property_name(
        &mut self,
        node_ref: NodeRef,
        before: usize,
        is_first: bool,
    ) -> Result<(), Reject> {
        let end = self.lexer.position();
        self.lexer.rewind(before);
        if !is_first {
            self.lexer.take(b',')?;
        }
        self.lexer.peek();
        let start = self.lexer.position();
        if !self.attempt(node_ref, None)? {
            return Err(Reject::new(start, Reason::PropertyNames));
        }
        self.lexer.rewind(end);
        Ok(())
    }

    /// Checks the property conditions of the object between `start` and the current position.
    #[inline]
    pub(crate) fn check_property_conditions(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        present: &BitSet,
        positions: &ValuePositions,
        start: usize,
    ) -> Result<(), Reject> {
        if object.conditions.is_empty() {
            return Ok(());
        }
        self.check_some_property_conditions(node_ref, object, present, positions, start)
    }

    fn check_some_property_conditions(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        present: &BitSet,
        positions: &ValuePositions,
        start: usize,
    ) -> Result<(), Reject> {
        let end = self.lexer.position();
        // The conditions read values again.
        self.state.open_alternatives += 1;
        for (condition, reason) in &object.conditions {
            let holds = condition.holds(&mut |question| match question {
                PropertyQuestion::ArePresent(properties) => Ok(present.contains_all(properties)),
                PropertyQuestion::Satisfies(recorded, node) => match positions.get(recorded) {
                    Some(position) if *position != 0 => {
                        self.lexer.rewind(index(*position));
                        self.attempt(node_ref.child(node), None)
                    }
                    Some(_) | None => Ok(true),
                },
            })?;
            if !holds {
                return Err(Reject::new(start, *reason));
            }
        }
        self.state.open_alternatives -= 1;
        self.lexer.rewind(end);
        Ok(())
    }

    /// Checks the whole object against each schema that depends on a present property.
    fn check_dependent_schemas(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        present: &BitSet,
        start: usize,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let end = self.lexer.position();
        for (property, node) in &object.dependent_schemas {
            if present.contains(usize::from(*property)) {
                self.lexer.rewind(start);
                self.state.open_alternatives += 1;
                self.check_evaluating(node_ref.child(*node), evaluated.as_deref_mut())?;
                self.state.open_alternatives -= 1;
            }
        }
        self.lexer.rewind(end);
        Ok(())
    }
}

impl ObjectKeywords {
    /// Checks which properties are present, and how many.
    #[inline]
    pub(crate) fn check_presence(&self, present: &BitSet, count: usize) -> Result<(), Reason> {
        if !present.contains_all(&self.required) {
            return Err(Reason::Required);
        }
        if count < self.min_properties {
            return Err(Reason::MinProperties);
        }
        if self.max_properties.is_some_and(|max| max < count) {
            return Err(Reason::MaxProperties);
        }
        let is_violated = |(property, others): &(u16, Box<[u16]>)| {
            present.contains(usize::from(*property))
                && others.iter().any(|other| !present.contains(usize::from(*other)))
        };
        if self.dependent_required.iter().any(is_violated) {
            return Err(Reason::DependentRequired);
        }
        Ok(())
    }
}
