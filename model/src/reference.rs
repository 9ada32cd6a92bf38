use std::collections::{BTreeMap, HashSet};

use referencing::Uri;
use referencing::uri::resolve_against;
use serde_json::Value;

use crate::walk::children;
use crate::{Coordinates, Draft, Pointer, Subject, Version};

/// A `$ref` (or `$dynamicRef`, `$recursiveRef`) of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The place of the keyword in the document.
    pub pointer: Pointer,
    /// The reference as written.
    pub written: String,
    /// The resolved URI without its fragment.
    pub uri: String,
    /// What the reference leads to.
    pub target: Target,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A place in the same document.
    Here,
    /// A draft's metaschema, which every validator carries.
    Metaschema,
    /// A document by its place in the tree, such as `../common.money/1.0.0.json`.
    Named(Coordinates),
    /// A document by its `$id`.
    Identified(String),
}

/// The keywords that refer.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// Base of the retrieval URIs that stand for places in a tree. Internal: it is never written.
const TREE: &str = "json-schema:///schemas/";

/// Returns the URI under which a document is known before its `$id` is looked at.
pub(crate) fn retrieval_uri(at: &Coordinates) -> String {
    format!("{TREE}{}/{}.json", at.subject, at.version)
}

/// What a document says of identities and references.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// What the root's references are resolved against, when its `$id` says so.
    pub(crate) base: Option<String>,
    /// The root's `$id`, resolved; `None` when it has none, or one with a fragment: several
    /// documents may share what stands before the `#` (GBFS names a page of theirs), so it
    /// identifies none of them.
    pub(crate) id: Option<String>,
    pub(crate) references: Vec<Reference>,
    /// References that are not URI references at all, with what the parser said.
    pub(crate) malformed: Vec<(Pointer, String)>,
    /// Number of subschemas seen.
    pub(crate) nodes: usize,
    /// Whether a part has an identity, an anchor or a dialect of its own, or a reference is more
    /// than a JSON Pointer into the document.
    pub(crate) is_woven: bool,
    /// Whether a subschema names a dialect of its own.
    pub(crate) has_dialects: bool,
}

/// Finds the identities and references of a document.
pub(crate) fn links(document: &Value, at: &Coordinates, draft: Draft) -> Links {
    let retrieval = retrieval_uri(at);
    let mut scan = Scan {
        draft,
        links: Links::default(),
        place: Pointer::root(),
        seen: HashSet::new(),
        own: BTreeMap::new(),
        raw: Vec::new(),
        root: document,
    };
    scan.own.insert(retrieval.clone(), Pointer::root());
    if let Ok(base) = Uri::parse(retrieval) {
        scan.visit(document, &base);
        scan.follow_local_pointers(&base);
    }
    scan.finish()
}

struct Scan<'v> {
    draft: Draft,
    links: Links,
    /// Where the scan is.
    place: Pointer,
    /// The schemas seen, by address.
    seen: HashSet<usize>,
    /// Resources in this document: URI and place.
    own: BTreeMap<String, Pointer>,
    /// References in order: place, as written, resolved.
    raw: Vec<(Pointer, String, Uri<String>)>,
    root: &'v Value,
}

impl<'v> Scan<'v> {
    fn visit(&mut self, schema: &'v Value, base: &Uri<String>) {
        if !self.seen.insert(std::ptr::from_ref(schema) as usize) {
            return;
        }
        self.links.nodes += 1;
        let own = self.enter(schema, base);
        let base = own.as_ref().unwrap_or(base);
        if let Value::Object(members) = schema {
            for keyword in REFERENCES {
                let Some(Value::String(written)) = members.get(keyword) else { continue };
                self.links.is_woven |= keyword != "$ref" || pointer_of(written).is_none();
                let pointer = self.place.child(keyword);
                match resolve_against(&base.borrow(), written) {
                    Ok(uri) => self.raw.push((pointer, written.clone(), uri)),
                    Err(error) => self.links.malformed.push((pointer, error.to_string())),
                }
            }
        }
        children(schema, self.draft, &mut |way, child| {
            let back = self.place.len();
            way.step(&mut self.place);
            self.visit(child, base);
            self.place.truncate(back);
        });
    }

    /// Returns the base URI inside a schema where its identity sets one, and notes the identity.
    fn enter(&mut self, schema: &Value, base: &Uri<String>) -> Option<Uri<String>> {
        let Value::Object(members) = schema else { return None };
        let is_root = self.place.as_str().is_empty();
        if !is_root {
            self.links.has_dialects |= members.contains_key("$schema");
            self.links.is_woven |= ["$id", "id", "$schema"].iter().any(|name| members.contains_key(*name));
        }
        let Some(Value::String(id)) = members.get(self.draft.id_keyword()) else { return None };
        let hidden = self.draft.ref_hides_siblings() && members.contains_key("$ref");
        if hidden || id.starts_with('#') || id.is_empty() {
            return None;
        }
        let Ok(uri) = resolve_against(&base.borrow(), id) else {
            // The registry says what is wrong with it.
            self.links.is_woven = true;
            return None;
        };
        let identifies = uri.fragment().is_none_or(|fragment| fragment.as_str().is_empty());
        let uri = strip_fragment(&uri);
        if is_root {
            self.links.base = Some(uri.as_str().to_owned());
            self.links.id = identifies.then(|| uri.as_str().to_owned());
        }
        self.own.insert(uri.as_str().to_owned(), self.place.clone());
        Some(uri)
    }

    /// A pointer may lead into a place that no keyword calls a schema; what stands there counts.
    fn follow_local_pointers(&mut self, base: &Uri<String>) {
        let base = self.links.base.clone().and_then(|id| Uri::parse(id).ok()).unwrap_or_else(|| base.clone());
        let mut done = 0;
        while done < self.raw.len() {
            let uri = &self.raw[done].2;
            done += 1;
            let Some(fragment) = uri.fragment() else { continue };
            let Some(home) = self.own.get(strip_fragment(uri).as_str()) else { continue };
            let fragment = fragment.decode().to_string_lossy().into_owned();
            let pointer = Pointer::from_text(format!("{home}{fragment}"));
            if fragment.starts_with('/')
                && let Some(schema) = pointer.find(self.root)
            {
                self.place = pointer;
                self.visit(schema, &base);
            }
        }
    }

    fn finish(mut self) -> Links {
        for (pointer, written, uri) in std::mem::take(&mut self.raw) {
            let uri = strip_fragment(&uri).as_str().to_owned();
            let target = if self.own.contains_key(&uri) {
                Target::Here
            } else if is_metaschema(&uri) {
                Target::Metaschema
            } else if let Some(at) = named(&uri).or_else(|| by_layout(&written)) {
                Target::Named(at)
            } else {
                Target::Identified(uri.clone())
            };
            self.links.references.push(Reference { pointer, written, uri, target });
        }
        self.links
    }
}

/// Returns the JSON Pointer that a reference into its own document is, where it is spelt as one.
pub(crate) fn pointer_of(reference: &str) -> Option<&str> {
    let pointer = reference.strip_prefix('#')?;
    ((pointer.is_empty() || pointer.starts_with('/')) && !pointer.contains('%')).then_some(pointer)
}

fn strip_fragment(uri: &Uri<String>) -> Uri<String> {
    uri.strip_fragment().to_owned()
}

fn is_metaschema(uri: &str) -> bool {
    let bare = uri.trim_end_matches('#');
    referencing::SPECIFICATIONS.contains_resource(bare)
}

/// Reads the place in a tree that a retrieval URI stands for.
fn named(uri: &str) -> Option<Coordinates> {
    coordinates(uri.strip_prefix(TREE)?)
}

/// Reads a relative path of the layout, `../<subject>/<version>.json`.
///
/// By the specification a document with an absolute `$id` resolves it against that; a document
/// which is found there (by `$id`) wins, this reading is what an editor or a browser would do.
fn by_layout(written: &str) -> Option<Coordinates> {
    let path = written.split('#').next().unwrap_or(written);
    coordinates(path.strip_prefix("../")?)
}

fn coordinates(path: &str) -> Option<Coordinates> {
    let (subject, file) = path.split_once('/')?;
    let version = file.strip_suffix(".json")?;
    Some(Coordinates { subject: Subject::parse(subject).ok()?, version: Version::parse(version).ok()? })
}
