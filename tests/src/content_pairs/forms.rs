//! The forms of a schema, drawn at random in the keywords of a draft.

use evschema_model::Draft;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A source of schemas.
pub(super) struct Forms<'f> {
    pub(super) rng: &'f mut Rng,
    pub(super) draft: Draft,
}

/// Names of properties.
pub(super) const NAMES: [&str; 5] = ["a", "b", "k", "m", "x"];

impl Forms<'_> {
    fn since(&self, draft: Draft) -> bool {
        draft <= self.draft
    }

    fn name(&mut self) -> &'static str {
        self.rng.choice(NAMES).unwrap_or("a")
    }

    /// Returns whether one of so many chances came up.
    fn once_in(&mut self, chances: u8) -> bool {
        self.rng.u8(..chances) == 0
    }

    /// Returns a schema of any type.
    pub(super) fn schema(&mut self, depth: usize) -> Value {
        if depth == 0 {
            return self.leaf();
        }
        match self.rng.u8(..10) {
            0 => self.leaf(),
            1 | 2 => self.array(depth),
            3..=5 => self.split(depth),
            _ => self.object(depth),
        }
    }

    /// Returns a schema without children.
    pub(super) fn leaf(&mut self) -> Value {
        match self.rng.u8(..12) {
            0 if self.since(Draft::Draft6) => json!(true),
            0 | 1 => json!({}),
            2 => json!({"type": "object"}),
            3 => self.constant(json!("u")),
            4 => self.constant(json!(1)),
            5 => json!({"enum": ["u", "v"]}),
            6 => json!({"type": "integer"}),
            7 => json!({"type": "array"}),
            _ => json!({"type": "string"}),
        }
    }

    fn constant(&mut self, value: Value) -> Value {
        if self.since(Draft::Draft6) && self.rng.bool() { json!({"const": value}) } else { json!({"enum": [value]}) }
    }

    /// Returns a schema of an object, with some of the keywords that name members.
    pub(super) fn object(&mut self, depth: usize) -> Value {
        let mut members = Map::new();
        if self.rng.bool() {
            members.insert("type".to_owned(), json!("object"));
        }
        if !self.once_in(4) {
            members.insert("properties".to_owned(), self.properties(depth));
        }
        let extras = self.rng.u8(..3);
        for _ in 0..extras {
            let (keyword, value) = self.keyword(depth);
            members.insert(keyword.to_owned(), value);
        }
        Value::Object(members)
    }

    fn properties(&mut self, depth: usize) -> Value {
        let mut properties = Map::new();
        for _ in 0..self.rng.u8(1..3) {
            let name = self.name().to_owned();
            let child = self.child(depth);
            properties.insert(name, child);
        }
        Value::Object(properties)
    }

    fn child(&mut self, depth: usize) -> Value {
        if self.rng.bool() { self.leaf() } else { self.schema(depth.saturating_sub(1)) }
    }

    fn keyword(&mut self, depth: usize) -> (&'static str, Value) {
        let later = self.since(Draft::Draft201909);
        match self.rng.u8(..17) {
            0 | 1 => ("required", json!([self.name()])),
            2 => ("additionalProperties", json!(self.rng.bool())),
            3 => ("additionalProperties", self.leaf()),
            4 => ("patternProperties", self.patterns()),
            5 if self.since(Draft::Draft6) => ("propertyNames", self.names()),
            6 => ("minProperties", json!(self.rng.u8(1..4))),
            7 => {
                let keyword = if later { "dependentRequired" } else { "dependencies" };
                let names = Map::from_iter([(self.name().to_owned(), json!([self.name()]))]);
                (keyword, Value::Object(names))
            }
            8 | 9 => {
                let keyword = if later { "dependentSchemas" } else { "dependencies" };
                let child = self.object(depth.saturating_sub(1));
                (keyword, Value::Object(Map::from_iter([(self.name().to_owned(), child)])))
            }
            10 if later => ("unevaluatedProperties", if self.rng.bool() { json!(false) } else { self.leaf() }),
            11 => ("enum", self.values()),
            12 => ("oneOf", self.kinds(depth)),
            13 => ("anyOf", json!([self.object(depth.saturating_sub(1)), self.object(depth.saturating_sub(1))])),
            14 => ("maxProperties", json!(self.rng.u8(1..3))),
            15 => ("not", json!({"required": [self.name()]})),
            _ => ("allOf", json!([self.object(depth.saturating_sub(1))])),
        }
    }

    fn patterns(&mut self) -> Value {
        let pattern = self.rng.choice(["^x", "^[ab]$", ".*", "^.+$"]).unwrap_or("^x").to_owned();
        let child = self.leaf();
        Value::Object(Map::from_iter([(pattern, child)]))
    }

    fn names(&mut self) -> Value {
        let (one, other) = (self.name(), self.name());
        match self.rng.u8(..4) {
            0 => json!({"pattern": "^[a-k]$"}),
            1 => json!({"anyOf": [{"enum": [one]}, {"const": other}]}),
            2 => json!({"$ref": "#/definitions/d"}),
            _ => json!({"enum": if one == other { vec![one] } else { vec![one, other] }}),
        }
    }

    fn values(&mut self) -> Value {
        let one = Map::from_iter([(self.name().to_owned(), json!(1))]);
        let other = Map::from_iter([(self.name().to_owned(), json!({"x": "u"}))]);
        let listed = Map::from_iter([(self.name().to_owned(), json!([{"x": 1}]))]);
        match self.rng.u8(..4) {
            0 => json!([one, "u"]),
            1 => json!([other]),
            2 => json!([listed]),
            _ if one == other => json!([one]),
            _ => json!([one, other]),
        }
    }

    /// Returns the branches of a discriminated union.
    fn kinds(&mut self, depth: usize) -> Value {
        let mut kinds = Vec::new();
        for kind in ["u", "v"] {
            let mut branch = self.object(depth.saturating_sub(1));
            let kind = self.constant(json!(kind));
            if let Value::Object(members) = &mut branch {
                let properties = members.entry("properties").or_insert_with(|| json!({}));
                if let Value::Object(properties) = properties {
                    properties.insert("k".to_owned(), kind);
                }
                members.insert("required".to_owned(), json!(["k"]));
                if self.once_in(4) {
                    members.insert("additionalProperties".to_owned(), json!(false));
                }
            }
            kinds.push(branch);
        }
        Value::Array(kinds)
    }

    fn array(&mut self, depth: usize) -> Value {
        let mut members = Map::new();
        if self.rng.bool() {
            members.insert("type".to_owned(), json!("array"));
        }
        let is_tuple = self.rng.bool();
        let is_last = self.draft == Draft::Draft202012;
        if is_tuple {
            let items: Vec<Value> = (0..self.rng.u8(1..3)).map(|_| self.child(depth)).collect();
            members.insert(if is_last { "prefixItems" } else { "items" }.to_owned(), json!(items));
            if self.once_in(3) {
                let rest = self.leaf();
                members.insert(if is_last { "items" } else { "additionalItems" }.to_owned(), rest);
            }
        } else {
            let item = self.schema(depth.saturating_sub(1));
            members.insert("items".to_owned(), item);
        }
        match self.rng.u8(..10) {
            0 | 1 if self.since(Draft::Draft6) => {
                let contains = self.child(depth);
                members.insert("contains".to_owned(), contains);
            }
            2 => drop(members.insert("minItems".to_owned(), json!(self.rng.u8(1..4)))),
            3 => drop(members.insert("maxItems".to_owned(), json!(self.rng.u8(..3)))),
            4 if self.since(Draft::Draft201909) => {
                let schema = self.leaf();
                members.insert("unevaluatedItems".to_owned(), schema);
            }
            _ => {}
        }
        Value::Object(members)
    }

    /// Returns a schema that describes one nested object, or the items of one array, in two places.
    fn split(&mut self, depth: usize) -> Value {
        let below = depth.saturating_sub(1);
        let (first, second) = (self.object(below.min(1)), self.object(below.min(1)));
        let (mut base, other) = match self.rng.u8(..5) {
            0 => (json!({"items": first}), json!({"items": second})),
            1 if self.draft == Draft::Draft202012 => {
                (json!({"prefixItems": [first]}), json!({"prefixItems": [second]}))
            }
            1 => (json!({"items": [first]}), json!({"items": [second]})),
            2 => (first, second),
            _ => (json!({"properties": {"m": first}}), json!({"properties": {"m": second}})),
        };
        let Value::Object(members) = &mut base else { return base };
        let later = self.since(Draft::Draft201909);
        match self.rng.u8(..8) {
            0 if later => drop(members.insert("$ref".to_owned(), json!("#/definitions/d"))),
            0 | 1 => drop(members.insert("allOf".to_owned(), json!([other, {"$ref": "#/definitions/d"}]))),
            2 | 3 if self.since(Draft::Draft7) => {
                let test = json!({"properties": {"k": self.constant(json!("u"))}, "required": ["k"]});
                members.insert("if".to_owned(), test);
                members.insert(if self.once_in(3) { "else" } else { "then" }.to_owned(), other);
                if self.rng.bool() {
                    let properties = members.entry("properties").or_insert_with(|| json!({}));
                    if let Value::Object(properties) = properties {
                        properties.insert("k".to_owned(), json!({"type": "string"}));
                    }
                }
            }
            4 => {
                let third = self.object(below.min(1));
                let keyword = if self.rng.bool() { "anyOf" } else { "oneOf" };
                members.insert(keyword.to_owned(), json!([other, third]));
            }
            5 => {
                let keyword = if later { "dependentSchemas" } else { "dependencies" };
                members.insert(keyword.to_owned(), Value::Object(Map::from_iter([(self.name().to_owned(), other)])));
            }
            _ => drop(members.insert("allOf".to_owned(), json!([other]))),
        }
        base
    }
}
