//! Evaluates a schema for a value. The code in this file evaluates the applicators, and the validator evaluates the
//! assertions.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use evschema_model::{Draft, Formats};
use serde_json::{Map, Value};

use super::compiled::Compiled;
use super::documents::Node;
use super::doubt::Doubt;
use super::keywords::{ASSERTIONS, closes, has};

/// Maximum depth of nested evaluations for one event.
const DEPTH_MAX: usize = 300;

/// The keyword by which a subschema applies to the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// `$ref`, `allOf`, or `dependentSchemas` with a key that the object has. The subschema must accept the value.
    Must,
    AnyOf,
    OneOf,
    If,
    Then,
    Else,
}

/// One evaluation of one event. The event must not move, because the memory addresses of its values are keys.
pub(super) struct Evaluation<'o, 'd> {
    pub(super) compiled: &'o Compiled<'d>,
    /// The doubt to which this evaluation takes the unusual answer.
    unusual: Option<Doubt>,
    met: RefCell<Vec<Doubt>>,
    known: RefCell<HashMap<(usize, usize, bool), bool>>,
    depth: Cell<usize>,
    confused: Cell<bool>,
    /// The nesting of candidates.
    level: usize,
}

impl<'o, 'd> Evaluation<'o, 'd> {
    pub(super) fn new(compiled: &'o Compiled<'d>, unusual: Option<Doubt>) -> Self {
        Self {
            compiled,
            unusual,
            met: RefCell::default(),
            known: RefCell::default(),
            depth: Cell::new(0),
            confused: Cell::new(false),
            level: 0,
        }
    }

    /// Returns an evaluation of another value, with the same interpretation of the definition.
    pub(super) fn another(&self) -> Self {
        Self { level: self.level, ..Self::new(self.compiled, self.unusual) }
    }

    /// Returns an evaluation for a candidate. A candidate is a value that the oracle constructs to answer a question of
    /// this evaluation.
    pub(super) fn for_candidate(&self) -> Self {
        Self { level: self.level + 1, ..self.another() }
    }

    /// Returns the nesting of candidates.
    pub(super) fn level(&self) -> usize {
        self.level
    }

    /// Returns whether this evaluation takes the unusual answer to a doubt. Records that the doubt matters for this
    /// evaluation.
    pub(super) fn takes(&self, doubt: Doubt) -> bool {
        self.met.borrow_mut().push(doubt);
        self.unusual == Some(doubt)
    }

    /// Returns the doubt to which this evaluation takes the unusual answer.
    pub(super) fn unusual(&self) -> Option<Doubt> {
        self.unusual
    }

    pub(super) fn met(&self, doubt: Doubt) -> bool {
        self.met.borrow().contains(&doubt)
    }

    /// Returns whether the evaluation found an endless or unknown reference. If it did, its result is not valid.
    pub(super) fn is_confused(&self) -> bool {
        self.confused.get()
    }

    pub(super) fn draft(&self, node: Node<'d>) -> Draft {
        self.compiled.documents.draft(node)
    }

    /// Returns the value of a keyword, if the draft has the keyword and no `$ref` hides it.
    pub(super) fn keyword(&self, node: Node<'d>, keyword: &str) -> Option<&'d Value> {
        let members = node.members()?;
        let draft = self.draft(node);
        let is_hidden = draft.ref_hides_siblings()
            && keyword != "$ref"
            && members.get("$ref").is_some_and(Value::is_string);
        if is_hidden || !has(draft, keyword) { None } else { members.get(keyword) }
    }

    pub(super) fn object(&self, node: Node<'d>, keyword: &str) -> Option<&'d Map<String, Value>> {
        self.keyword(node, keyword)?.as_object()
    }

    pub(super) fn list(&self, node: Node<'d>, keyword: &str) -> &'d [Value] {
        self.keyword(node, keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Returns whether the schema accepts the value. With `opened`, ignores keywords such as `additionalProperties:
    /// false`.
    pub(super) fn holds(&self, node: Node<'d>, value: &Value, opened: bool) -> bool {
        if let Value::Bool(accepts) = node.value {
            return *accepts;
        }
        let key = (node.address(), std::ptr::from_ref(value) as usize, opened);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        if DEPTH_MAX < self.depth.get() {
            self.confused.set(true);
            return true;
        }
        self.depth.set(self.depth.get() + 1);
        let holds = self.evaluate(node, value, opened);
        self.depth.set(self.depth.get() - 1);
        self.known.borrow_mut().insert(key, holds);
        holds
    }

    fn evaluate(&self, node: Node<'d>, value: &Value, opened: bool) -> bool {
        let is_one = |list: &'d [Value]| {
            list.iter().filter(|branch| self.holds(node.child(branch), value, opened)).count()
        };
        let fails_in_place = self.in_place(node, value, opened).into_iter().any(|(edge, part)| match edge {
            Edge::Must | Edge::Then | Edge::Else => !self.holds(part, value, opened),
            Edge::AnyOf | Edge::OneOf | Edge::If => false,
        });
        if fails_in_place || !self.asserts(node, value) {
            return false;
        }
        let (any, one) = (self.list(node, "anyOf"), self.list(node, "oneOf"));
        if (!any.is_empty() && is_one(any) == 0) || (!one.is_empty() && is_one(one) != 1) {
            return false;
        }
        if let Some(negated) = self.keyword(node, "not")
            && self.holds(node.child(negated), value, opened)
        {
            return false;
        }
        match value {
            Value::Object(members) => self.evaluate_object(node, value, members, opened),
            Value::Array(items) => self.evaluate_array(node, value, items, opened),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
    }

    fn evaluate_object(
        &self,
        node: Node<'d>,
        value: &Value,
        members: &Map<String, Value>,
        opened: bool,
    ) -> bool {
        let fits = members.iter().all(|(name, member)| {
            self.member_schemas(node, value, name, opened)
                .iter()
                .all(|part| self.holds(*part, member, opened))
        });
        let names = self.keyword(node, "propertyNames");
        let requires = |keyword| {
            self.object(node, keyword).into_iter().flatten().all(|(key, wanted)| {
                let wanted = wanted.as_array().map_or(&[][..], Vec::as_slice);
                !members.contains_key(key)
                    || wanted.iter().filter_map(Value::as_str).all(|name| members.contains_key(name))
            })
        };
        fits && requires("dependentRequired")
            && requires("dependencies")
            && names.is_none_or(|names| {
                members
                    .keys()
                    .all(|name| self.another().holds(node.child(names), &Value::String(name.clone()), opened))
            })
    }

    fn evaluate_array(&self, node: Node<'d>, value: &Value, items: &[Value], opened: bool) -> bool {
        let fits = items.iter().enumerate().all(|(at, item)| {
            self.item_schemas(node, value, at, opened).iter().all(|part| self.holds(*part, item, opened))
        });
        let Some(contains) = self.keyword(node, "contains").filter(|_| fits) else { return fits };
        let found = items.iter().filter(|item| self.holds(node.child(contains), item, opened)).count() as u64;
        let bound = |keyword| self.keyword(node, keyword).and_then(Value::as_f64);
        let min = bound("minContains").unwrap_or(1.0);
        min <= found as f64 && bound("maxContains").is_none_or(|max| found as f64 <= max)
    }

    /// Returns the subschemas that apply to the same value. If the schema has `then` and `else`, returns only the one
    /// that applies.
    pub(super) fn in_place(&self, node: Node<'d>, value: &Value, opened: bool) -> Vec<(Edge, Node<'d>)> {
        let mut parts = Vec::new();
        if let Some(reference) = self.keyword(node, "$ref").and_then(Value::as_str) {
            match self.compiled.documents.follow(node, reference) {
                Some(target) => parts.push((Edge::Must, target)),
                None => self.confused.set(true),
            }
        }
        for (keyword, edge) in [("allOf", Edge::Must), ("anyOf", Edge::AnyOf), ("oneOf", Edge::OneOf)] {
            parts.extend(self.list(node, keyword).iter().map(|part| (edge, node.child(part))));
        }
        if let Some(test) = self.keyword(node, "if") {
            let test = node.child(test);
            parts.push((Edge::If, test));
            let (keyword, edge) =
                if self.holds(test, value, opened) { ("then", Edge::Then) } else { ("else", Edge::Else) };
            parts.extend(self.keyword(node, keyword).map(|part| (edge, node.child(part))));
        }
        if let Value::Object(members) = value {
            for keyword in ["dependentSchemas", "dependencies"] {
                for (key, part) in self.object(node, keyword).into_iter().flatten() {
                    if members.contains_key(key) && !part.is_array() {
                        parts.push((Edge::Must, node.child(part)));
                    }
                }
            }
        }
        parts
    }

    /// Returns the subschemas that the keywords of a schema apply directly to a member.
    pub(super) fn member_schemas(
        &self,
        node: Node<'d>,
        value: &Value,
        name: &str,
        opened: bool,
    ) -> Vec<Node<'d>> {
        let mut parts = self.named_schemas(node, name);
        if parts.is_empty() {
            parts.extend(self.open_keyword(node, "additionalProperties", opened));
        }
        if let Some(rest) = self.open_keyword(node, "unevaluatedProperties", opened)
            && !self.evaluates_member(node, value, name, opened, false)
        {
            parts.push(rest);
        }
        parts
    }

    /// Returns the subschemas of `properties` and `patternProperties` for a member.
    pub(super) fn named_schemas(&self, node: Node<'d>, name: &str) -> Vec<Node<'d>> {
        let own = self.object(node, "properties").and_then(|properties| properties.get(name));
        let patterns = self.object(node, "patternProperties").into_iter().flatten();
        let matched = patterns.filter(|(pattern, _)| self.matches(pattern, name)).map(|(_, part)| part);
        own.into_iter().chain(matched).map(|part| node.child(part)).collect()
    }

    fn open_keyword(&self, node: Node<'d>, keyword: &str, opened: bool) -> Option<Node<'d>> {
        let part = self.keyword(node, keyword)?;
        if opened && closes(part) { None } else { Some(node.child(part)) }
    }

    /// Returns whether a schema evaluates a member in the sense of `unevaluatedProperties`.
    pub(super) fn evaluates_member(
        &self,
        node: Node<'d>,
        value: &Value,
        name: &str,
        opened: bool,
        with_rest: bool,
    ) -> bool {
        !self.named_schemas(node, name).is_empty()
            || self.open_keyword(node, "additionalProperties", opened).is_some()
            || (with_rest && self.open_keyword(node, "unevaluatedProperties", opened).is_some())
            || self.in_place(node, value, opened).into_iter().any(|(_, part)| {
                self.holds(part, value, opened) && self.evaluates_member(part, value, name, opened, true)
            })
    }

    /// Returns the subschemas that a schema applies to an item, without `contains`.
    pub(super) fn item_schemas(
        &self,
        node: Node<'d>,
        value: &Value,
        at: usize,
        opened: bool,
    ) -> Vec<Node<'d>> {
        let mut parts: Vec<Node<'d>> = Vec::new();
        let tuple = self.tuple(node);
        match tuple.get(at) {
            Some(part) => parts.push(node.child(part)),
            None => parts.extend(self.rest_of_items(node)),
        }
        if let Some(rest) = self.keyword(node, "unevaluatedItems")
            && !self.evaluates_item(node, value, at, opened, false)
        {
            parts.push(node.child(rest));
        }
        parts
    }

    /// Returns the subschemas by position: `prefixItems`, or an array in `items` before 2020-12.
    pub(super) fn tuple(&self, node: Node<'d>) -> &'d [Value] {
        let keyword = if self.draft(node) == Draft::Draft202012 { "prefixItems" } else { "items" };
        self.list(node, keyword)
    }

    /// Returns the subschema of the items after the tuple.
    pub(super) fn rest_of_items(&self, node: Node<'d>) -> Option<Node<'d>> {
        let items = self.keyword(node, "items")?;
        let rest = if items.is_array() { self.keyword(node, "additionalItems")? } else { items };
        Some(node.child(rest))
    }

    fn evaluates_item(
        &self,
        node: Node<'d>,
        value: &Value,
        at: usize,
        opened: bool,
        with_rest: bool,
    ) -> bool {
        let item = value.get(at);
        let contains = self.keyword(node, "contains").filter(|_| self.draft(node) == Draft::Draft202012);
        at < self.tuple(node).len()
            || self.rest_of_items(node).is_some()
            || (with_rest && self.keyword(node, "unevaluatedItems").is_some())
            || contains.zip(item).is_some_and(|(part, item)| self.holds(node.child(part), item, opened))
            || self.in_place(node, value, opened).into_iter().any(|(_, part)| {
                self.holds(part, value, opened) && self.evaluates_item(part, value, at, opened, true)
            })
    }

    /// Returns whether the value satisfies the assertions of a schema. Ignores the subschemas.
    fn asserts(&self, node: Node<'d>, value: &Value) -> bool {
        let Some(members) = node.members() else { return true };
        let mut known = self.compiled.assertions.borrow_mut();
        let validator = known.entry(node.address()).or_insert_with(|| {
            let of = |keyword: &&str| Some(((**keyword).to_owned(), self.keyword(node, keyword)?.clone()));
            let alone: Map<String, Value> = ASSERTIONS.iter().filter_map(of).collect();
            let alone = (!alone.is_empty() && !members.is_empty()).then_some(Value::Object(alone))?;
            let built = self.compile(self.draft(node), &alone);
            self.confused.set(self.confused.get() || built.is_none());
            built
        });
        validator.as_ref().is_none_or(|validator| validator.is_valid(value))
    }

    /// Returns whether a pattern matches a name.
    pub(super) fn matches(&self, pattern: &str, name: &str) -> bool {
        let mut known = self.compiled.patterns.borrow_mut();
        let validator = known
            .entry(pattern.to_owned())
            .or_insert_with(|| self.compile(Draft::Draft7, &serde_json::json!({ "pattern": pattern })));
        self.confused.set(self.confused.get() || validator.is_none());
        validator.as_ref().is_some_and(|validator| validator.is_valid(&Value::String(name.to_owned())))
    }

    fn compile(&self, draft: Draft, schema: &Value) -> Option<jsonschema::Validator> {
        jsonschema::options()
            .with_draft(draft.to_library())
            .should_validate_formats(self.compiled.formats == Formats::Assert)
            .offline()
            .build(schema)
            .ok()
    }
}
