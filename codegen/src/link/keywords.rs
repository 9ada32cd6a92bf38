//! Builds one node: the keywords of a schema, translated into keywords of the newest draft.

use evschema_model::{Draft, Formats, formats};
use serde_json::{Map, Value, json};

use super::spot::Spot;
use super::{DocumentId, Linker};
use crate::shape::spoken_names;

type Node = Map<String, Value>;

impl<'c> Linker<'_, '_, 'c> {
    pub(super) fn node(&mut self, program: DocumentId, spot: Spot<'c>) -> Node {
        let mut node = Node::new();
        match spot.value {
            Value::Bool(true) => {
                node.insert("streamed".to_owned(), json!(true));
                return node;
            }
            Value::Bool(false) => {
                node.insert("type".to_owned(), json!([]));
                return node;
            }
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {}
        }
        if self.merged(program, &spot, &mut node) {
            return node;
        }
        let hides = spot.draft.ref_hides_siblings() && spot.keyword("$ref").is_some_and(Value::is_string);
        if !hides {
            if self.shortened(program, &spot, &mut node) {
                return node;
            }
            kinds(&spot, &mut node);
            numbers(&spot, &mut node);
            self.texts(&spot, &mut node);
            self.array(program, &spot, &mut node);
            self.object(program, &spot, &mut node);
            self.applicators(program, &spot, &mut node);
        }
        self.references(program, &spot, &mut node);
        node
    }

    /// Adds to a node the keywords that a generated type needs to parse the value in one pass. Returns whether the node
    /// is complete with these keywords.
    fn shortened(&mut self, program: DocumentId, spot: &Spot<'c>, node: &mut Node) -> bool {
        let Some(place) = spot.place(self.planner.atlas) else { return false };
        let reading = self.planner.reading(place);
        if let Some(streamed) = reading.streamed.keyword() {
            node.insert("streamed".to_owned(), streamed);
        }
        if !reading.variants.is_empty() {
            let variants: Vec<Value> = reading
                .variants
                .iter()
                .map(|place| self.child(program, Spot::of_place(self.planner.atlas, *place)))
                .collect();
            node.insert("variants".to_owned(), json!(variants));
        }
        if let Some(place) = reading.unless_null {
            let child = self.child(program, Spot::of_place(self.planner.atlas, place));
            node.insert("unlessNull".to_owned(), child);
            return true;
        }
        false
    }

    fn children(&mut self, program: DocumentId, spot: &Spot<'c>, keyword: &str) -> Option<Vec<Value>> {
        let items = spot.keyword(keyword)?.as_array()?;
        Some(items.iter().map(|item| self.child(program, spot.inside(item))).collect())
    }

    fn texts(&mut self, spot: &Spot<'c>, node: &mut Node) {
        copy(spot, node, &["minLength", "maxLength", "pattern"]);
        let text = |keyword| spot.keyword(keyword).and_then(Value::as_str);
        if self.formats == Formats::Assert
            && let Some(format) = text("format").and_then(|name| formats::asserted(spot.draft, name))
        {
            node.insert("format".to_owned(), json!(format));
        }
        // In later drafts, these keywords are only annotations.
        if matches!(spot.draft, Draft::Draft6 | Draft::Draft7) {
            const ENCODINGS: [&str; 5] = ["base64", "base64url", "base32", "base32hex", "base16"];
            if let Some(encoding) = text("contentEncoding").filter(|name| ENCODINGS.contains(name)) {
                node.insert("encoding".to_owned(), json!(encoding));
            }
            if text("contentMediaType") == Some("application/json") {
                node.insert("json".to_owned(), json!(true));
            }
        }
    }

    fn array(&mut self, program: DocumentId, spot: &Spot<'c>, node: &mut Node) {
        copy(spot, node, &["minItems", "maxItems"]);
        let (first, rest) = if Draft::Draft202012 <= spot.draft {
            ("prefixItems", spot.keyword("items"))
        } else if spot.keyword("items").is_some_and(Value::is_array) {
            ("items", spot.keyword("additionalItems"))
        } else {
            ("", spot.keyword("items"))
        };
        if let Some(first) = self.children(program, spot, first) {
            node.insert("prefixItems".to_owned(), json!(first));
        }
        if let Some(rest) = rest {
            let rest = self.child(program, spot.inside(rest));
            node.insert("items".to_owned(), rest);
        }
        if spot.keyword("uniqueItems") == Some(&json!(true)) {
            node.insert("uniqueItems".to_owned(), json!(true));
        }
        if Draft::Draft6 <= spot.draft
            && let Some(contains) = spot.keyword("contains")
        {
            let contains = self.child(program, spot.inside(contains));
            node.insert("contains".to_owned(), contains);
            if Draft::Draft201909 <= spot.draft {
                copy(spot, node, &["minContains", "maxContains"]);
            }
            if Draft::Draft202012 <= spot.draft {
                node.insert("containsEvaluates".to_owned(), json!(true));
            }
        }
    }

    fn object(&mut self, program: DocumentId, spot: &Spot<'c>, node: &mut Node) {
        copy(spot, node, &["minProperties", "maxProperties"]);
        let names = spoken_names(spot.value, spot.draft);
        let position = |name: &str| names.iter().position(|known| *known == name);
        let properties = spot.keyword("properties").and_then(Value::as_object);
        let mut members = Vec::new();
        for name in &names {
            members.push(match properties.and_then(|properties| properties.get(*name)) {
                Some(property) => json!([name, self.child(program, spot.inside(property))]),
                None => json!([name]),
            });
        }
        if !members.is_empty() {
            node.insert("members".to_owned(), json!(members));
        }
        let list = |value: &Value| -> Vec<usize> {
            value.as_array().into_iter().flatten().filter_map(|name| position(name.as_str()?)).collect()
        };
        if let Some(required) = spot.keyword("required").map(list).filter(|required| !required.is_empty()) {
            node.insert("required".to_owned(), json!(required));
        }
        if let Some(patterns) = spot.keyword("patternProperties").and_then(Value::as_object) {
            let pairs: Vec<Value> = patterns
                .iter()
                .map(|(pattern, schema)| json!([pattern, self.child(program, spot.inside(schema))]))
                .collect();
            node.insert("patternProperties".to_owned(), json!(pairs));
        }
        match spot.keyword("additionalProperties") {
            Some(value @ Value::Bool(_)) => {
                node.insert("additionalProperties".to_owned(), value.clone());
            }
            Some(schema) => {
                let schema = self.child(program, spot.inside(schema));
                node.insert("additionalProperties".to_owned(), schema);
            }
            None => {}
        }
        if Draft::Draft6 <= spot.draft
            && let Some(schema) = spot.keyword("propertyNames")
        {
            let schema = self.child(program, spot.inside(schema));
            node.insert("propertyNames".to_owned(), schema);
        }
        let mut required = Vec::new();
        let mut schemas = Vec::new();
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            if (keyword == "dependencies") != spot.draft.has_dependencies() {
                continue;
            }
            for (name, value) in spot.keyword(keyword).and_then(Value::as_object).into_iter().flatten() {
                let Some(at) = position(name) else { continue };
                match value {
                    Value::Array(_) => required.push(json!([at, list(value)])),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                        schemas.push(json!([at, self.child(program, spot.inside(value))]));
                    }
                }
            }
        }
        for (keyword, pairs) in [("dependentRequired", required), ("dependentSchemas", schemas)] {
            if !pairs.is_empty() {
                node.insert(keyword.to_owned(), json!(pairs));
            }
        }
    }

    fn applicators(&mut self, program: DocumentId, spot: &Spot<'c>, node: &mut Node) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            if let Some(parts) = self.children(program, spot, keyword) {
                node.insert(keyword.to_owned(), json!(parts));
            }
        }
        let mut keywords = vec!["not"];
        if Draft::Draft7 <= spot.draft && spot.keyword("if").is_some() {
            keywords.extend(["if", "then", "else"]);
        }
        if Draft::Draft201909 <= spot.draft {
            keywords.extend(["unevaluatedProperties", "unevaluatedItems"]);
        }
        for keyword in keywords {
            if let Some(schema) = spot.keyword(keyword) {
                let child = self.child(program, spot.inside(schema));
                node.insert(keyword.to_owned(), child);
            }
        }
    }

    fn references(&mut self, program: DocumentId, spot: &Spot<'c>, node: &mut Node) {
        let atlas = self.planner.atlas;
        let mut all = Vec::new();
        if let Some(target) = spot.target(atlas, "$ref") {
            all.push(self.child(program, target));
        }
        for (keyword, since, until) in [
            ("$dynamicRef", Draft::Draft202012, Draft::Draft202012),
            ("$recursiveRef", Draft::Draft201909, Draft::Draft201909),
        ] {
            if spot.draft < since || until < spot.draft {
                continue;
            }
            let Some(target) = spot.target(atlas, keyword) else { continue };
            let child = self.child(program, target);
            let written = spot.keyword(keyword).and_then(Value::as_str).unwrap_or_default();
            let name = written.split_once('#').map_or("", |(_, fragment)| fragment);
            let is_dynamic = if keyword == "$dynamicRef" {
                target.keyword("$dynamicAnchor").and_then(Value::as_str) == Some(name)
            } else {
                target.keyword("$recursiveAnchor") == Some(&json!(true))
            };
            if is_dynamic {
                node.insert("dynamic".to_owned(), json!([name, child]));
                self.drafts.entry(program).or_default().has_dynamic = true;
            } else {
                all.push(child);
            }
        }
        if !all.is_empty() {
            match node.get_mut("allOf").and_then(Value::as_array_mut) {
                Some(parts) => parts.extend(all),
                None => {
                    node.insert("allOf".to_owned(), json!(all));
                }
            }
        }
    }
}

fn copy(spot: &Spot<'_>, node: &mut Node, keywords: &[&str]) {
    for keyword in keywords {
        if let Some(value) = spot.keyword(keyword) {
            node.insert((*keyword).to_owned(), value.clone());
        }
    }
}

fn kinds(spot: &Spot<'_>, node: &mut Node) {
    let named = match spot.keyword("type") {
        Some(Value::String(name)) => Some(vec![name.as_str()]),
        Some(Value::Array(names)) => Some(names.iter().filter_map(Value::as_str).collect()),
        Some(_) | None => None,
    };
    let values = spot.keyword("enum").and_then(Value::as_array);
    let constant = spot.keyword("const").filter(|_| Draft::Draft6 <= spot.draft);
    let literals: Option<Vec<&Value>> = match (values, constant) {
        (Some(values), Some(constant)) => {
            // Both `enum` and `const` apply. Keeps the spelling in `enum`, because equal numbers may have different
            // spellings.
            Some(values.iter().filter(|value| same(value, constant)).collect())
        }
        (Some(values), None) => Some(values.iter().collect()),
        (None, Some(constant)) => Some(vec![constant]),
        (None, None) => None,
    };
    let written = |name: &str| match (name, spot.draft) {
        ("integer", Draft::Draft4) => "plainInteger".to_owned(),
        _ => name.to_owned(),
    };
    let mut kinds: Option<Vec<String>> = named.map(|names| names.into_iter().map(written).collect());
    if let Some(literals) = &literals {
        node.insert("enum".to_owned(), json!(literals));
        if kinds.is_none() {
            let mut of_literals: Vec<String> = literals.iter().map(|value| kind(value).to_owned()).collect();
            of_literals.sort();
            of_literals.dedup();
            kinds = Some(of_literals);
        } else if let Some(kinds) = &mut kinds {
            // The runtime decides from `type` alone whether `null` is accepted.
            let has_null = literals.iter().any(|value| value.is_null());
            kinds.retain(|kind| kind != "null" || has_null);
        }
    }
    if let Some(kinds) = kinds {
        node.insert("type".to_owned(), json!(kinds));
    }
}

/// Returns whether two values are equal in JSON Schema, which compares numbers by value.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn numbers(spot: &Spot<'_>, node: &mut Node) {
    copy(spot, node, &["multipleOf"]);
    for (plain, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if spot.draft == Draft::Draft4 {
            // In draft 4, a flag makes the bound exclusive.
            if let Some(bound) = spot.keyword(plain) {
                let is_exclusive = spot.keyword(exclusive) == Some(&json!(true));
                node.insert((if is_exclusive { exclusive } else { plain }).to_owned(), bound.clone());
            }
        } else {
            copy(spot, node, &[plain, exclusive]);
        }
    }
}
