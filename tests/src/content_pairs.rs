//! Small random pairs of schemas that test content models.
//!
//! Several keywords describe the same object. Some of these keywords declare names, and the other keywords do not. The
//! newer schema is the older schema with one or two small edits.

mod edit;

use evschema_model::Draft;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Maximum nesting of generated objects.
const DEPTH_MAX: usize = 2;

/// Returns a random older and newer schema.
pub fn content_pair(rng: &mut Rng) -> (Value, Value) {
    let draft = rng.choice(Draft::ALL).unwrap_or(Draft::Draft202012);
    let mut maker = Maker { draft, rng, definitions: Map::new() };
    let root = maker.root();
    let mut old = Map::from_iter([("$schema".to_owned(), json!(draft.uri()))]);
    let definitions = std::mem::take(&mut maker.definitions);
    old.extend(root);
    if !definitions.is_empty() {
        old.insert("definitions".to_owned(), Value::Object(definitions));
    }
    let old = Value::Object(old);
    let mut new = old.clone();
    for _ in 0..rng.u8(1..=2) {
        edit::edit(&mut new, draft, rng);
    }
    (old, new)
}

type Schema = Map<String, Value>;

struct Maker<'r> {
    draft: Draft,
    rng: &'r mut Rng,
    definitions: Schema,
}

/// The names of members: only a few, so that several keywords describe the same member.
const NAMES: [&str; 5] = ["a", "b", "m", "x", "k"];

/// Returns a schema of a scalar.
fn leaf(rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0..=3 => json!({"type": "string"}),
        4..=6 => json!({"type": "integer"}),
        7 => json!({"type": ["string", "null"]}),
        8 => json!({"enum": ["u", "v"]}),
        9 => json!({}),
        10 => json!({"title": "t"}),
        _ => json!({"type": "boolean"}),
    }
}

fn name(rng: &mut Rng) -> &'static str {
    rng.choice(NAMES).unwrap_or("a")
}

impl Maker<'_> {
    fn root(&mut self) -> Schema {
        if self.rng.u8(..12) == 0 {
            return self.array(0);
        }
        self.object(0)
    }

    /// Returns the schema of an object, with one to four keywords.
    fn object(&mut self, depth: usize) -> Schema {
        let mut schema = Schema::new();
        if self.rng.u8(..3) == 0 {
            schema.insert("type".to_owned(), json!("object"));
        }
        if self.rng.u8(..4) != 0 {
            schema.insert("properties".to_owned(), self.properties(depth));
        }
        let most = if depth == 0 { 3 } else { 2 };
        for _ in 0..self.rng.usize(usize::from(depth == 0)..=most) {
            self.add_form(&mut schema, depth);
        }
        schema
    }

    fn properties(&mut self, depth: usize) -> Value {
        let mut properties = Schema::new();
        for _ in 0..self.rng.u8(1..=2) {
            let name = name(self.rng);
            let part = self.member(name, depth);
            properties.insert(name.to_owned(), part);
        }
        Value::Object(properties)
    }

    /// Returns the schema of a member. The member `m` is an object, and several schemas describe it.
    fn member(&mut self, name: &str, depth: usize) -> Value {
        match name {
            "m" if depth < DEPTH_MAX => Value::Object(self.object(depth + 1)),
            "x" if depth < DEPTH_MAX && self.rng.u8(..3) == 0 => Value::Object(self.array(depth + 1)),
            "k" if self.rng.bool() => self.constant("u"),
            _ => leaf(self.rng),
        }
    }

    fn array(&mut self, depth: usize) -> Schema {
        let mut schema = Schema::new();
        if self.rng.bool() {
            schema.insert("type".to_owned(), json!("array"));
        }
        let item = |maker: &mut Self| {
            if maker.rng.bool() { Value::Object(maker.object(depth + 1)) } else { leaf(maker.rng) }
        };
        let (tuple, rest) = if self.draft == Draft::Draft202012 {
            ("prefixItems", "items")
        } else {
            ("items", "additionalItems")
        };
        match self.rng.u8(..4) {
            0 => {
                schema.insert("items".to_owned(), item(self));
            }
            1 | 2 => {
                let items: Vec<Value> = (0..self.rng.u8(1..=2)).map(|_| item(self)).collect();
                schema.insert(tuple.to_owned(), json!(items));
                match self.rng.u8(..6) {
                    0 => drop(schema.insert(rest.to_owned(), json!(false))),
                    1 => drop(schema.insert(rest.to_owned(), leaf(self.rng))),
                    2 => drop(schema.insert("minItems".to_owned(), json!(self.rng.u8(1..=3)))),
                    _ => {}
                }
            }
            _ => {
                schema.insert("contains".to_owned(), item(self));
            }
        }
        if self.rng.u8(..4) == 0 {
            let other = Value::Object(Schema::from_iter([("items".to_owned(), item(self))]));
            schema.insert("allOf".to_owned(), json!([other]));
        }
        schema
    }

    fn constant(&mut self, text: &str) -> Value {
        if self.draft == Draft::Draft4 || self.rng.u8(..4) == 0 {
            json!({"enum": [text]})
        } else {
            json!({"const": text})
        }
    }

    /// Returns a small object schema for a union, a condition or an `allOf`.
    fn part(&mut self, depth: usize) -> Value {
        if depth < DEPTH_MAX && self.rng.u8(..4) == 0 {
            return Value::Object(self.object(depth + 1));
        }
        let mut part = Schema::from_iter([("properties".to_owned(), self.properties(depth))]);
        match self.rng.u8(..8) {
            0 => drop(part.insert("required".to_owned(), json!([name(self.rng)]))),
            1 => drop(part.insert("additionalProperties".to_owned(), json!(false))),
            2 => drop(part.remove("properties")),
            _ => {}
        }
        Value::Object(part)
    }

    /// Returns the branch of a union for one value of the discriminator `k`.
    fn branch(&mut self, kind: &str, depth: usize) -> Value {
        let mut part = self.part(depth);
        let constant = self.constant(kind);
        part["properties"]["k"] = constant;
        if self.rng.u8(..4) != 0 {
            part["required"] = json!(["k"]);
        }
        part
    }

    fn add_form(&mut self, schema: &mut Schema, depth: usize) {
        let is_new = Draft::Draft201909 <= self.draft;
        let mut set = |keyword: &str, value: Value| drop(schema.insert(keyword.to_owned(), value));
        match self.rng.u8(..20) {
            0..=2 => {
                let parts: Vec<Value> = (0..self.rng.u8(1..=2)).map(|_| self.part(depth)).collect();
                set("allOf", json!(parts));
            }
            3 => {
                let target = self.part(depth);
                let key = format!("d{}", self.definitions.len());
                self.definitions.insert(key.clone(), target);
                let reference = json!(format!("#/definitions/{key}"));
                if is_new { set("$ref", reference) } else { set("allOf", json!([{"$ref": reference}])) }
            }
            4 | 5 => {
                let keyword = if self.rng.bool() { "oneOf" } else { "anyOf" };
                let branches = if self.rng.u8(..4) == 0 {
                    json!([self.part(depth), self.part(depth)])
                } else {
                    json!([self.branch("u", depth), self.branch("v", depth)])
                };
                set(keyword, branches);
            }
            6 | 7 => {
                let test = if self.rng.bool() { self.branch("u", depth) } else { self.part(depth) };
                set("if", test);
                if self.rng.u8(..4) != 0 {
                    set("then", self.part(depth));
                }
                if self.rng.bool() {
                    set("else", self.part(depth));
                }
            }
            8 | 9 => {
                let keyword = if is_new { "dependentSchemas" } else { "dependencies" };
                set(keyword, json!({ name(self.rng): self.part(depth) }));
            }
            10 => {
                let keyword = if is_new { "dependentRequired" } else { "dependencies" };
                set(keyword, json!({ name(self.rng): [name(self.rng)] }));
            }
            11 | 12 => set("required", json!([name(self.rng)])),
            13 => {
                let value = json!({ name(self.rng): 1 });
                let other = json!({ name(self.rng): {name(self.rng): "u"} });
                set("enum", if self.rng.bool() { json!([value]) } else { json!([value, other, {}]) });
            }
            14 => {
                let names = if self.rng.bool() {
                    json!({"enum": [name(self.rng), name(self.rng), "y"]})
                } else {
                    json!({"anyOf": [{"enum": [name(self.rng)]}, {"pattern": "^y"}]})
                };
                set("propertyNames", names);
            }
            15 => {
                let pattern = self.rng.choice(["^x", "^[a-b]$", ".*", "^y"]).unwrap_or("^x");
                let part = if self.rng.u8(..4) == 0 { json!({}) } else { leaf(self.rng) };
                set("patternProperties", json!({ pattern: part }));
            }
            16 => set("minProperties", json!(self.rng.u8(1..=3))),
            17 | 18 => {
                let rest = match self.rng.u8(..5) {
                    0 => json!(true),
                    1 | 2 => json!(false),
                    _ => leaf(self.rng),
                };
                set("additionalProperties", rest);
            }
            _ if is_new => {
                let rest = if self.rng.bool() { json!(false) } else { leaf(self.rng) };
                set("unevaluatedProperties", rest);
            }
            _ => set("properties", self.properties(depth)),
        }
    }
}
