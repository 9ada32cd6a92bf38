use evschema_model::Draft;
use referencing::uri::resolve_against;
use referencing::{SPECIFICATIONS, Uri};
use serde_json::Value;

use crate::atlas::{Atlas, DocumentId, Lead, Place};

/// A schema and its home: a document of the atlas, or a metaschema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'c> {
    pub(super) home: Home,
    pub(super) value: &'c Value,
    pub(super) draft: Draft,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Document(DocumentId),
    /// The root of a metaschema.
    Specification(&'static Value),
}

/// Keywords that never reject a value.
const ANNOTATIONS: [&str; 17] = [
    "$comment",
    "$schema",
    "$anchor",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$vocabulary",
    "contentSchema",
    "id",
    "$dynamicAnchor",
];

/// Returns whether a keyword never rejects a value.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

impl<'c> Spot<'c> {
    pub(super) fn of_place(atlas: &Atlas<'c>, place: Place) -> Self {
        let home = Home::Document(atlas.document(place));
        Self { home, value: atlas.value(place), draft: atlas.draft(place) }
    }

    pub(super) fn of_specification(uri: &str, fragment: &str) -> Option<Self> {
        let registry: &'static referencing::Registry<'static> = &SPECIFICATIONS;
        let base = Uri::parse(uri.trim_end_matches('#').to_owned()).ok()?;
        let resolver = registry.resolver(base);
        let root = resolver.lookup("").ok()?.contents();
        let value = resolver.lookup(fragment).ok()?.contents();
        let draft = [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909]
            .into_iter()
            .find(|draft| {
                let folder = |uri: &str| uri.split('/').take(5).collect::<Vec<_>>().join("/");
                folder(draft.uri().trim_end_matches('#')) == folder(uri.trim_end_matches('#'))
            })
            .unwrap_or(Draft::Draft202012);
        Some(Self { home: Home::Specification(root), value, draft })
    }

    /// Returns the address of the value. The address identifies the spot, because values do not move.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self.value).addr()
    }

    pub(super) fn inside(&self, value: &'c Value) -> Self {
        Self { value, ..*self }
    }

    pub(super) fn keyword(&self, keyword: &str) -> Option<&'c Value> {
        self.value.as_object()?.get(keyword)
    }

    pub(super) fn place(&self, atlas: &Atlas<'c>) -> Option<Place> {
        match self.home {
            Home::Document(_) => atlas.place_of(self.value),
            Home::Specification(_) => None,
        }
    }

    /// Returns the target of a reference.
    pub(super) fn target(&self, atlas: &Atlas<'c>, keyword: &str) -> Option<Self> {
        let written = self.keyword(keyword)?.as_str()?;
        match self.home {
            Home::Document(document) => match atlas.lead(document, self.value, keyword)? {
                Lead::Place(place) => Some(Self::of_place(atlas, *place)),
                Lead::Specification { uri, fragment } => Self::of_specification(uri, fragment),
            },
            Home::Specification(root) => {
                let id = root.get("$id").or_else(|| root.get("id"))?.as_str()?;
                let base = Uri::parse(id.trim_end_matches('#').to_owned()).ok()?;
                let uri = resolve_against(&base.borrow(), written).ok()?;
                let (uri, fragment) = match uri.as_str().split_once('#') {
                    Some((uri, _)) => {
                        (uri.to_owned(), &written[written.find('#').unwrap_or(written.len())..])
                    }
                    None => (uri.as_str().to_owned(), ""),
                };
                Self::of_specification(&uri, fragment)
            }
        }
    }

    /// Returns the target of the schema's `$ref`, if no other keyword of the schema has an effect.
    pub(super) fn only_refers(&self, atlas: &Atlas<'c>) -> Option<Self> {
        let members = self.value.as_object()?;
        let hides = self.draft.ref_hides_siblings();
        let only = members.keys().all(|keyword| keyword == "$ref" || hides || is_annotation(keyword));
        if members.contains_key("$ref") && only { self.target(atlas, "$ref") } else { None }
    }

    /// Returns the root of the resource that contains the schema.
    pub(super) fn resource_root(&self, atlas: &Atlas<'c>) -> Self {
        match self.home {
            Home::Specification(root) => self.inside(root),
            Home::Document(document) => {
                let root = atlas.schema(document).value();
                let Some(place) = self.place(atlas) else { return self.inside(root) };
                let mut found = root;
                let mut at = root;
                for token in atlas.pointer(place).tokens() {
                    let next = match at {
                        Value::Object(members) => members.get(&token),
                        Value::Array(items) => token.parse().ok().and_then(|at: usize| items.get(at)),
                        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
                    };
                    let Some(next) = next else { break };
                    at = next;
                    if self.is_resource(at) {
                        found = at;
                    }
                }
                self.inside(found)
            }
        }
    }

    fn is_resource(&self, value: &Value) -> bool {
        let hidden = self.draft.ref_hides_siblings() && value.get("$ref").is_some();
        let id = value.get(self.draft.id_keyword()).and_then(Value::as_str);
        id.is_some_and(|id| !id.is_empty() && !id.starts_with('#')) && !hidden
    }

    /// Returns the dynamic anchors of the resource with this root, by name. The name of a `$recursiveAnchor` is empty.
    pub(super) fn dynamic_anchors(&self) -> Vec<(String, Self)> {
        let mut found = Vec::new();
        if self.keyword("$recursiveAnchor") == Some(&Value::Bool(true)) {
            found.push((String::new(), *self));
        }
        let mut open = vec![self.value];
        while let Some(value) = open.pop() {
            if !std::ptr::eq(value, self.value) && self.is_resource(value) {
                continue;
            }
            if let Some(name) = value.get("$dynamicAnchor").and_then(Value::as_str) {
                found.push((name.to_owned(), self.inside(value)));
            }
            match value {
                Value::Object(members) => {
                    const VALUES: [&str; 4] = ["enum", "const", "default", "examples"];
                    open.extend(
                        members.iter().filter(|(name, _)| !VALUES.contains(&name.as_str())).map(|m| m.1),
                    );
                }
                Value::Array(items) => open.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        found
    }
}
