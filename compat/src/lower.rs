//! Lowers a resolved document, by its own draft, to nodes of the [`Tree`].
//!
//! Here the drafts end: `definitions`, `items` arrays, boolean exclusive bounds, `dependencies`,
//! hidden siblings of `$ref` and the rest are read as their draft rules them, and every
//! reference becomes the node it leads to. Annotations are dropped.

mod keywords;
mod real;
mod scope;

use evschema_model::{Draft, Formats, Resolved, Schema, Target};
use foldhash::{HashMap, HashMapExt as _};
use referencing::Uri;
use serde_json::{Map, Value};

use crate::format;
use crate::number::{Bound, Decimal};
use crate::tree::{
    Condition, Contains, Id, Listed, Name, Named, Node, Origin, Tree, Types, Unsupported, normalized,
};

use keywords::Keywords;
use real::{is_real, matches_every_name};
use scope::{Found, Scope};

/// Lowers a document and everything it refers to.
pub(crate) struct Lowering<'t, 'r, 's> {
    pub(crate) tree: &'t mut Tree,
    resolved: &'r Resolved,
    reading: Reading<'r>,
    /// What was lowered, by its place and the dynamic scope it was reached in.
    seen: HashMap<(Origin, usize), Seen>,
    /// Whether the schema that is lowered next was referred to.
    is_referred: bool,
    /// How many schemas are being lowered inside each other.
    depth: usize,
    /// Schemas that were referred to from too deep inside, to be lowered when the others are.
    deferred: Vec<Deferred<'s>>,
    /// Whether what a dynamic reference leads to depends on the way to it.
    scopes_matter: bool,
    /// The dynamic scopes met so far, each as its resources, outermost first.
    scopes: Vec<Vec<String>>,
}

/// How schemas are read, beside their drafts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'r> {
    pub(crate) formats: Formats,
    /// Whether `1.0` is no integer in draft 4, as the validator has it.
    pub(crate) minds_spelling: bool,
    /// Subschemas that are taken to accept anything, by address.
    pub(crate) masked: &'r [Origin],
}

/// Most dynamic scopes that are told apart, and most nodes of a document.
const SCOPES_MAX: usize = 64;
const NODES_MAX: usize = 400_000;

/// Schemas that are lowered inside each other before a reference is put off: definitions can refer to each other
/// without end.
const DEPTH_MAX: usize = 128;

/// A schema that a reference leads to, with the slot that stands for it.
struct Deferred<'r> {
    slot: u32,
    found: Found<'r>,
    draft: Draft,
}

#[derive(Clone, Copy)]
enum Seen {
    Open(Option<u32>),
    Done(Id),
}

/// Returns the root node of a document; nothing when its references cannot be resolved.
pub(crate) fn lower(tree: &mut Tree, resolved: &Resolved, reading: Reading<'_>) -> Option<Id> {
    let schema = resolved.schema();
    tree.reserve(schema.nodes());
    let seen = HashMap::with_capacity(schema.nodes());
    let mut lowering = Lowering {
        tree,
        resolved,
        reading,
        seen,
        is_referred: false,
        depth: 0,
        deferred: Vec::new(),
        scopes_matter: false,
        scopes: Vec::new(),
    };
    if schema.is_plain() {
        let root = lowering.schema(schema.value(), &Scope::Plain(schema), schema.draft());
        lowering.finish();
        return Some(root);
    }
    let registry = resolved.registry().ok()?;
    let mut dynamic_anchors = HashMap::new();
    let mut recursive_anchors = 0;
    for document in resolved.documents().into_iter().chain([schema]) {
        count_dynamic_anchors(document.value(), &mut dynamic_anchors, &mut recursive_anchors);
    }
    lowering.scopes_matter = 1 < recursive_anchors
        || dynamic_anchors.values().any(|many| 1 < *many)
        || schema.references().iter().any(|reference| reference.target == Target::Metaschema);
    let Ok(base) = Uri::parse(schema.base_uri().into_owned()) else {
        return Some(opaque(lowering.tree, "the document's `$id` is not a URI", Origin::default()));
    };
    let root = lowering.schema(schema.value(), &Scope::Library(registry.resolver(base)), schema.draft());
    lowering.finish();
    Some(root)
}

fn opaque(tree: &mut Tree, why: &str, origin: Origin) -> Id {
    tree.add(Node { unsupported: Unsupported::like_no_other(why, origin), ..Node::default() }, origin)
}

/// Tells whether a part of a schema refers to something, or may be referred to.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| {
            (name.starts_with('$') && name != "$schema") || name == "id" || refers(member)
        }),
        Value::Array(items) => items.iter().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn count_dynamic_anchors(value: &Value, names: &mut HashMap<String, usize>, recursive: &mut usize) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(name)) = members.get("$dynamicAnchor") {
                *names.entry(name.clone()).or_default() += 1;
            }
            *recursive += usize::from(members.get("$recursiveAnchor") == Some(&Value::Bool(true)));
            members.values().for_each(|member| count_dynamic_anchors(member, names, recursive));
        }
        Value::Array(items) => items.iter().for_each(|item| count_dynamic_anchors(item, names, recursive)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl<'s> Lowering<'_, '_, 's> {
    fn schema(&mut self, value: &'s Value, scope: &Scope<'s>, draft: Draft) -> Id {
        let origin = Origin::of(value);
        let is_referred = std::mem::take(&mut self.is_referred);
        if self.reading.masked.contains(&origin) {
            return self.tree.boolean(true, origin);
        }
        let Some(number) = self.number_of(scope) else {
            return opaque(self.tree, "too many dynamic references are possible here", origin);
        };
        let key = (origin, number);
        match self.seen.get(&key) {
            Some(Seen::Done(id)) => return *id,
            Some(Seen::Open(slot)) => {
                let slot = slot.unwrap_or_else(|| self.tree.reserve_recursive_ref());
                self.seen.insert(key, Seen::Open(Some(slot)));
                return self.tree.add(Node { recursive_ref: Some(slot), ..Node::default() }, origin);
            }
            None => {}
        }
        let id = match value {
            Value::Bool(accept) => self.tree.boolean(*accept, origin),
            Value::Object(members) => {
                self.seen.insert(key, Seen::Open(None));
                self.depth += 1;
                let draft_here = scope.draft_within(value).unwrap_or(draft);
                if scope.names_other_draft(value, draft) {
                    self.seen.remove(&key);
                    self.depth -= 1;
                    return self.foreign(value, draft, is_referred);
                }
                let node = self.object(members, value, scope, draft_here);
                self.depth -= 1;
                let id = self.tree.add(node, origin);
                if let Some(Seen::Open(Some(slot))) = self.seen.get(&key) {
                    self.tree.resolve_recursive_ref(*slot, id);
                }
                id
            }
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                opaque(self.tree, "a subschema is neither an object nor a boolean", origin)
            }
        };
        self.seen.insert(key, Seen::Done(id));
        id
    }

    /// Adds a schema that names another draft and has no `$id`. The specification leaves open what rules it
    /// (JSON Schema Core 2019-09, section 8.1.1), and the validator takes it both ways, as it is come to. One that refers
    /// to nothing means the same where it is written alike and come to alike.
    fn foreign(&mut self, schema: &Value, around: Draft, is_referred: bool) -> Id {
        let why = "a `$schema` names another draft inside a schema that has no `$id`";
        let origin = Origin::of(schema);
        let text = schema.to_string();
        let opaque = if refers(schema) {
            Unsupported::like_no_other(why, origin)
        } else {
            Unsupported::like_its_text(why, format!("{around} {is_referred} {text}"))
        };
        self.tree.add(Node { unsupported: opaque, ..Node::default() }, origin)
    }

    /// Tells whether some keyword may look at what others have left: `unevaluated…`.
    fn minds_what_is_evaluated(&self) -> bool {
        // A keyword may be written with escapes.
        let mentions = |schema: &Schema| {
            let text = schema.document().text();
            text.contains("unevaluated") || text.contains("\\u")
        };
        mentions(self.resolved.schema())
            || self.resolved.documents().into_iter().any(|document| mentions(document))
    }

    /// Returns the number of the dynamic scope that a schema is reached in; none when there are too
    /// many.
    fn number_of(&mut self, scope: &Scope<'s>) -> Option<usize> {
        if !self.scopes_matter {
            return Some(0);
        }
        let resources = scope.resources();
        if let Some(known) = self.scopes.iter().position(|known| *known == resources) {
            return Some(known);
        }
        self.scopes.push(resources);
        (self.scopes.len() <= SCOPES_MAX && self.tree.len() <= NODES_MAX).then(|| self.scopes.len() - 1)
    }

    fn object(
        &mut self,
        members: &'s Map<String, Value>,
        whole: &'s Value,
        outer: &Scope<'s>,
        draft: Draft,
    ) -> Node {
        let Some(scope) = outer.within(whole, draft) else {
            return Node { unsupported: Unsupported::plain("an `$id` here is not a URI"), ..Node::default() };
        };
        let scope = &*scope;
        let members = &Keywords::of(members);
        let mut node = Node::default();
        if draft.ref_hides_siblings()
            && let Some(reference) = members.reference
        {
            self.reference(&mut node, "$ref", reference, scope, draft);
            return node;
        }
        for (keyword, written, is_known) in [
            ("$ref", members.reference, true),
            ("$dynamicRef", members.dynamic_reference, draft == Draft::Draft202012),
            ("$recursiveRef", members.recursive_reference, draft == Draft::Draft201909),
        ] {
            if let Some(reference) = written.filter(|_| is_known) {
                self.reference(&mut node, keyword, reference, scope, draft);
            }
        }
        self.any_type(&mut node, members, scope, draft);
        numbers(&mut node, members, draft);
        self.strings(&mut node, members, draft);
        self.arrays(&mut node, members, scope, draft);
        self.objects(&mut node, members, scope, draft);
        node
    }

    fn reference(
        &mut self,
        node: &mut Node,
        keyword: &str,
        reference: &Value,
        scope: &Scope<'s>,
        draft: Draft,
    ) {
        let Value::String(reference) = reference else {
            node.unsupported = Unsupported::plain(format!("`{keyword}` is not a string"));
            return;
        };
        if reference.is_empty() {
            // It names the document, but the validator takes it for no reference at all.
            node.unsupported =
                Unsupported::plain(format!("`{keyword}` is empty; write `#` to name the document"));
            return;
        }
        match scope.follow(keyword, reference) {
            Some(found) => {
                let target = self.referred(found, draft);
                node.all_of.push(target);
            }
            None => node.unsupported = Unsupported::plain(format!("`{keyword}` `{reference}` leads nowhere")),
        }
    }

    /// Lowers what a reference leads to, now or when the schemas around the reference are lowered.
    fn referred(&mut self, found: Found<'s>, around: Draft) -> Id {
        let draft = found.draft.unwrap_or(around);
        let origin = Origin::of(found.schema);
        if DEPTH_MAX < self.depth
            && !self.reading.masked.contains(&origin)
            && let Some(number) = self.number_of(&found.scope)
            && !self.seen.contains_key(&(origin, number))
        {
            let slot = self.tree.reserve_recursive_ref();
            self.seen.insert((origin, number), Seen::Open(Some(slot)));
            self.deferred.push(Deferred { slot, found, draft });
            return self.tree.add(Node { recursive_ref: Some(slot), ..Node::default() }, origin);
        }
        self.is_referred = true;
        self.schema(found.schema, &found.scope, draft)
    }

    /// Lowers what was put off.
    fn finish(&mut self) {
        while let Some(Deferred { slot, found, draft }) = self.deferred.pop() {
            if let Some(number) = self.number_of(&found.scope) {
                self.seen.remove(&(Origin::of(found.schema), number));
            }
            self.is_referred = true;
            let id = self.schema(found.schema, &found.scope, draft);
            self.tree.resolve_recursive_ref(slot, id);
        }
    }

    fn any_type(&mut self, node: &mut Node, members: &Keywords<'s>, scope: &Scope<'s>, draft: Draft) {
        if let Some(types) = members.types {
            let names: Vec<&str> = match types {
                Value::String(one) => vec![one],
                Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
            };
            node.types = names.iter().fold(Types::NONE, |types, name| types.or(Types::named(name)));
            if names.contains(&"integer") && !names.contains(&"number") {
                node.numbers.divide(&Decimal::one());
                node.numbers.is_spelt = draft == Draft::Draft4 && self.reading.minds_spelling;
            }
        }
        if let Some(Value::Array(values)) = members.values {
            node.values = Some(self.tree.listed(values));
        }
        if Draft::Draft6 <= draft
            && let Some(value) = members.constant
        {
            let value = normalized(value);
            let allowed = node.values.as_ref().is_none_or(|values| values.contains(&value));
            node.values = Some(Listed::of(Some(value).filter(|_| allowed)));
        }
        let mut parts = |list: &'s [Value]| -> Vec<Id> {
            list.iter().map(|part| self.schema(part, scope, draft)).collect()
        };
        if let Some(Value::Array(list)) = members.all_of {
            node.all_of.extend(parts(list));
        }
        for (written, unions) in [(members.any_of, &mut node.any_of), (members.one_of, &mut node.one_of)] {
            let Some(Value::Array(list)) = written else { continue };
            let branches = parts(list);
            match branches.as_slice() {
                [one] => node.all_of.push(*one),
                _ => unions.push(branches),
            }
        }
        if let Some(not) = members.not {
            let not = self.schema(not, scope, draft);
            // What is not refused is accepted; but nothing behind a `not` counts as evaluated.
            match self.tree.negated(not).filter(|_| !self.minds_what_is_evaluated()) {
                Some(twice) => node.all_of.push(twice),
                None => node.not.push(not),
            }
        }
        if Draft::Draft7 <= draft
            && let Some(test) = members.test
        {
            let mut branch = |branch: Option<&'s Value>| branch.map(|part| self.schema(part, scope, draft));
            let (then, otherwise) = (branch(members.then), branch(members.otherwise));
            let test = self.schema(test, scope, draft);
            // Alone it refuses nothing, but what passes it has evaluated something.
            if then.is_some() || otherwise.is_some() || self.minds_what_is_evaluated() {
                node.conditions.push(Condition { test, then, otherwise });
            } else {
                node.tests.push(test);
            }
        }
    }

    fn strings(&mut self, node: &mut Node, members: &Keywords<'s>, draft: Draft) {
        let strings = &mut node.strings;
        strings.min = count(members.min_length, "minLength", &mut node.unsupported).unwrap_or(0);
        strings.max = count(members.max_length, "maxLength", &mut node.unsupported);
        if let Some(Value::String(pattern)) = members.pattern {
            strings.patterns.push(pattern.clone());
        }
        if self.reading.formats == Formats::Assert
            && let Some(Value::String(format)) = members.format
            && let Some(name) = format::name_in(draft, format)
        {
            strings.formats.push(name.to_owned());
        }
        // Drafts 6 and 7 let these assert, and the validator does; later drafts annotate.
        if matches!(draft, Draft::Draft6 | Draft::Draft7) {
            let encoding = members.content_encoding.map(|written| ("contentEncoding", written));
            let media_type = members.content_media_type.map(|written| ("contentMediaType", written));
            let content: Vec<String> = [encoding, media_type]
                .into_iter()
                .flatten()
                .filter_map(|(keyword, written)| Some(format!("{keyword}={}", written.as_str()?)))
                .collect();
            if !content.is_empty() {
                strings.formats.push(content.join(","));
            }
        }
    }

    fn arrays(&mut self, node: &mut Node, members: &Keywords<'s>, scope: &Scope<'s>, draft: Draft) {
        node.arrays.min = count(members.min_items, "minItems", &mut node.unsupported).unwrap_or(0);
        node.arrays.max = count(members.max_items, "maxItems", &mut node.unsupported);
        node.arrays.unique = members.unique_items == Some(&Value::Bool(true));
        let (prefix, rest) = if draft == Draft::Draft202012 {
            (members.prefix_items, members.items)
        } else {
            match members.items {
                Some(tuple @ Value::Array(_)) => (Some(tuple), members.additional_items),
                items => (None, items),
            }
        };
        if let Some(Value::Array(list)) = prefix {
            node.arrays.prefix = list.iter().map(|item| self.schema(item, scope, draft)).collect();
        }
        node.arrays.items = rest.map(|rest| self.schema(rest, scope, draft));
        node.arrays.has_real_rest = rest.is_some_and(|rest| is_real(rest, draft));
        if Draft::Draft6 <= draft
            && let Some(contains) = members.contains
        {
            let counted = Draft::Draft201909 <= draft;
            let mut bound = |written, keyword| {
                if counted { count(written, keyword, &mut node.unsupported) } else { None }
            };
            let min = bound(members.min_contains, "minContains").unwrap_or(1);
            let max = bound(members.max_contains, "maxContains");
            if 0 < min || max.is_some() || draft == Draft::Draft202012 {
                let schema = self.schema(contains, scope, draft);
                node.arrays.contains.push(Contains { schema, min, max, evaluates: counted });
                // It evaluates from 2020-12 on; the validator lets it do so in 2019-09 too, so that
                // nothing is said of either.
                if draft == Draft::Draft201909 && self.minds_what_is_evaluated() {
                    node.unsupported =
                        Unsupported::plain("draft 2019-09 does not define which items `contains` evaluates");
                }
            }
        }
        if Draft::Draft201909 <= draft {
            node.arrays.unevaluated =
                members.unevaluated_items.map(|schema| self.schema(schema, scope, draft));
            node.arrays.has_real_rest |= members.unevaluated_items.is_some_and(|rest| is_real(rest, draft));
        }
    }

    fn objects(&mut self, node: &mut Node, members: &Keywords<'s>, scope: &Scope<'s>, draft: Draft) {
        node.objects.min = count(members.min_properties, "minProperties", &mut node.unsupported).unwrap_or(0);
        node.objects.max = count(members.max_properties, "maxProperties", &mut node.unsupported);
        if let Some(Value::Array(names)) = members.required {
            node.objects.required = sorted_names(names);
        }
        node.objects.properties = self.named(members.properties, scope, draft);
        node.objects.patterns = self.named(members.pattern_properties, scope, draft);
        if let Some(Value::Object(patterns)) = members.pattern_properties {
            let idle = patterns
                .iter()
                .filter(|(pattern, schema)| matches_every_name(pattern) && !is_real(schema, draft));
            node.objects.idle_patterns = idle.map(|(pattern, _)| Name::from(pattern.as_str())).collect();
        }
        node.objects.additional =
            members.additional_properties.map(|schema| self.schema(schema, scope, draft));
        node.objects.has_real_rest = members.additional_properties.is_some_and(|rest| is_real(rest, draft));
        if Draft::Draft6 <= draft {
            node.objects.names = members.property_names.map(|schema| self.schema(schema, scope, draft));
        }
        let mut dependent_schemas = Vec::new();
        if draft.has_dependencies()
            && let Some(Value::Object(dependencies)) = members.dependencies
        {
            for (name, dependency) in dependencies {
                if let Value::Array(names) = dependency {
                    node.objects.dependent_required.push((name.as_str().into(), sorted_names(names)));
                } else {
                    let schema = self.schema(dependency, scope, draft);
                    dependent_schemas.push((Name::from(name.as_str()), schema));
                }
            }
        }
        if Draft::Draft201909 <= draft {
            if let Some(Value::Object(dependencies)) = members.dependent_required {
                for (name, names) in dependencies {
                    let names = names.as_array().map(|names| sorted_names(names)).unwrap_or_default();
                    node.objects.dependent_required.push((name.as_str().into(), names));
                }
            }
            let schemas = self.named(members.dependent_schemas, scope, draft);
            dependent_schemas.extend(schemas.iter().cloned());
            node.objects.unevaluated =
                members.unevaluated_properties.map(|schema| self.schema(schema, scope, draft));
            node.objects.has_real_unevaluated =
                members.unevaluated_properties.is_some_and(|rest| is_real(rest, draft));
        }
        node.objects.dependent_required.sort();
        node.objects.dependent_schemas = dependent_schemas.into_iter().collect();
    }

    fn named(&mut self, map: Option<&'s Value>, scope: &Scope<'s>, draft: Draft) -> Named {
        let Some(Value::Object(map)) = map else { return Named::default() };
        map.iter().map(|(name, schema)| (name.as_str().into(), self.schema(schema, scope, draft))).collect()
    }
}

fn numbers(node: &mut Node, members: &Keywords<'_>, draft: Draft) {
    let Node { numbers, unsupported: opaque, .. } = node;
    let mut decimal = |written: Option<&Value>, keyword: &str| {
        let Some(Value::Number(number)) = written else { return None };
        let decimal = Decimal::of(number);
        if decimal.is_none() {
            *opaque =
                Unsupported::plain(format!("`{keyword}` {number} is too large or too precise to compare"));
        }
        decimal
    };
    // Draft 4 says of a bound by a flag that it is itself excluded; later drafts give it a keyword.
    let is_flagged = |strict: Option<&Value>| draft == Draft::Draft4 && strict == Some(&Value::Bool(true));
    if let Some(value) = decimal(members.minimum, "minimum") {
        numbers.raise(Bound { value, exclusive: is_flagged(members.exclusive_minimum) });
    }
    let has_strict = Draft::Draft4 < draft;
    if let Some(value) = decimal(members.exclusive_minimum.filter(|_| has_strict), "exclusiveMinimum") {
        numbers.raise(Bound { value, exclusive: true });
    }
    if let Some(value) = decimal(members.maximum, "maximum") {
        numbers.lower(Bound { value, exclusive: is_flagged(members.exclusive_maximum) });
    }
    if let Some(value) = decimal(members.exclusive_maximum.filter(|_| has_strict), "exclusiveMaximum") {
        numbers.lower(Bound { value, exclusive: true });
    }
    if let Some(step) = decimal(members.multiple_of, "multipleOf").filter(Decimal::is_positive) {
        numbers.divide(&step);
    }
}

/// Reads a count; one too large to hold is as good as none for a minimum's failure, so it is opaque.
fn count(written: Option<&Value>, keyword: &str, opaque: &mut Option<Unsupported>) -> Option<u64> {
    let Some(Value::Number(number)) = written else { return None };
    let count = Decimal::of(number).and_then(|decimal| decimal.to_count());
    if count.is_none() {
        *opaque = Unsupported::plain(format!("`{keyword}` {number} is beyond the counts that are compared"));
    }
    count
}

fn sorted_names(names: &[Value]) -> Vec<Name> {
    let mut names: Vec<Name> = names.iter().filter_map(|name| name.as_str().map(Name::from)).collect();
    names.sort();
    names.dedup();
    names
}
