//! Reads the linked form that the generator writes.

use super::{
    Additional, Array, Bound, Child, Contains, Decoded, Literals, Lookup, Member, More, Node, Numeric,
    Object, Pattern, Step, Streamed, Text, demand, index,
};
use crate::cursor::KnownName;
use crate::format::Format;
use crate::kinds::Kinds;
use crate::{Json, Map};

/// Decodes a program; `None` when its text is not one.
pub(super) fn decode(text: &str) -> Option<Decoded> {
    let Json::Object(program) = Json::parse(text).ok()? else { return None };
    let mut nodes = list(program.get("nodes"), node)?;
    demand::settle(&mut nodes);
    let free: Vec<Kinds> = nodes.iter().map(Node::free).collect();
    for object in nodes.iter_mut().filter_map(|node| node.object.as_mut()) {
        for member in object.members.iter_mut().filter(|member| member.declared) {
            member.free = match member.node {
                None => Kinds::LEAVES,
                Some(Child { link: None, id }) => free.get(index(id)).copied().unwrap_or_default(),
                Some(_) => Kinds::NONE,
            };
        }
        object.record = object.as_record();
    }
    for node in &mut nodes {
        let is_record = node.object.as_ref().is_some_and(|object| object.record.is_some());
        node.is_record =
            is_record && node.is_plain() && node.literals.is_none() && node.kinds.meets(Kinds::OBJECT);
    }
    let resources = list(program.get("resources"), |anchors| {
        let anchors = anchors.as_object()?.iter();
        anchors.map(|(name, node)| Some((name.as_str().into(), child(node)?))).collect()
    })?;
    Some(Decoded { nodes, resources, links: &[] })
}

fn list<T>(json: Option<&Json>, read: impl Fn(&Json) -> Option<T>) -> Option<Box<[T]>> {
    json.and_then(Json::as_array).unwrap_or_default().iter().map(read).collect()
}

fn child(json: &Json) -> Option<Child> {
    match json {
        Json::Number(id) => Some(Child { link: None, id: u32::try_from(id.as_i64()?).ok()? }),
        Json::Array(pair) => {
            let [Json::Number(link), Json::Number(id)] = pair.as_slice() else { return None };
            Some(Child {
                link: Some(u16::try_from(link.as_i64()?).ok()?),
                id: u32::try_from(id.as_i64()?).ok()?,
            })
        }
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Object(_) => None,
    }
}

/// The keywords of one node.
struct Keywords<'j>(&'j Map<Json>);

impl Keywords<'_> {
    fn has(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.0.contains_key(*keyword))
    }

    fn child(&self, keyword: &str) -> Option<Child> {
        self.0.get(keyword).and_then(child)
    }

    fn children(&self, keyword: &str) -> Option<Box<[Child]>> {
        list(self.0.get(keyword), child)
    }

    /// A limit; one beyond what a machine can count to is as good as the largest.
    fn size(&self, keyword: &str) -> Option<usize> {
        let Some(Json::Number(number)) = self.0.get(keyword) else { return None };
        Some(number.as_i64().and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX))
    }

    fn text(&self, keyword: &str) -> Option<&str> {
        self.0.get(keyword).and_then(Json::as_str)
    }

    fn number(&self, keyword: &str) -> Option<String> {
        match self.0.get(keyword) {
            Some(Json::Number(number)) => Some(number.to_string()),
            Some(_) | None => None,
        }
    }

    fn flag(&self, keyword: &str) -> bool {
        self.0.contains_key(keyword)
    }
}

fn node(json: &Json) -> Option<Node> {
    let Json::Object(members) = json else { return None };
    let keywords = Keywords(members);
    let kinds = match members.get("type") {
        Some(types) => {
            types.as_array()?.iter().try_fold(Kinds::NONE, |kinds, name| Some(kinds | kind(name)?))?
        }
        None => Kinds::ALL,
    };
    let has_text = keywords.has(&["minLength", "maxLength", "pattern", "format", "encoding", "json"]);
    let has_number =
        keywords.has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]);
    let has_array =
        keywords.has(&["prefixItems", "items", "minItems", "maxItems", "uniqueItems", "contains"]);
    let has_object = keywords.has(&[
        "members",
        "required",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
    ]);
    let has_more = keywords.has(&[
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "dynamic",
        "resource",
        "unevaluatedProperties",
        "unevaluatedItems",
    ]);
    let literals = match members.get("enum") {
        Some(values) => Some(Box::new(Literals::new(values.as_array()?))),
        None => None,
    };
    Some(Node {
        kinds,
        text: has_text.then(|| Box::new(text(&keywords))),
        number: has_number.then(|| Box::new(numeric(&keywords))),
        array: if has_array { Some(Box::new(array(&keywords)?)) } else { None },
        object: if has_object { Some(Box::new(object(&keywords)?)) } else { None },
        literals,
        more: if has_more { Some(Box::new(more(&keywords)?)) } else { None },
        is_record: false,
        streamed: match members.get("streamed") {
            None => Streamed::Nothing,
            Some(Json::String(_)) => Streamed::Own,
            Some(_) => Streamed::All,
        },
        unless_null: keywords.child("unlessNull"),
    })
}

fn kind(name: &Json) -> Option<Kinds> {
    Some(match name.as_str()? {
        "null" => Kinds::NULL,
        "boolean" => Kinds::BOOL,
        "integer" => Kinds::INTEGER | Kinds::WHOLE,
        // Of draft 4, where `1.0` is none.
        "plainInteger" => Kinds::INTEGER,
        "number" => Kinds::NUMBERS,
        "string" => Kinds::STRING,
        "array" => Kinds::ARRAY,
        "object" => Kinds::OBJECT,
        _ => return None,
    })
}

fn text(keywords: &Keywords<'_>) -> Text {
    let format = keywords.text("format").and_then(Format::named);
    let is_more = keywords.has(&["minLength", "maxLength", "pattern", "encoding", "json"]);
    Text {
        min: keywords.size("minLength").unwrap_or(0),
        max: keywords.size("maxLength"),
        pattern: keywords.text("pattern").map(Pattern::new),
        format,
        end: format.filter(|_| !is_more).and_then(Format::end),
        encoding: keywords.text("encoding").map(Into::into),
        is_json: keywords.flag("json"),
    }
}

fn numeric(keywords: &Keywords<'_>) -> Numeric {
    let bound = |keyword| keywords.number(keyword).and_then(|text| Bound::parse(&text));
    Numeric {
        min: bound("minimum"),
        max: bound("maximum"),
        above: bound("exclusiveMinimum"),
        below: bound("exclusiveMaximum"),
        step: keywords.number("multipleOf").and_then(|text| Step::parse(&text)),
    }
}

fn array(keywords: &Keywords<'_>) -> Option<Array> {
    let contains = keywords.child("contains").map(|node| Contains {
        node,
        min: keywords.size("minContains").unwrap_or(1),
        max: keywords.size("maxContains"),
        evaluates: keywords.flag("containsEvaluates"),
    });
    Some(Array {
        first: keywords.children("prefixItems")?,
        items: keywords.child("items"),
        min: keywords.size("minItems").unwrap_or(0),
        max: keywords.size("maxItems"),
        is_set: keywords.flag("uniqueItems"),
        contains,
    })
}

fn object(keywords: &Keywords<'_>) -> Option<Object> {
    let members = list(keywords.0.get("members"), |member| {
        let [name, rest @ ..] = member.as_array()? else { return None };
        let node = rest.first().and_then(child);
        let name = name.as_str()?;
        Some(Member { name: KnownName::new(name), declared: !rest.is_empty(), node, free: Kinds::NONE })
    })?;
    let position = |json: &Json| match json {
        Json::Number(number) => u16::try_from(number.as_i64()?).ok(),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    };
    let patterns = list(keywords.0.get("patternProperties"), |pair| {
        let [pattern, node] = pair.as_array()? else { return None };
        Some((Pattern::new(pattern.as_str()?), child(node)?))
    })?;
    let dependent_required = list(keywords.0.get("dependentRequired"), |pair| {
        let [member, others] = pair.as_array()? else { return None };
        Some((position(member)?, list(Some(others), position)?))
    })?;
    let dependent_schemas = list(keywords.0.get("dependentSchemas"), |pair| {
        let [member, node] = pair.as_array()? else { return None };
        Some((position(member)?, child(node)?))
    })?;
    let additional = match keywords.0.get("additionalProperties") {
        None => Additional::Anything,
        Some(Json::Bool(true)) => Additional::Evaluated,
        Some(Json::Bool(false)) => Additional::Refused,
        Some(node) => Additional::Checked(child(node)?),
    };
    Some(Object {
        lookup: Lookup::new(&members),
        members,
        required: list(keywords.0.get("required"), position)?.iter().map(|at| usize::from(*at)).collect(),
        patterns,
        additional,
        names: keywords.child("propertyNames"),
        min: keywords.size("minProperties").unwrap_or(0),
        max: keywords.size("maxProperties"),
        dependent_required,
        dependent_schemas,
        demands: Vec::new(),
        watched: Box::default(),
        record: None,
    })
}

fn more(keywords: &Keywords<'_>) -> Option<More> {
    let dynamic = keywords.0.get("dynamic").and_then(Json::as_array).and_then(|pair| {
        let [name, node] = pair else { return None };
        Some((name.as_str()?.into(), child(node)?))
    });
    Some(More {
        all: keywords.children("allOf")?,
        any: keywords.children("anyOf")?,
        one: keywords.children("oneOf")?,
        variants: keywords.children("variants")?,
        not: keywords.child("not"),
        condition: keywords.child("if").map(|node| (node, keywords.child("then"), keywords.child("else"))),
        dynamic,
        resource: keywords.size("resource").and_then(|at| u16::try_from(at).ok()),
        unevaluated_members: keywords.child("unevaluatedProperties"),
        unevaluated_items: keywords.child("unevaluatedItems"),
    })
}
