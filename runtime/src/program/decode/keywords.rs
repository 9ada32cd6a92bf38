//! Reads the keywords of one node. Anything that a newer generator could have meant differently is a defect.

use super::super::node_id::{NodeId, index};
use super::{Defect, malformed};
use crate::json::{Json, Map};
use crate::number::Number;

/// Every keyword of a node.
const KNOWN: [&str; 47] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "at",
    "contains",
    "containsEvaluates",
    "dependentRequired",
    "dependentSchemas",
    "dynamic",
    "else",
    "encoding",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "json",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "members",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "parts",
    "pattern",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "required",
    "resource",
    "streamed",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "unlessNull",
    "variants",
];

/// Keywords that have a meaning only beside another keyword.
const COMPANIONS: [(&str, &str); 7] = [
    ("containsEvaluates", "contains"),
    ("dependentRequired", "members"),
    ("dependentSchemas", "members"),
    ("else", "if"),
    ("maxContains", "contains"),
    ("minContains", "contains"),
    ("then", "if"),
];

/// The size of a program, which limits the numbers in its nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// The number of the node that is being read.
    pub(super) node: usize,
    pub(super) nodes: usize,
    pub(super) links: usize,
    pub(super) resources: usize,
}

impl Size {
    /// Reads a reference to a node: its number, or its distance from this node, such as `"+2"`. A generated program has
    /// distances, so that a new node changes few other lines of the program.
    pub(super) fn child(self, json: &Json) -> Option<NodeId> {
        let id = match json {
            Json::Number(number) => NodeId { link: None, number: u32::try_from(number).ok()? },
            Json::Array(pair) => {
                let [Json::Number(link), Json::Number(number)] = pair.as_slice() else { return None };
                NodeId { link: Some(u16::try_from(link).ok()?), number: u32::try_from(number).ok()? }
            }
            Json::String(distance) if distance.starts_with(['+', '-']) => {
                let number = self.node.checked_add_signed(distance.parse().ok()?)?;
                NodeId { link: None, number: u32::try_from(number).ok()? }
            }
            Json::Null | Json::Bool(_) | Json::String(_) | Json::Object(_) => return None,
        };
        let exists = match id.link {
            None => index(id.number) < self.nodes,
            // The number of nodes of another program is not known yet.
            Some(link) => usize::from(link) < self.links,
        };
        exists.then_some(id)
    }
}

/// The keywords of one node.
pub(super) struct Keywords<'j> {
    keywords: &'j Map<Json>,
    size: Size,
}

impl<'j> Keywords<'j> {
    /// Returns the keywords of a node, if all of them are known.
    pub(super) fn new(keywords: &'j Map<Json>, size: Size) -> Result<Self, Defect> {
        if let Some(unknown) = keywords.keys().find(|keyword| !KNOWN.contains(&keyword.as_str())) {
            return Err(format!("has the unknown keyword `{unknown}`"));
        }
        for (keyword, other) in COMPANIONS {
            if keywords.contains_key(keyword) && !keywords.contains_key(other) {
                return Err(format!("has the keyword `{keyword}` without `{other}`"));
            }
        }
        Ok(Self { keywords, size })
    }

    pub(super) fn has(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.keywords.contains_key(*keyword))
    }

    /// Reads a keyword with a function, which returns `None` if the value is malformed.
    pub(super) fn read<T>(
        &self,
        keyword: &str,
        read: impl FnOnce(&'j Json) -> Option<T>,
    ) -> Result<Option<T>, Defect> {
        match self.keywords.get(keyword) {
            None => Ok(None),
            Some(json) => read(json).map(Some).ok_or_else(|| malformed(keyword)),
        }
    }

    /// Reads a keyword whose value is one of several names.
    pub(super) fn named<T>(
        &self,
        keyword: &str,
        named: impl FnOnce(&'j str) -> Option<T>,
    ) -> Result<Option<T>, Defect> {
        let Some(name) = self.string(keyword)? else { return Ok(None) };
        named(name).map(Some).ok_or_else(|| unknown_name(keyword, name))
    }

    /// Reads a list with a function for each item. A missing list is empty.
    pub(super) fn list<T>(
        &self,
        keyword: &str,
        read: impl Fn(&'j Json) -> Option<T>,
    ) -> Result<Box<[T]>, Defect> {
        let list = self.read(keyword, |json| json.as_array()?.iter().map(&read).collect())?;
        Ok(list.unwrap_or_default())
    }

    pub(super) fn child(&self, keyword: &str) -> Result<Option<NodeId>, Defect> {
        self.read(keyword, |json| self.size.child(json))
    }

    pub(super) fn child_of(&self, json: &Json) -> Option<NodeId> {
        self.size.child(json)
    }

    pub(super) fn children(&self, keyword: &str) -> Result<Box<[NodeId]>, Defect> {
        self.list(keyword, |json| self.size.child(json))
    }

    /// Reads the location of a schema in the document of this program, or of a linked one.
    pub(super) fn location(&self, json: &Json) -> Option<(Option<u16>, Box<str>)> {
        if let Some(pointer) = json.as_str() {
            return Some((None, pointer.into()));
        }
        let [Json::Number(link), pointer] = json.as_array()? else { return None };
        let link = u16::try_from(link).ok().filter(|link| usize::from(*link) < self.size.links)?;
        Some((Some(link), pointer.as_str()?.into()))
    }

    /// Reads the number of a schema resource.
    pub(super) fn resource(&self, keyword: &str) -> Result<Option<u16>, Defect> {
        self.read(keyword, |json| {
            let resource = u16::try_from(number(json)?).ok()?;
            (usize::from(resource) < self.size.resources).then_some(resource)
        })
    }

    /// Reads a limit. A limit that does not fit a `usize` becomes the largest `usize`.
    pub(super) fn limit(&self, keyword: &str) -> Result<Option<usize>, Defect> {
        self.read(keyword, |json| {
            let limit = number(json)?;
            let is_natural = limit.is_integer() && Number::from(0) <= *limit;
            is_natural.then(|| usize::try_from(limit).unwrap_or(usize::MAX))
        })
    }

    pub(super) fn string(&self, keyword: &str) -> Result<Option<&'j str>, Defect> {
        self.read(keyword, Json::as_str)
    }

    /// Reads a number with a function that parses its text.
    pub(super) fn number<T>(
        &self,
        keyword: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Defect> {
        self.read(keyword, |json| parse(&number(json)?.to_string()))
    }

    /// Reads a keyword whose value is `true`.
    pub(super) fn flag(&self, keyword: &str) -> Result<bool, Defect> {
        let flag = self.read(keyword, |json| (*json == Json::Bool(true)).then_some(true))?;
        Ok(flag.unwrap_or(false))
    }
}

pub(super) fn unknown_name(keyword: &str, name: &str) -> Defect {
    format!("has the unknown {keyword} `{name}`")
}

fn number(json: &Json) -> Option<&Number> {
    match json {
        Json::Number(number) => Some(number),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
