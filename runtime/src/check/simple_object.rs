//! Checks objects with only the most frequent keywords, on a faster path.

use std::borrow::Cow;

use super::Checker;
use crate::program::{AdditionalProperties, NodeRef, ObjectKeywords};
use crate::reject::{Reason, Reject};

impl Checker<'_> {
    /// Checks an object whose keywords only describe its properties and list the required ones. Most objects have only
    /// these keywords, so this path does as little work as possible. `required` has one bit for each required property.
    pub(super) fn check_simple_object(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        required: u64,
    ) -> Result<(), Reject> {
        let start = self.lexer.position();
        let names = self.lexer.remembered_names();
        self.lexer.enter()?;
        let (mut present, mut expected) = (0u64, 0);
        let mut is_first = true;
        loop {
            let before = self.lexer.position();
            if !self.lexer.next_name(is_first)? {
                break;
            }
            is_first = false;
            let found = match object.properties.get(expected) {
                Some(property) if self.lexer.take_name(&property.name) => Ok(expected),
                Some(_) | None => {
                    let name_start = self.lexer.position();
                    let name = self.lexer.name()?;
                    object.find_property(&name, expected).ok_or((name, name_start))
                }
            };
            match found {
                Ok(found) => {
                    let bit = 1 << found;
                    if present & bit != 0 {
                        return self.lexer.reject(Reason::Duplicate);
                    }
                    present |= bit;
                    expected = found + 1;
                    self.check_declared_property(node_ref, &object.properties[found])?;
                }
                Err((name, name_start)) => {
                    self.check_undeclared_property(node_ref, object, before, name, name_start)?;
                }
            }
        }
        self.lexer.close_names(names)?;
        if present & required == required { Ok(()) } else { Err(Reject::new(start, Reason::Required)) }
    }

    /// Checks the value of a property that no keyword names.
    fn check_undeclared_property(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        before: usize,
        name: Cow<'_, str>,
        name_start: usize,
    ) -> Result<(), Reject> {
        match object.additional {
            AdditionalProperties::Rejected => {
                return Err(Reject::new(before, Reason::AdditionalProperties));
            }
            AdditionalProperties::Checked(node) => self.check(node_ref.child(node))?,
            AdditionalProperties::Unconstrained | AdditionalProperties::Accepted => self.lexer.skip()?,
        }
        self.lexer.remember_name(&name, name_start);
        Ok(())
    }
}
