//! An event as the generator writes it: plain items, and their glue.

use ::evschema_runtime as rt;

#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Order {
    pub id: String,
    pub kind: Kind,
    pub lines: Vec<Line>,
    pub note: Option<String>,
    pub hint: rt::Maybe<String>,
    pub size: Option<Size>,
    pub paid: Option<Paid>,
    pub r#type: Option<rt::Number>,
    pub tags: Option<Tags>,
    pub rest: rt::Map<rt::Json>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OrderRef<'a> {
    pub id: rt::Cow<'a, str>,
    pub kind: Kind,
    pub lines: Vec<LineRef<'a>>,
    pub note: Option<rt::Cow<'a, str>>,
    pub hint: rt::Maybe<rt::Cow<'a, str>>,
    pub size: Option<Size>,
    pub paid: Option<PaidRef<'a>>,
    pub r#type: Option<rt::Number>,
    pub tags: Option<TagsRef<'a>>,
    pub rest: rt::MapRef<'a, rt::Json>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Kind {
    #[default]
    Order,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub sku: String,
    pub qty: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LineRef<'a> {
    pub sku: rt::Cow<'a, str>,
    pub qty: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Size {
    Small,
    Large,
}

#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Paid {
    Card(Card),
    Cash(Cash),
}

#[derive(Debug, Clone, PartialEq)]
pub enum PaidRef<'a> {
    Card(CardRef<'a>),
    Cash(Cash),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub card: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CardRef<'a> {
    pub card: rt::Cow<'a, str>,
}

/// A type without a node of its own, so without serde.
#[derive(Debug, Clone, PartialEq)]
pub struct Cash {
    pub cash: Option<rt::Number>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tags(pub Vec<String>);

#[derive(Debug, Clone, PartialEq)]
pub struct TagsRef<'a>(pub Vec<rt::Cow<'a, str>>);

pub const SCHEMA: &str = r#"{
  "type": "object",
  "required": ["id", "kind", "lines"],
  "properties": {
    "id": { "type": "string", "minLength": 1 },
    "kind": { "const": "order" },
    "lines": { "type": "array", "minItems": 1, "items": {
      "type": "object",
      "required": ["sku", "qty"],
      "properties": {
        "sku": { "type": "string", "minLength": 1 },
        "qty": { "type": "integer", "minimum": 1, "maximum": 1000 }
      },
      "additionalProperties": false
    } },
    "note": { "type": "string", "maxLength": 20 },
    "hint": { "type": ["string", "null"] },
    "size": { "enum": ["small", "large"] },
    "paid": { "oneOf": [
      { "type": "object", "required": ["card"], "properties": { "card": { "type": "string", "minLength": 1 } } },
      { "type": "object", "required": ["cash"], "properties": { "cash": { "type": "number", "minimum": 0 } } }
    ] },
    "type": { "type": "number", "minimum": 0 },
    "tags": { "type": "array", "uniqueItems": true, "items": { "type": "string", "minLength": 1 } },
    "legacy": { "type": "integer" }
  }
}"#;

const PROGRAM_TEXT: &str = r#"{"format":4,"nodes":[
    {"streamed":true,"type":["object"],"members":[["id",1],["kind",2],["lines",3],["note",4],["hint",5],["size",6],
        ["paid",7],["type",8],["tags",9],["legacy",10]],"required":[0,1,2]},
    {"streamed":true,"type":["string"],"minLength":1},
    {"streamed":true,"enum":["order"],"type":["string"]},
    {"streamed":true,"type":["array"],"minItems":1,"items":11},
    {"streamed":true,"type":["string"],"maxLength":20},
    {"streamed":true,"type":["string","null"]},
    {"at":"/6","streamed":true,"enum":["small","large"],"type":["string"]},
    {"at":"/7","streamed":true,"variants":[12,13],"oneOf":[12,13]},
    {"streamed":true,"type":["number"],"minimum":0},
    {"at":"/9","streamed":true,"type":["array"],"uniqueItems":true,"items":1},
    {"type":["integer"]},
    {"at":"/11","streamed":true,"type":["object"],"members":[["sku",1],["qty",14]],"required":[0,1],"additionalProperties":false},
    {"at":"/12","streamed":true,"type":["object"],"members":[["card",1]],"required":[0]},
    {"streamed":true,"type":["object"],"members":[["cash",8]],"required":[0]},
    {"streamed":true,"type":["integer"],"minimum":1,"maximum":1000}]}"#;

rt::generated_by! { "0.1.0" format 4 }

rt::object! {
    Order in order {
        id "id" required String,
        kind "kind" constant Kind,
        lines "lines" required Vec<Line>,
        note "note" optional String => with_note,
        hint "hint" maybe String => with_hint,
        size "size" optional Size => with_size,
        paid "paid" optional Paid => with_paid,
        r#type "type" optional rt::Number => with_type,
        tags "tags" optional Tags => with_tags,
        ..rest rt::Map<rt::Json>,
    }
    also ["legacy"]
}
rt::object! {
    OrderRef<'a> of Order {
        id "id" required rt::Cow<'a, str>,
        kind "kind" constant Kind,
        lines "lines" required Vec<LineRef<'a>>,
        note "note" optional rt::Cow<'a, str>,
        hint "hint" maybe rt::Cow<'a, str>,
        size "size" optional Size,
        paid "paid" optional PaidRef<'a>,
        r#type "type" optional rt::Number,
        tags "tags" optional TagsRef<'a>,
        ..rest rt::MapRef<'a, rt::Json>,
    }
    also ["legacy"]
}
rt::object! { Line in line { sku "sku" required String, qty "qty" required i64, } at (PROGRAM, "/11") }
rt::object! { LineRef<'a> of Line { sku "sku" required rt::Cow<'a, str>, qty "qty" required i64, } }
rt::object! { Card in card { card "card" required String, } at (PROGRAM, "/12") }
rt::object! { CardRef<'a> of Card { card "card" required rt::Cow<'a, str>, } }
rt::object! { Cash in cash { cash "cash" optional rt::Number => with_cash, } }
rt::texts! { Kind { Order "order" } }
rt::texts! { Size { Small "small", Large "large", } at (PROGRAM, "/6") }
rt::union! {
    Paid { Card(Card) = rt::Case::OBJECT.requires(&["card"]), Cash(Cash) = rt::Case::OBJECT.requires(&["cash"]), }
    at (PROGRAM, "/7")
}
rt::union! {
    PaidRef<'a> of Paid {
        Card(CardRef<'a>) = rt::Case::OBJECT.requires(&["card"]),
        Cash(Cash) = rt::Case::OBJECT.requires(&["cash"]),
    }
}
rt::wrapper! { Tags(Vec<String>) at (PROGRAM, "/9") }
rt::wrapper! { TagsRef<'a>(Vec<rt::Cow<'a, str>>) of Tags }
rt::plain! { Kind Size Cash }
rt::event! { Order "commerce.order" "1.2.0" "sha256:00" "/schemas/commerce.order/1.2.0.json" }
rt::event_ref! { OrderRef of Order }
rt::document! { "https://example.com/order" Draft202012 [] true [] 0 }

/// An event with all properties.
pub const FULL: &str = r#"{"id":"A-17","kind":"order","lines":[{"sku":"x","qty":2},{"sku":"é\"","qty":1000}],"note":"n","hint":null,"size":"large","paid":{"cash":19.99},"type":0.5,"tags":["a","b"],"more":{"deep":[1,-2.5,true,null,"t"]}}"#;

/// An event with the required properties only.
pub const SMALL: &str = r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":1}]}"#;

/// Invalid events, each with the pointer and the keyword of its violation.
pub const INVALID: &[(&str, &str, &str)] = &[
    (r#"{"id":"","kind":"order","lines":[{"sku":"x","qty":1}]}"#, "/id", "minLength"),
    (r#"{"id":"A","kind":"order","lines":[]}"#, "/lines", "minItems"),
    (
        r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":1},{"sku":"x","qty":0}]}"#,
        "/lines/1/qty",
        "minimum",
    ),
    (r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":"1"}]}"#, "/lines/0/qty", "type"),
    (r#"{"id":"A","kind":"order"}"#, "the value", "required"),
    (r#"{"id":"A","kind":"other","lines":[{"sku":"x","qty":1}]}"#, "/kind", "enum"),
    (r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":1}],"size":"medium"}"#, "/size", "enum"),
    (
        r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":1}],"paid":{"card":""}}"#,
        "/paid/card",
        "minLength",
    ),
    (r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":1}],"tags":["a","a"]}"#, "/tags", "uniqueItems"),
    (r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":1}],"legacy":0.5}"#, "/legacy", "type"),
];

/// Returns an event that is valid, with a property of each presence.
pub fn full() -> Order {
    Order::from_slice(FULL.as_bytes()).unwrap()
}
