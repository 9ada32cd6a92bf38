use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashSet, HashSetExt as _};
use referencing::Uri;
use referencing::uri::resolve_against;
use serde_json::{Map, Value};

use crate::coordinates::Coordinates;
use crate::dialect::Draft;
use crate::identity::Identity;
use crate::pointer::Pointer;
use crate::subject::Subject;
use crate::version::Version;
use crate::walk::{Way, children, holds_later};

/// A `$ref` (or `$dynamicRef`, `$recursiveRef`) of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    /// The identities of the root and of its parts.
    pub(crate) identities: Vec<Identity>,
    pub(crate) references: Vec<Reference>,
    /// References that are not URI references at all, with what the parser said.
    pub(crate) malformed: Vec<(Pointer, String)>,
    /// Number of subschemas seen.
    pub(crate) nodes: usize,
    /// The patterns of its subschemas.
    pub(crate) patterns: BTreeSet<String>,
    /// Whether a part has an identity, an anchor or a dialect of its own, or a reference is more
    /// than a JSON Pointer into the document.
    pub(crate) is_woven: bool,
    /// Whether a part in draft 4 has a keyword that holds subschemas in later drafts only, in which the library
    /// looks for references all the same.
    pub(crate) is_ahead: bool,
    /// Whether a part in a draft up to 7 has `dependencies`.
    pub(crate) has_dependencies: bool,
    /// The places of `dependencies` in parts of later drafts, in which it is no keyword.
    pub(crate) ignored_dependencies: Vec<Pointer>,
}

/// Finds the identities and references of a document.
pub(crate) fn links(document: &Value, at: &Coordinates, draft: Draft) -> Links {
    let retrieval = retrieval_uri(at);
    let mut scan = Scan {
        draft,
        part_draft: draft,
        links: Links::default(),
        start: Pointer::root(),
        ways: Vec::new(),
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
    /// The draft of the part that the scan is in: a `$schema` below the root may name another.
    part_draft: Draft,
    links: Links,
    /// Where the scan began, and the way from there to where it is.
    start: Pointer,
    ways: Vec<Way<'v>>,
    /// The schemas seen, by address.
    seen: HashSet<usize>,
    /// Resources in this document: URI and place.
    own: BTreeMap<String, Pointer>,
    /// References in order.
    raw: Vec<Raw>,
    root: &'v Value,
}

/// A reference whose target is not looked up yet.
struct Raw {
    pointer: Pointer,
    written: String,
    /// The resolved URI without its fragment.
    home: String,
    fragment: Option<String>,
}

impl<'v> Scan<'v> {
    fn visit(&mut self, schema: &'v Value, base: &Uri<String>) {
        if !self.seen.insert(std::ptr::from_ref(schema) as usize) {
            return;
        }
        self.links.nodes += 1;
        let Value::Object(members) = schema else { return };
        let said = Said::of(members);
        for pattern in said.patterns() {
            if !self.links.patterns.contains(pattern) {
                self.links.patterns.insert(pattern.to_owned());
            }
        }
        self.links.is_ahead |=
            !self.draft.has_boolean_schemas() && members.keys().any(|name| holds_later(name, self.draft));
        let outer_draft = self.part_draft;
        self.part_draft = said.dialect.and_then(Draft::of_uri).unwrap_or(outer_draft);
        self.note_dependencies(&said);
        let own = self.enter(&said, base);
        let base = own.as_ref().unwrap_or(base);
        for (keyword, written) in REFERENCES.into_iter().zip(said.references) {
            match written {
                Some(Value::String(written)) => self.refer(keyword, written, base),
                // The metaschema of draft 4 lets anything stand there.
                Some(_) => self.links.is_woven = true,
                None => {}
            }
        }
        children(schema, self.draft, &mut |way, child| {
            self.ways.push(way);
            self.visit(child, base);
            self.ways.pop();
        });
        self.part_draft = outer_draft;
    }

    /// Notes whether `dependencies` is a keyword of the schema that the scan is at.
    fn note_dependencies(&mut self, said: &Said<'_>) {
        if !said.has_dependencies {
            return;
        }
        if self.part_draft.has_dependencies() {
            self.links.has_dependencies = true;
        } else {
            let place = self.place().child("dependencies");
            self.links.ignored_dependencies.push(place);
        }
    }

    /// Returns where the scan is: asked for at the few places that refer or are referred to.
    fn place(&self) -> Pointer {
        let mut place = self.start.clone();
        for way in &self.ways {
            way.step(&mut place);
        }
        place
    }

    fn refer(&mut self, keyword: &str, written: &str, base: &Uri<String>) {
        let pointer = self.place().child(keyword);
        let inside = pointer_of(written);
        self.links.is_woven |= keyword != "$ref" || inside.is_none();
        if let Some(inside) = inside.filter(|inside| inside.bytes().all(is_plain_in_uri)) {
            // What resolving would find, at a fraction of its cost.
            let (home, fragment) = (base.as_str().to_owned(), Some(inside.to_owned()));
            self.raw.push(Raw { pointer, written: written.to_owned(), home, fragment });
            return;
        }
        match resolve_against(&base.borrow(), written) {
            Ok(uri) => {
                let fragment =
                    uri.fragment().map(|fragment| fragment.decode().to_string_lossy().into_owned());
                let home = strip_fragment(&uri).as_str().to_owned();
                self.raw.push(Raw { pointer, written: written.to_owned(), home, fragment });
            }
            Err(error) => self.links.malformed.push((pointer, error.to_string())),
        }
    }

    /// Returns the base URI inside a schema where its identity sets one, and notes the identity.
    fn enter(&mut self, said: &Said<'_>, base: &Uri<String>) -> Option<Uri<String>> {
        let is_root = self.ways.is_empty() && self.start.as_str().is_empty();
        if !is_root {
            self.links.is_woven |= said.id.is_some() || said.old_id.is_some() || said.names_dialect;
        }
        let (id, other) = ((said.id, "$id"), (said.old_id, "id"));
        let ((id, keyword), other) = if self.draft.id_keyword() == "id" { (other, id) } else { (id, other) };
        if let (Some(Value::String(id)), keyword) = other
            && !is_root
        {
            self.note_identity(id, keyword, base);
        }
        let Some(Value::String(id)) = id else { return None };
        let hidden = self.draft.ref_hides_siblings() && said.references[0].is_some();
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
        let place = self.place();
        let pointer = place.child(keyword);
        self.links.identities.push(Identity { pointer, uri: uri.as_str().to_owned(), is_root, counts: true });
        self.own.insert(uri.as_str().to_owned(), place);
        Some(uri)
    }

    /// Notes an identity that a part may have in another draft than the document's.
    fn note_identity(&mut self, id: &str, keyword: &str, base: &Uri<String>) {
        if let Ok(uri) = resolve_against(&base.borrow(), id) {
            let (uri, pointer) = (strip_fragment(&uri).as_str().to_owned(), self.place().child(keyword));
            self.links.identities.push(Identity { pointer, uri, is_root: false, counts: false });
        }
    }

    /// A pointer may lead into a place that no keyword calls a schema; what stands there counts.
    fn follow_local_pointers(&mut self, base: &Uri<String>) {
        let base = self.links.base.clone().and_then(|id| Uri::parse(id).ok()).unwrap_or_else(|| base.clone());
        let mut done = 0;
        while done < self.raw.len() {
            let Raw { home, fragment, .. } = &self.raw[done];
            done += 1;
            let Some(fragment) = fragment.as_deref().filter(|fragment| fragment.starts_with('/')) else {
                continue;
            };
            let Some(home) = self.own.get(home) else { continue };
            let pointer = Pointer::from_text(format!("{home}{fragment}"));
            if let Some(schema) = pointer.find(self.root) {
                self.start = pointer;
                self.visit(schema, &base);
            }
        }
    }

    fn finish(mut self) -> Links {
        for Raw { pointer, written, home: uri, .. } in std::mem::take(&mut self.raw) {
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

/// What a schema says of identities and references, found in one look at its members.
#[derive(Default)]
struct Said<'v> {
    /// `$id`, and what it was called in draft 4.
    id: Option<&'v Value>,
    old_id: Option<&'v Value>,
    names_dialect: bool,
    dialect: Option<&'v str>,
    has_dependencies: bool,
    /// As [`REFERENCES`] are.
    references: [Option<&'v Value>; 3],
    pattern: Option<&'v Value>,
    pattern_properties: Option<&'v Value>,
}

impl<'v> Said<'v> {
    fn of(members: &'v Map<String, Value>) -> Self {
        let mut said = Self::default();
        for (name, value) in members {
            match name.as_str() {
                "$id" => said.id = Some(value),
                "id" => said.old_id = Some(value),
                "$schema" => {
                    said.names_dialect = true;
                    said.dialect = value.as_str();
                }
                "dependencies" => said.has_dependencies = true,
                "pattern" => said.pattern = Some(value),
                "patternProperties" => said.pattern_properties = Some(value),
                name if name.starts_with('$') => {
                    if let Some(at) = REFERENCES.iter().position(|keyword| *keyword == name) {
                        said.references[at] = Some(value);
                    }
                }
                _ => {}
            }
        }
        said
    }

    fn patterns(&self) -> impl Iterator<Item = &'v str> {
        let names = self.pattern_properties.and_then(Value::as_object).into_iter().flat_map(Map::keys);
        self.pattern.and_then(Value::as_str).into_iter().chain(names.map(String::as_str))
    }
}

/// Tells whether a byte of a fragment stands for itself (RFC 3986, section 3.5; some that do are
/// left out).
fn is_plain_in_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._~-$@:".contains(&byte)
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
/// By the specification a document with an absolute `$id` resolves it against that. Here the layout wins, as in an
/// editor or a browser: otherwise whoever gives a document that `$id` decides what the reference means.
fn by_layout(written: &str) -> Option<Coordinates> {
    let path = written.split('#').next().unwrap_or(written);
    coordinates(path.strip_prefix("../")?)
}

fn coordinates(path: &str) -> Option<Coordinates> {
    let (subject, file) = path.split_once('/')?;
    let version = file.strip_suffix(".json")?;
    Some(Coordinates { subject: Subject::parse(subject).ok()?, version: Version::parse(version).ok()? })
}
