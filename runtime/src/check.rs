//! The checker: decides whether the value at the current position satisfies a node of a program.
//!
//! The checker reads a value once if that is enough, and again for each alternative of the schema. It copies no value:
//! to read a value again, it moves the lexer back. If alternatives multiply, it stores the result of each alternative.

use crate::kinds::Kinds;
use crate::lexer::Lexer;
use crate::program::{Node, NodeRef, ObjectKeywords, StringKeywords};
use crate::reject::{Reason, Reject};

mod applicators;
mod array;
mod evaluated;
mod object;
mod scalar;
mod simple_object;
mod state;
pub(crate) mod unique_items;

#[cfg(test)]
mod tests;

pub(crate) use evaluated::Evaluated;
pub(crate) use state::{CacheKey, CheckState};

/// Reads one event and checks it against a schema. Generated types read their values through the checker.
#[derive(Debug)]
pub struct Checker<'a> {
    /// Why a type of a user has refused a value.
    pub(crate) refusal: Option<String>,
    pub(crate) lexer: Lexer<'a>,
    pub(crate) state: CheckState,
}

impl<'a> Checker<'a> {
    /// Returns a checker at the start of an event.
    #[inline]
    pub(crate) fn new(text: &'a str) -> Self {
        let lexer = Lexer::new(text);
        let state = CheckState::for_event(lexer.len());
        Self { lexer, state, refusal: None }
    }

    /// Checks the value at the current position, and moves behind the value.
    ///
    /// # Errors
    ///
    /// If the node rejects the value, or if the text is not JSON.
    #[inline]
    pub(crate) fn check(&mut self, node_ref: NodeRef) -> Result<(), Reject> {
        self.check_evaluating(node_ref, None)
    }

    /// Returns the deepest rejection inside the value that a check has rejected.
    pub(crate) fn deepest(&self, reject: Reject) -> Reject {
        self.state.deepest(reject)
    }

    /// Checks the value. If the caller passes the set `evaluated`, adds the properties and items that the node
    /// evaluates.
    #[inline]
    fn check_evaluating(
        &mut self,
        node_ref: NodeRef,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let node = node_ref.node();
        let first = self.lexer.peek();
        self.state.budget.step().or_else(|reason| self.lexer.reject(reason))?;
        // A scalar has no nested values, so this check does not count towards the limit on nested nodes.
        if node.has_only_own_keywords() && !matches!(first, b'{' | b'[') {
            return self.check_scalar(node, first);
        }
        // A short path for most objects.
        if node.is_simple_object
            && first == b'{'
            && evaluated.is_none()
            && let Some(object @ ObjectKeywords { simple_required: Some(required), .. }) =
                node.object.as_deref()
            && !self.state.should_cache()
        {
            self.state.enter().or_else(|reason| self.lexer.reject(reason))?;
            self.check_simple_object(node_ref, object, *required)?;
            self.state.exit();
            return Ok(());
        }
        self.check_general(node_ref, first, evaluated)
    }

    fn check_general(
        &mut self,
        node_ref: NodeRef,
        first: u8,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let node = node_ref.node();
        self.state.enter().or_else(|reason| self.lexer.reject(reason))?;
        let is_costly = matches!(first, b'{' | b'[') || !node.has_only_own_keywords();
        let result = if is_costly && self.state.should_cache() && evaluated.is_none() {
            self.check_cached(node_ref, node)
        } else if node.has_only_own_keywords() {
            self.check_own_keywords(node_ref, node, evaluated)
        } else {
            self.check_all_keywords(node_ref, node, evaluated)
        };
        self.state.exit();
        result
    }

    fn check_cached(&mut self, node_ref: NodeRef, node: &'static Node) -> Result<(), Reject> {
        let key = self.state.cache_key(node_ref, self.lexer.position());
        if let Some(result) = self.state.cached(&key) {
            return result.map(|end| self.lexer.rewind(end));
        }
        let result = if node.has_only_own_keywords() {
            self.check_own_keywords(node_ref, node, None)
        } else {
            self.check_all_keywords(node_ref, node, None)
        };
        self.state.cache(key, result.map(|()| self.lexer.position()));
        result
    }

    /// Returns whether the value satisfies the node. If the value satisfies the node, moves behind the value; otherwise
    /// does not move.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or if the check takes too many steps.
    pub(crate) fn attempt(
        &mut self,
        node_ref: NodeRef,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<bool, Reject> {
        let (nesting, snapshot) = (self.lexer.nesting(), self.state.snapshot());
        match self.check_evaluating(node_ref, evaluated) {
            Ok(()) => Ok(true),
            Err(reject) if reject.is_syntax() => Err(reject),
            Err(reject) => {
                self.state.reject_alternative(reject);
                self.lexer.restore(nesting);
                self.state.restore(snapshot);
                Ok(false)
            }
        }
    }

    /// Checks the keywords of a node that need one pass over the value.
    fn check_own_keywords(
        &mut self,
        node_ref: NodeRef,
        node: &'static Node,
        evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let first = self.lexer.peek();
        if !matches!(first, b'{' | b'[') {
            return self.check_scalar(node, first);
        }
        if !node.kinds.meets(Kinds::starting(first)) {
            return self.reject_kind(node, first);
        }
        if let Some(values) = &node.enum_values {
            let start = self.lexer.position();
            self.check_enum(values)?;
            self.lexer.rewind(start);
        }
        match (first, &node.object, &node.array) {
            (b'{', Some(object), _) => match object.simple_required {
                Some(required) if evaluated.is_none() => self.check_simple_object(node_ref, object, required),
                Some(_) | None => self.check_object(node_ref, object, evaluated),
            },
            (b'[', _, Some(array)) => self.check_array(node_ref, array, evaluated),
            _ => self.lexer.skip(),
        }
    }

    /// Checks a value that is neither an array nor an object.
    #[inline]
    fn check_scalar(&mut self, node: &'static Node, first: u8) -> Result<(), Reject> {
        let start = self.lexer.position();
        if !node.kinds.meets(Kinds::starting(first)) {
            return self.reject_kind(node, first);
        }
        if let Some(values) = &node.enum_values
            && first != b'"'
        {
            self.check_enum(values)?;
            self.lexer.rewind(start);
        }
        match first {
            b'"' => match (node.string.as_deref(), &node.enum_values) {
                (None, None) => self.lexer.skip_string(),
                (Some(StringKeywords { find_end: Some(find_end), .. }), None)
                    if self.lexer.string_by_format(*find_end).is_some() =>
                {
                    Ok(())
                }
                (keywords, values) => {
                    let string = self.lexer.string()?;
                    if let Some(values) = values
                        && !values.contains_string(&string)
                    {
                        return Err(Reject::new(start, Reason::Enum));
                    }
                    let Some(keywords) = keywords else { return Ok(()) };
                    self.check_string(keywords, &string, start)
                }
            },
            b't' => self.lexer.take_word("true"),
            b'f' => self.lexer.take_word("false"),
            b'n' => self.lexer.take_word("null"),
            _ if self.small_integer_under(node).is_some() => Ok(()),
            _ => {
                let number = self.lexer.number()?;
                node.check_number(&number).map_err(|reason| Reject::new(start, reason))
            }
        }
    }

    #[cold]
    fn reject_kind(&self, node: &Node, first: u8) -> Result<(), Reject> {
        if Kinds::starting(first) == Kinds::NONE {
            return self.lexer.unexpected();
        }
        self.lexer.reject(if node.is_broken {
            Reason::BrokenProgram
        } else if node.kinds == Kinds::NONE {
            Reason::FalseSchema
        } else {
            Reason::Type
        })
    }
}
