//! Decodes the text of a program.

use super::bound::{Bound, Divisor};
use super::enum_values::EnumValues;
use super::extract_conditions;
use super::node::{
    AdditionalProperties, Applicators, ArrayKeywords, ChecksWhileReading, Contains, Node, NumberKeywords,
    ObjectKeywords, Property, StringKeywords,
};
use super::node_id::{Anchors, NodeId, index};
use super::pattern::Pattern;
use super::property_index::PropertyIndex;
use crate::format::Format;
use crate::json::{Json, Map};
use crate::kinds::Kinds;
use crate::lexer::KnownName;

/// The content of a program.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) nodes: Box<[Node]>,
    /// The numbers of nodes by the location of their schema.
    pub(super) locations: Vec<(Box<str>, u32)>,
    /// The dynamic anchors of each schema resource of the document.
    pub(super) resources: Box<[Anchors]>,
}

/// Returns the content of a program; `None` if the text is not a program.
pub(super) fn decode(text: &str) -> Option<Decoded> {
    let Json::Object(program) = Json::parse(text).ok()? else { return None };
    let mut nodes = list(program.get("nodes"), node)?;
    extract_conditions::extract(&mut nodes);
    let always_accepted: Vec<Kinds> = nodes.iter().map(Node::always_accepted).collect();
    for object in nodes.iter_mut().filter_map(|node| node.object.as_mut()) {
        for property in object.properties.iter_mut().filter(|property| property.is_declared) {
            property.always_accepted = match property.node {
                None => Kinds::SCALARS,
                Some(NodeId { link: None, number }) => {
                    always_accepted.get(index(number)).copied().unwrap_or_default()
                }
                Some(_) => Kinds::NONE,
            };
        }
        object.simple_required = object.required_if_simple();
    }
    for node in &mut nodes {
        let is_simple = node.object.as_ref().is_some_and(|object| object.simple_required.is_some());
        node.is_simple_object = is_simple
            && node.has_only_own_keywords()
            && node.enum_values.is_none()
            && node.kinds.meets(Kinds::OBJECT);
    }
    let resources = list(program.get("resources"), |anchors| {
        let anchors = anchors.as_object()?.iter();
        anchors.map(|(name, node)| Some((name.as_str().into(), child(node)?))).collect()
    })?;
    Some(Decoded { nodes, locations: locations(program.get("nodes")), resources })
}

/// Returns the numbers of the nodes that have a location.
fn locations(nodes: Option<&Json>) -> Vec<(Box<str>, u32)> {
    let nodes = nodes.and_then(Json::as_array).unwrap_or_default().iter().zip(0..);
    let located = nodes.filter_map(|(node, number)| {
        let Json::Object(keywords) = node else { return None };
        Some((keywords.get("at")?.as_str()?.into(), number))
    });
    located.collect()
}

fn list<T>(json: Option<&Json>, read: impl Fn(&Json) -> Option<T>) -> Option<Box<[T]>> {
    json.and_then(Json::as_array).unwrap_or_default().iter().map(read).collect()
}

fn child(json: &Json) -> Option<NodeId> {
    match json {
        Json::Number(number) => Some(NodeId { link: None, number: u32::try_from(number.as_i64()?).ok()? }),
        Json::Array(pair) => {
            let [Json::Number(link), Json::Number(number)] = pair.as_slice() else { return None };
            Some(NodeId {
                link: Some(u16::try_from(link.as_i64()?).ok()?),
                number: u32::try_from(number.as_i64()?).ok()?,
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

    fn child(&self, keyword: &str) -> Option<NodeId> {
        self.0.get(keyword).and_then(child)
    }

    fn children(&self, keyword: &str) -> Option<Box<[NodeId]>> {
        list(self.0.get(keyword), child)
    }

    /// Returns a limit. A limit that does not fit a `usize` becomes the largest `usize`.
    fn size(&self, keyword: &str) -> Option<usize> {
        let Some(Json::Number(number)) = self.0.get(keyword) else { return None };
        Some(number.as_i64().and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX))
    }

    fn string(&self, keyword: &str) -> Option<&str> {
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
    let Json::Object(keywords) = json else { return None };
    let keywords = Keywords(keywords);
    let kinds = match keywords.0.get("type") {
        Some(types) => {
            types.as_array()?.iter().try_fold(Kinds::NONE, |kinds, name| Some(kinds | kind(name)?))?
        }
        None => Kinds::ALL,
    };
    let has_string = keywords.has(&["minLength", "maxLength", "pattern", "format", "encoding", "json"]);
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
    let has_applicators = keywords.has(&[
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
    let enum_values = match keywords.0.get("enum") {
        Some(values) => Some(Box::new(EnumValues::new(values.as_array()?))),
        None => None,
    };
    Some(Node {
        kinds,
        string: has_string.then(|| Box::new(string(&keywords))),
        number: has_number.then(|| Box::new(number(&keywords))),
        array: if has_array { Some(Box::new(array(&keywords)?)) } else { None },
        object: if has_object { Some(Box::new(object(&keywords)?)) } else { None },
        enum_values,
        applicators: if has_applicators { Some(Box::new(applicators(&keywords)?)) } else { None },
        is_simple_object: false,
        checks_while_reading: match keywords.0.get("streamed") {
            None => ChecksWhileReading::None,
            Some(Json::String(_)) => ChecksWhileReading::OwnKeywords,
            Some(_) => ChecksWhileReading::All,
        },
        unless_null: keywords.child("unlessNull"),
    })
}

fn kind(name: &Json) -> Option<Kinds> {
    Some(match name.as_str()? {
        "null" => Kinds::NULL,
        "boolean" => Kinds::BOOL,
        "integer" => Kinds::INTEGER | Kinds::WHOLE,
        // The integers of draft 4, which do not include `1.0`.
        "plainInteger" => Kinds::INTEGER,
        "number" => Kinds::NUMBERS,
        "string" => Kinds::STRING,
        "array" => Kinds::ARRAY,
        "object" => Kinds::OBJECT,
        _ => return None,
    })
}

fn string(keywords: &Keywords<'_>) -> StringKeywords {
    let format = keywords.string("format").and_then(Format::named);
    let has_others = keywords.has(&["minLength", "maxLength", "pattern", "encoding", "json"]);
    StringKeywords {
        min_length: keywords.size("minLength").unwrap_or(0),
        max_length: keywords.size("maxLength"),
        pattern: keywords.string("pattern").map(Pattern::new),
        format,
        find_end: format.filter(|_| !has_others).and_then(Format::find_end),
        content_encoding: keywords.string("encoding").map(Into::into),
        content_is_json: keywords.flag("json"),
    }
}

fn number(keywords: &Keywords<'_>) -> NumberKeywords {
    let bound = |keyword| keywords.number(keyword).and_then(|text| Bound::parse(&text));
    NumberKeywords {
        minimum: bound("minimum"),
        maximum: bound("maximum"),
        exclusive_minimum: bound("exclusiveMinimum"),
        exclusive_maximum: bound("exclusiveMaximum"),
        multiple_of: keywords.number("multipleOf").and_then(|text| Divisor::parse(&text)),
    }
}

fn array(keywords: &Keywords<'_>) -> Option<ArrayKeywords> {
    let contains = keywords.child("contains").map(|node| Contains {
        node,
        min: keywords.size("minContains").unwrap_or(1),
        max: keywords.size("maxContains"),
        evaluates: keywords.flag("containsEvaluates"),
    });
    Some(ArrayKeywords {
        prefix_items: keywords.children("prefixItems")?,
        items: keywords.child("items"),
        min_items: keywords.size("minItems").unwrap_or(0),
        max_items: keywords.size("maxItems"),
        unique_items: keywords.flag("uniqueItems"),
        contains,
    })
}

fn object(keywords: &Keywords<'_>) -> Option<ObjectKeywords> {
    let properties = list(keywords.0.get("members"), |property| {
        let [name, rest @ ..] = property.as_array()? else { return None };
        let node = rest.first().and_then(child);
        let name = name.as_str()?;
        Some(Property {
            name: KnownName::new(name),
            is_declared: !rest.is_empty(),
            node,
            always_accepted: Kinds::NONE,
        })
    })?;
    let number = |json: &Json| match json {
        Json::Number(number) => u16::try_from(number.as_i64()?).ok(),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    };
    let patterns = list(keywords.0.get("patternProperties"), |pair| {
        let [pattern, node] = pair.as_array()? else { return None };
        Some((Pattern::new(pattern.as_str()?), child(node)?))
    })?;
    let dependent_required = list(keywords.0.get("dependentRequired"), |pair| {
        let [property, others] = pair.as_array()? else { return None };
        Some((number(property)?, list(Some(others), number)?))
    })?;
    let dependent_schemas = list(keywords.0.get("dependentSchemas"), |pair| {
        let [property, node] = pair.as_array()? else { return None };
        Some((number(property)?, child(node)?))
    })?;
    let additional = match keywords.0.get("additionalProperties") {
        None => AdditionalProperties::Unconstrained,
        Some(Json::Bool(true)) => AdditionalProperties::Accepted,
        Some(Json::Bool(false)) => AdditionalProperties::Rejected,
        Some(node) => AdditionalProperties::Checked(child(node)?),
    };
    let hashes = properties.iter().map(|property| property.name.hash().to_u64());
    Some(ObjectKeywords {
        index: PropertyIndex::new(hashes),
        properties,
        required: list(keywords.0.get("required"), number)?
            .iter()
            .map(|number| usize::from(*number))
            .collect(),
        patterns,
        additional,
        property_names: keywords.child("propertyNames"),
        min_properties: keywords.size("minProperties").unwrap_or(0),
        max_properties: keywords.size("maxProperties"),
        dependent_required,
        dependent_schemas,
        conditions: Vec::new(),
        #[cfg(feature = "explain")]
        copies: keywords.size("copies").and_then(|copies| u32::try_from(copies).ok()).unwrap_or(1),
        recorded: Box::default(),
        simple_required: None,
    })
}

fn applicators(keywords: &Keywords<'_>) -> Option<Applicators> {
    let dynamic_ref = keywords.0.get("dynamic").and_then(Json::as_array).and_then(|pair| {
        let [name, node] = pair else { return None };
        Some((name.as_str()?.into(), child(node)?))
    });
    Some(Applicators {
        all_of: keywords.children("allOf")?,
        any_of: keywords.children("anyOf")?,
        one_of: keywords.children("oneOf")?,
        variants: keywords.children("variants")?,
        not: keywords.child("not"),
        condition: keywords.child("if").map(|node| (node, keywords.child("then"), keywords.child("else"))),
        dynamic_ref,
        resource: keywords.size("resource").and_then(|number| u16::try_from(number).ok()),
        unevaluated_properties: keywords.child("unevaluatedProperties"),
        unevaluated_items: keywords.child("unevaluatedItems"),
    })
}
