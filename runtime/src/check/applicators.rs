//! Keywords that need several passes over a value: `allOf`, `anyOf`, `oneOf`, `not`, `if`, dynamic references, and the
//! `unevaluated…` keywords.

use super::{Checker, Evaluated};
use crate::program::{Applicators, Node, NodeRef};
use crate::reject::{Reason, Reject};

impl Checker<'_> {
    /// Checks all keywords of a node that has applicators, or that accepts `null` and leaves all other values to
    /// another node.
    pub(super) fn check_all_keywords(
        &mut self,
        node_ref: NodeRef,
        node: &'static Node,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let snapshot = self.state.snapshot();
        if let Some(resource) = node.applicators.as_ref().and_then(|applicators| applicators.resource) {
            self.state.enter_resource(node_ref, resource);
        }
        match (node.unless_null, &node.applicators) {
            (Some(_), _) if self.lexer.peek() == b'n' => self.lexer.take_word("null")?,
            (Some(child), _) => self.check_evaluating(node_ref.child(child), evaluated)?,
            (None, Some(applicators)) => {
                self.check_with_unevaluated(node_ref, node, applicators, evaluated)?;
            }
            (None, None) => self.check_own_keywords(node_ref, node, evaluated)?,
        }
        self.state.restore(snapshot);
        Ok(())
    }

    /// Checks all keywords of a node. Checks the `unevaluated…` keywords last.
    fn check_with_unevaluated(
        &mut self,
        node_ref: NodeRef,
        node: &'static Node,
        applicators: &'static Applicators,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        if applicators.unevaluated_properties.is_none() && applicators.unevaluated_items.is_none() {
            return self.check_own_keywords_and_applicators(node_ref, node, applicators, evaluated);
        }
        self.lexer.peek();
        let start = self.lexer.position();
        let mut own = Evaluated::default();
        self.check_own_keywords_and_applicators(node_ref, node, applicators, Some(&mut own))?;
        let end = self.lexer.position();
        self.lexer.rewind(start);
        match (self.lexer.peek(), applicators.unevaluated_properties, applicators.unevaluated_items) {
            (b'{', Some(node), _) => {
                self.check_unevaluated_properties(node_ref.child(node), &own)?;
                own.all_properties = true;
            }
            (b'[', _, Some(node)) => {
                self.check_unevaluated_items(node_ref.child(node), &own)?;
                own.all_items = true;
            }
            _ => {}
        }
        self.lexer.rewind(end);
        if let Some(evaluated) = evaluated {
            evaluated.extend(&own);
        }
        Ok(())
    }

    fn check_unevaluated_properties(
        &mut self,
        node_ref: NodeRef,
        evaluated: &Evaluated,
    ) -> Result<(), Reject> {
        self.lexer.enter()?;
        let mut count = 0;
        loop {
            let before = self.lexer.position();
            if self.lexer.next_property(count == 0)?.is_none() {
                return Ok(());
            }
            if evaluated.has_property(count) {
                self.lexer.skip()?;
            } else if !self.attempt(node_ref, None)? {
                return Err(Reject::new(before, Reason::UnevaluatedProperties));
            }
            count += 1;
        }
    }

    fn check_unevaluated_items(&mut self, node_ref: NodeRef, evaluated: &Evaluated) -> Result<(), Reject> {
        self.lexer.enter()?;
        let mut count = 0;
        while self.lexer.next_element(count == 0)? {
            self.lexer.peek();
            let start = self.lexer.position();
            if evaluated.has_item(count) {
                self.lexer.skip()?;
            } else if !self.attempt(node_ref, None)? {
                return Err(Reject::new(start, Reason::UnevaluatedItems));
            }
            count += 1;
        }
        Ok(())
    }

    pub(crate) fn check_own_keywords_and_applicators(
        &mut self,
        node_ref: NodeRef,
        node: &'static Node,
        applicators: &'static Applicators,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        self.lexer.peek();
        let start = self.lexer.position();
        let mut end = None;
        if node.has_own_keywords() {
            self.check_own_keywords(node_ref, node, evaluated.as_deref_mut())?;
            end = Some(self.lexer.position());
        }
        match self.check_applicators(node_ref, applicators, start, evaluated)?.or(end) {
            Some(end) => self.lexer.rewind(end),
            None => {
                self.lexer.rewind(start);
                self.lexer.skip()?;
            }
        }
        Ok(())
    }

    /// Checks the applicators of a node after a generated type has read the value and checked the other keywords. The
    /// value is between `start` and the current position.
    pub(crate) fn check_applicators_afterwards(
        &mut self,
        node_ref: NodeRef,
        start: usize,
    ) -> Result<(), Reject> {
        let Some(applicators) = &node_ref.node().applicators else { return Ok(()) };
        let end = self.lexer.position();
        self.state.enter().or_else(|reason| self.lexer.reject(reason))?;
        self.check_applicators(node_ref, applicators, start, None)?;
        self.state.exit();
        self.lexer.rewind(end);
        Ok(())
    }

    /// Checks the applicators of a node. Returns the end of the value if an applicator has read the whole value.
    fn check_applicators(
        &mut self,
        node_ref: NodeRef,
        applicators: &'static Applicators,
        start: usize,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Result<Option<usize>, Reject> {
        let mut end = None;
        self.state.open_alternatives += 1;
        let dynamic = applicators.dynamic_ref.as_ref().map(|(name, default)| {
            let default = node_ref.child(*default);
            self.state.dynamic_anchor(name).unwrap_or(default)
        });
        let all_of = applicators.all_of.iter().map(|child| node_ref.child(*child));
        for part in all_of.chain(dynamic) {
            self.lexer.rewind(start);
            self.check_evaluating(part, evaluated.as_deref_mut())?;
            end = Some(self.lexer.position());
        }
        if !applicators.any_of.is_empty() {
            self.lexer.rewind(start);
            self.check_any_of(node_ref, applicators, evaluated.as_deref_mut())?;
            end = Some(self.lexer.position());
        }
        if !applicators.one_of.is_empty() {
            self.lexer.rewind(start);
            self.check_one_of(node_ref, applicators, evaluated.as_deref_mut())?;
            end = Some(self.lexer.position());
        }
        if let Some(not) = applicators.not {
            self.lexer.rewind(start);
            if self.attempt(node_ref.child(not), None)? {
                return Err(Reject::new(start, Reason::Not));
            }
        }
        if let Some((condition, then, otherwise)) = applicators.condition {
            self.lexer.rewind(start);
            let mut part = evaluated.is_some().then(Evaluated::default);
            let holds = self.attempt(node_ref.child(condition), part.as_mut())?;
            if holds && let (Some(evaluated), Some(part)) = (evaluated.as_deref_mut(), part) {
                evaluated.extend(&part);
            }
            if let Some(branch) = if holds { then } else { otherwise } {
                self.lexer.rewind(start);
                self.check_evaluating(node_ref.child(branch), evaluated)?;
                end = Some(self.lexer.position());
            }
        }
        self.state.open_alternatives -= 1;
        Ok(end)
    }

    fn check_any_of(
        &mut self,
        node_ref: NodeRef,
        applicators: &'static Applicators,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let start = self.lexer.position();
        let mut end = None;
        let mut deepest = None;
        for child in &applicators.any_of {
            self.lexer.rewind(start);
            let mut part = evaluated.is_some().then(Evaluated::default);
            if self.attempt(node_ref.child(*child), part.as_mut())? {
                end = Some(self.lexer.position());
                match (evaluated.as_deref_mut(), part) {
                    // The caller needs the evaluated properties of every branch that matches.
                    (Some(evaluated), Some(part)) => evaluated.extend(&part),
                    _ => break,
                }
            } else {
                deepest = self.state.deeper(deepest);
            }
        }
        let Some(end) = end else {
            self.state.reject_alternatives(start, deepest);
            return Err(Reject::new(start, Reason::AnyOf));
        };
        self.lexer.rewind(end);
        Ok(())
    }

    fn check_one_of(
        &mut self,
        node_ref: NodeRef,
        applicators: &'static Applicators,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let start = self.lexer.position();
        let mut found = None;
        let mut deepest = None;
        for child in &applicators.one_of {
            self.lexer.rewind(start);
            let mut part = evaluated.is_some().then(Evaluated::default);
            if self.attempt(node_ref.child(*child), part.as_mut())? {
                if found.is_some() {
                    return Err(Reject::new(start, Reason::OneOf));
                }
                found = Some((self.lexer.position(), part));
            } else {
                deepest = self.state.deeper(deepest);
            }
        }
        let Some((end, part)) = found else {
            self.state.reject_alternatives(start, deepest);
            return Err(Reject::new(start, Reason::OneOf));
        };
        if let (Some(evaluated), Some(part)) = (evaluated, part) {
            evaluated.extend(&part);
        }
        self.lexer.rewind(end);
        Ok(())
    }
}
