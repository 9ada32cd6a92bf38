//! Decodes the text of a program.

use super::bound::{Bound, Divisor};
use super::enum_values::EnumValues;
use super::extract_conditions;
use super::node::{
    AdditionalProperties, Applicators, ArrayKeywords, ChecksWhileReading, Contains, Node, NodeSource,
    NumberKeywords, ObjectKeywords, Property, StringKeywords,
};
use super::node_id::{Anchors, NodeId, index};
use super::pattern::Pattern;
use super::property_index::PropertyIndex;
use crate::format::{Encoding, Format};
use crate::json::{Json, Map};
use crate::kinds::Kinds;
use crate::lexer::KnownName;

mod keywords;

use keywords::{Keywords, Size, unknown_name};

/// The format of programs that this runtime reads. A generator with another format needs another runtime.
pub const PROGRAM_FORMAT: u32 = 4;

/// The content of a program.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) nodes: Box<[Node]>,
    /// The numbers of the nodes that have a location, sorted by location.
    pub(super) by_location: Box<[u32]>,
    /// The dynamic anchors of each schema resource of the document.
    pub(super) resources: Box<[Anchors]>,
}

/// The reason why a text is no program, as the end of a sentence that starts with the program. A program with a defect
/// checks nothing, because its author could have meant more than this runtime understands.
pub(super) type Defect = String;

fn malformed(keyword: &str) -> Defect {
    format!("has a malformed `{keyword}`")
}

/// Returns the content of a program that refers to this number of other programs.
pub(super) fn decode(text: &str, links: usize) -> Result<Decoded, Defect> {
    let program = Json::parse(text).map_err(|error| format!("is not JSON ({error})"))?;
    let Json::Object(program) = program else { return Err("is not an object".to_owned()) };
    check_members(&program)?;
    let Some(nodes) = program.get("nodes").and_then(Json::as_array) else { return Err(malformed("nodes")) };
    let resources = match program.get("resources") {
        None => &[],
        Some(resources) => resources.as_array().ok_or_else(|| malformed("resources"))?,
    };
    let size = Size { node: 0, nodes: nodes.len(), links, resources: resources.len() };
    let nodes = nodes.iter().enumerate().map(|(number, json)| node(json, Size { node: number, ..size }));
    let mut nodes = nodes.collect::<Result<Box<[_]>, _>>()?;
    complete(&mut nodes);
    let location = |number: &u32| nodes.get(index(*number)).and_then(|node| node.source.location.as_deref());
    let mut by_location: Vec<u32> = (0..).take(nodes.len()).filter(|at| location(at).is_some()).collect();
    by_location.sort_by_key(location);
    let anchors = |resource: &Json| {
        let anchors = resource.as_object()?.iter();
        anchors.map(|(name, node)| Some((name.as_str().into(), size.child(node)?))).collect()
    };
    let resources = resources.iter().map(anchors).collect::<Option<_>>();
    let resources = resources.ok_or_else(|| malformed("resources"))?;
    Ok(Decoded { by_location: by_location.into(), nodes, resources })
}

/// Checks the format of a program and the names of its parts.
fn check_members(program: &Map<Json>) -> Result<(), Defect> {
    match program.get("format") {
        None => return Err(format!("has no format, and this runtime reads format {PROGRAM_FORMAT}")),
        Some(Json::Number(format)) if u32::try_from(format) == Ok(PROGRAM_FORMAT) => {}
        Some(format) => {
            let text = serde_json::to_string(format).unwrap_or_default();
            return Err(format!(
                "has the format {text}, and this runtime reads format {PROGRAM_FORMAT}: use the same version of \
                 evschema-codegen and evschema-runtime"
            ));
        }
    }
    match program.keys().find(|name| !matches!(name.as_str(), "format" | "nodes" | "resources")) {
        Some(unknown) => Err(format!("has the unknown part `{unknown}`")),
        None => Ok(()),
    }
}

/// Adds what follows from all nodes together.
fn complete(nodes: &mut [Node]) {
    extract_conditions::extract(nodes);
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
    for node in nodes {
        let is_simple = node.object.as_ref().is_some_and(|object| object.simple_required.is_some());
        node.is_simple_object = is_simple
            && node.has_only_own_keywords()
            && node.enum_values.is_none()
            && node.kinds.meets(Kinds::OBJECT);
    }
}

fn node(json: &Json, size: Size) -> Result<Node, Defect> {
    let Json::Object(keywords) = json else { return Err(malformed("nodes")) };
    let keywords = Keywords::new(keywords, size)?;
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
    let checks_while_reading = keywords.read("streamed", |json| {
        let is_all = *json == Json::Bool(true);
        let is_own = json.as_str() == Some("own");
        is_all.then_some(ChecksWhileReading::All).or(is_own.then_some(ChecksWhileReading::OwnKeywords))
    })?;
    Ok(Node {
        kinds: kinds(&keywords)?,
        string: if has_string { Some(Box::new(string(&keywords)?)) } else { None },
        number: if has_number { Some(Box::new(number(&keywords)?)) } else { None },
        array: if has_array { Some(Box::new(array(&keywords)?)) } else { None },
        object: if has_object { Some(Box::new(object(&keywords)?)) } else { None },
        enum_values: keywords.read("enum", |json| Some(Box::new(EnumValues::new(json.as_array()?))))?,
        applicators: if has_applicators { Some(Box::new(applicators(&keywords)?)) } else { None },
        variants: keywords.children("variants")?,
        is_simple_object: false,
        checks_while_reading: checks_while_reading.unwrap_or(ChecksWhileReading::None),
        unless_null: keywords.child("unlessNull")?,
        is_broken: false,
        source: Box::new(source(&keywords)?),
    })
}

fn source(keywords: &Keywords<'_>) -> Result<NodeSource, Defect> {
    let parts = keywords.list("parts", |part| keywords.location(part))?;
    let location = keywords.string("at")?.map(Into::into);
    Ok(NodeSource { location, parts, applicators: None })
}

fn kinds(keywords: &Keywords<'_>) -> Result<Kinds, Defect> {
    let Some(names) = keywords.read("type", Json::as_array)? else { return Ok(Kinds::ALL) };
    names.iter().try_fold(Kinds::NONE, |kinds, name| {
        let name = name.as_str().ok_or_else(|| malformed("type"))?;
        Ok(kinds | Kinds::named(name).ok_or_else(|| unknown_name("type", name))?)
    })
}

fn string(keywords: &Keywords<'_>) -> Result<StringKeywords, Defect> {
    let format = keywords.named("format", Format::named)?;
    let has_others = keywords.has(&["minLength", "maxLength", "pattern", "encoding", "json"]);
    Ok(StringKeywords {
        min_length: keywords.limit("minLength")?.unwrap_or(0),
        max_length: keywords.limit("maxLength")?,
        pattern: keywords.string("pattern")?.map(Pattern::new),
        format,
        find_end: format.filter(|_| !has_others).and_then(Format::find_end),
        content_encoding: keywords.named("encoding", Encoding::named)?,
        content_is_json: keywords.flag("json")?,
    })
}

fn number(keywords: &Keywords<'_>) -> Result<NumberKeywords, Defect> {
    let bound = |keyword| keywords.number(keyword, Bound::parse);
    Ok(NumberKeywords {
        minimum: bound("minimum")?,
        maximum: bound("maximum")?,
        exclusive_minimum: bound("exclusiveMinimum")?,
        exclusive_maximum: bound("exclusiveMaximum")?,
        multiple_of: keywords.number("multipleOf", Divisor::parse)?,
    })
}

fn array(keywords: &Keywords<'_>) -> Result<ArrayKeywords, Defect> {
    let contains = match keywords.child("contains")? {
        None => None,
        Some(node) => Some(Contains {
            node,
            min: keywords.limit("minContains")?.unwrap_or(1),
            max: keywords.limit("maxContains")?,
            evaluates: keywords.flag("containsEvaluates")?,
        }),
    };
    Ok(ArrayKeywords {
        prefix_items: keywords.children("prefixItems")?,
        items: keywords.child("items")?,
        min_items: keywords.limit("minItems")?.unwrap_or(0),
        max_items: keywords.limit("maxItems")?,
        unique_items: keywords.flag("uniqueItems")?,
        contains,
    })
}

fn object(keywords: &Keywords<'_>) -> Result<ObjectKeywords, Defect> {
    let properties = keywords.list("members", |property| {
        let (name, node) = match property.as_array()? {
            [name] => (name, None),
            [name, node] => (name, Some(keywords.child_of(node)?)),
            _ => return None,
        };
        Some(Property {
            name: KnownName::new(name.as_str()?),
            is_declared: node.is_some(),
            node,
            always_accepted: Kinds::NONE,
        })
    })?;
    let number = |json: &Json| match json {
        Json::Number(number) => {
            u16::try_from(number).ok().filter(|number| usize::from(*number) < properties.len())
        }
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    };
    let required = keywords.list("required", number)?;
    let patterns = keywords.list("patternProperties", |pair| {
        let [pattern, node] = pair.as_array()? else { return None };
        Some((Pattern::new(pattern.as_str()?), keywords.child_of(node)?))
    })?;
    let dependent_required = keywords.list("dependentRequired", |pair| {
        let [property, others] = pair.as_array()? else { return None };
        let others = others.as_array()?.iter().map(number).collect::<Option<_>>()?;
        Some((number(property)?, others))
    })?;
    let dependent_schemas = keywords.list("dependentSchemas", |pair| {
        let [property, node] = pair.as_array()? else { return None };
        Some((number(property)?, keywords.child_of(node)?))
    })?;
    let additional = keywords.read("additionalProperties", |json| {
        Some(match json {
            Json::Bool(true) => AdditionalProperties::Accepted,
            Json::Bool(false) => AdditionalProperties::Rejected,
            Json::Null | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => {
                AdditionalProperties::Checked(keywords.child_of(json)?)
            }
        })
    })?;
    let hashes = properties.iter().map(|property| property.name.hash().to_u64());
    Ok(ObjectKeywords {
        index: PropertyIndex::new(hashes),
        required: required.iter().map(|number| usize::from(*number)).collect(),
        properties,
        patterns,
        additional: additional.unwrap_or_default(),
        property_names: keywords.child("propertyNames")?,
        min_properties: keywords.limit("minProperties")?.unwrap_or(0),
        max_properties: keywords.limit("maxProperties")?,
        dependent_required,
        dependent_schemas,
        conditions: Vec::new(),
        recorded: Box::default(),
        simple_required: None,
    })
}

fn applicators(keywords: &Keywords<'_>) -> Result<Applicators, Defect> {
    let condition = match keywords.child("if")? {
        None => None,
        Some(node) => Some((node, keywords.child("then")?, keywords.child("else")?)),
    };
    let dynamic_ref = keywords.read("dynamic", |json| {
        let [name, node] = json.as_array()? else { return None };
        Some((name.as_str()?.into(), keywords.child_of(node)?))
    })?;
    Ok(Applicators {
        all_of: keywords.children("allOf")?,
        any_of: keywords.children("anyOf")?,
        one_of: keywords.children("oneOf")?,
        not: keywords.child("not")?,
        condition,
        dynamic_ref,
        resource: keywords.resource("resource")?,
        unevaluated_properties: keywords.child("unevaluatedProperties")?,
        unevaluated_items: keywords.child("unevaluatedItems")?,
    })
}
