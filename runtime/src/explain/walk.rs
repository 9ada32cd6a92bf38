//! Lists the violations of an event. The walk follows the program like the check, but does not stop at a violation.
//!
//! The walk enters only nodes that reject their value. It enters each pair of a node and a value once, so that
//! references that multiply cannot multiply violations. It counts its steps with the budget of the check.

use std::collections::HashSet;

use super::message::Unexpected;
use super::schema::{Documents, Schema, Source, push};
use super::{Finding, excerpt, shorten};
use crate::check::{CacheKey, Checker, Evaluated};
use crate::document::{Document, Draft};
use crate::error::{Error, Violation};
use crate::json::Json;
use crate::line_column::LineColumn;
use crate::program::{Applicators, NodeRef};
use crate::reject::{Reason, Reject};

/// Returns all violations, at most [`Error::VIOLATIONS_MAX`], in the order of their values in the event. Violations of
/// the same value follow the order of the keywords in a program. Returns an empty list if the walk takes too many
/// steps.
pub(super) fn violations(document: &'static Document, text: &str) -> Vec<Violation> {
    let mut walk = Walk::new(document, text);
    let root = document.root();
    let source = walk.documents.source(root, || Schema { location: String::new(), value: document.value() });
    match walk.explain(root, &source) {
        Ok(()) | Err(Stop::Full) => {}
        Err(Stop::Undecided) => return Vec::new(),
    }
    let mut findings = walk.findings;
    findings.sort_by_key(|finding| finding.start);
    let (mut position, mut line_column) = (0, LineColumn::START);
    let with_line = |finding: Finding| {
        line_column = line_column.after(text.as_bytes().get(position..finding.start).unwrap_or_default());
        position = finding.start;
        finding.into_violation(line_column)
    };
    findings.into_iter().map(with_line).collect()
}

/// Why a walk ends before it has seen the whole event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The list of violations is full.
    Full,
    /// The walk takes too many steps, or nests too deeply.
    Undecided,
}

impl From<Reject> for Stop {
    fn from(_: Reject) -> Self {
        Self::Undecided
    }
}

impl From<Reason> for Stop {
    fn from(_: Reason) -> Self {
        Self::Undecided
    }
}

/// The state of a walk. Each method gets the node of the current value, and leaves the position at the value's start.
pub(super) struct Walk<'a> {
    pub(super) checker: Checker<'a>,
    pub(super) documents: Documents,
    pub(super) draft: Draft,
    text: &'a str,
    /// The location of the current value.
    pointer: String,
    pub(super) findings: Vec<Finding>,
    explained: HashSet<CacheKey>,
}

/// The number of steps of the budget for each node that the walk enters.
const STEPS_PER_NODE: usize = 100;

impl<'a> Walk<'a> {
    fn new(document: &'static Document, text: &'a str) -> Self {
        let mut checker = Checker::new(text);
        // The walk reads values again.
        checker.state.open_alternatives = 1;
        Self {
            checker,
            documents: Documents::of(document),
            draft: document.draft(),
            text,
            pointer: String::new(),
            findings: Vec::new(),
            explained: HashSet::new(),
        }
    }

    /// Adds the violations of the value at the current position, which the node rejects.
    pub(super) fn explain(&mut self, node_ref: NodeRef, source: &Source) -> Result<(), Stop> {
        let start = self.start();
        if !self.explained.insert(self.checker.state.cache_key(node_ref, start)) {
            return Ok(());
        }
        self.checker.state.budget.steps(STEPS_PER_NODE)?;
        let (nesting, snapshot) = (self.checker.lexer.nesting(), self.checker.state.snapshot());
        self.checker.state.enter()?;
        let node = node_ref.node();
        if let Some(resource) = node.applicators.as_ref().and_then(|applicators| applicators.resource) {
            self.checker.state.enter_resource(node_ref, resource);
        }
        if let Some(child) = node.unless_null {
            self.unless_null(node_ref.child(child), source, start)?;
        } else {
            self.own_keywords(node_ref, source, start)?;
            self.rewind(start);
            if let Some(applicators) = node.all_applicators() {
                self.applicators(node_ref, source, applicators, start)?;
            }
            if let Some(applicators) = &node.applicators {
                self.unevaluated(node_ref, source, applicators, start)?;
            }
        }
        self.checker.lexer.restore(nesting);
        self.checker.state.restore(snapshot);
        self.rewind(start);
        Ok(())
    }

    /// Adds the violations of the value, if a node rejects the value. The path leads from the schema of the parent to
    /// the schema of the node.
    pub(super) fn child(&mut self, node_ref: NodeRef, parent: &Source, path: &[&str]) -> Result<(), Stop> {
        let start = self.start();
        let accepts = self.checker.attempt(node_ref, None)?;
        self.count_bytes_since(start)?;
        self.rewind(start);
        if accepts {
            return Ok(());
        }
        let source = self.documents.source(node_ref, || parent.own.child(path));
        self.explain(node_ref, &source)
    }

    /// Like [`Walk::child`], for a property or an element of the current value.
    pub(super) fn inner(
        &mut self,
        token: &str,
        node_ref: NodeRef,
        parent: &Source,
        path: &[&str],
    ) -> Result<(), Stop> {
        let length = self.pointer.len();
        push(&mut self.pointer, &shorten(token, Violation::EXCERPT_CHARS_MAX));
        let result = self.child(node_ref, parent, path);
        self.pointer.truncate(length);
        result
    }

    fn own_keywords(&mut self, node_ref: NodeRef, source: &Source, start: usize) -> Result<(), Stop> {
        let node = node_ref.node();
        let first = self.checker.lexer.peek();
        self.kinds_and_values(node, source, start)?;
        self.rewind(start);
        match (first, &node.string, &node.number, &node.object, &node.array) {
            (b'"', Some(keywords), ..) => self.string(keywords, source, start),
            (b'{', _, _, Some(keywords), _) => self.object(node_ref, keywords, source, start),
            (b'[', _, _, _, Some(keywords)) => self.array(node_ref, keywords, source, start),
            (b'-' | b'0'..=b'9', _, Some(keywords), ..) => self.number(keywords, source, start),
            _ => Ok(()),
        }
    }

    /// Adds the properties and items that no keyword evaluates, if the other keywords of the node accept the value. If
    /// they do not, it is not known which properties and items they evaluate.
    fn unevaluated(
        &mut self,
        node_ref: NodeRef,
        source: &Source,
        applicators: &'static Applicators,
        start: usize,
    ) -> Result<(), Stop> {
        let (keyword, rest) =
            match (self.start_byte(), applicators.unevaluated_properties, applicators.unevaluated_items) {
                (b'{', Some(rest), _) => ("unevaluatedProperties", rest),
                (b'[', _, Some(rest)) => ("unevaluatedItems", rest),
                _ => return Ok(()),
            };
        let Some(evaluated) = self.evaluated(node_ref, applicators)? else { return Ok(()) };
        self.rewind(start);
        let is_object = self.start_byte() == b'{';
        self.checker.lexer.enter()?;
        let mut unexpected = Unexpected::default();
        let mut count = 0;
        loop {
            let name = if is_object {
                let Some((name, _)) = self.checker.lexer.next_property(count == 0)? else { break };
                Some(name)
            } else if self.checker.lexer.next_element(count == 0)? {
                None
            } else {
                break;
            };
            let from = self.start();
            let is_evaluated =
                if is_object { evaluated.has_property(count) } else { evaluated.has_item(count) };
            if !is_evaluated && !self.checker.attempt(node_ref.child(rest), None)? {
                unexpected.push(&name.unwrap_or_else(|| excerpt(self.text, from).into()));
            }
            self.rewind(from);
            self.checker.lexer.skip()?;
            count += 1;
        }
        if unexpected.is_empty() {
            return Ok(());
        }
        unexpected.quote();
        let what = if is_object { "Unevaluated properties" } else { "Unevaluated items" };
        self.report(start, &source.own, &[keyword], keyword, |_| unexpected.message(what))
    }

    fn evaluated(
        &mut self,
        node_ref: NodeRef,
        applicators: &'static Applicators,
    ) -> Result<Option<Evaluated>, Stop> {
        let (nesting, snapshot) = (self.checker.lexer.nesting(), self.checker.state.snapshot());
        let mut evaluated = Evaluated::default();
        let node = node_ref.node();
        let result = self.checker.check_own_keywords_and_applicators(
            node_ref,
            node,
            applicators,
            Some(&mut evaluated),
        );
        self.checker.lexer.restore(nesting);
        self.checker.state.restore(snapshot);
        match result {
            Ok(()) => Ok(Some(evaluated)),
            Err(reject) if reject.is_syntax() => Err(Stop::Undecided),
            Err(_) => Ok(None),
        }
    }

    /// Adds a violation of the value that starts at `start`. `message` gets the excerpt of the value. The path leads
    /// from the schema to the keyword.
    pub(super) fn report(
        &mut self,
        start: usize,
        schema: &Schema,
        path: &[&str],
        keyword: &'static str,
        message: impl FnOnce(&str) -> String,
    ) -> Result<(), Stop> {
        let value = excerpt(self.text, start);
        let message = shorten(&message(&value), Violation::MESSAGE_CHARS_MAX);
        self.findings.push(Finding {
            pointer: self.pointer.clone(),
            start,
            schema_pointer: schema.location_of(path),
            keyword,
            value,
            message,
        });
        if self.findings.len() < Error::VIOLATIONS_MAX { Ok(()) } else { Err(Stop::Full) }
    }

    /// Adds a violation of a keyword. `message` gets the excerpt of the value, and the value of the keyword.
    pub(super) fn reject(
        &mut self,
        start: usize,
        schema: &Schema,
        keyword: &'static str,
        message: impl FnOnce(&str, &Json) -> String,
    ) -> Result<(), Stop> {
        let limit = schema.keyword(keyword);
        self.report(start, schema, &[keyword], keyword, |value| match limit {
            Some(limit) => message(value, limit),
            None => format!("`{keyword}` rejects {value}"),
        })
    }

    /// Counts the bytes from `start` to the current position as steps, because the walk reads them again.
    pub(super) fn count_bytes_since(&mut self, start: usize) -> Result<(), Stop> {
        /// The lexer reads this number of bytes in the time of one step of the check.
        const BYTES_PER_STEP: usize = 16;
        let bytes = self.checker.lexer.position().saturating_sub(start);
        Ok(self.checker.state.budget.steps(bytes / BYTES_PER_STEP)?)
    }

    /// Returns the excerpt of the value that starts at a position.
    pub(super) fn excerpt(&self, start: usize) -> String {
        excerpt(self.text, start)
    }

    /// Moves to the start of the value at the current position.
    pub(super) fn start(&mut self) -> usize {
        self.checker.lexer.peek();
        self.checker.lexer.position()
    }

    fn start_byte(&mut self) -> u8 {
        self.checker.lexer.peek()
    }

    pub(super) fn rewind(&mut self, position: usize) {
        self.checker.lexer.rewind(position);
    }
}
