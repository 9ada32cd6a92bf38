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
    /// The target of the reference.
    pub target: Target,
}

/// The target of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A place in the same document.
    Here,
    /// The metaschema of a draft, which every validator contains.
    Metaschema,
    /// A document by its place in the tree, such as `../common.money/1.0.0.json`.
    Named(Coordinates),
    /// A document by its `$id`.
    Identified(String),
}

/// The keywords with a reference as their value.
pub(crate) const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// The base of the retrieval URIs, which identify places in a tree. These URIs are internal; no output contains them.
const TREE: &str = "json-schema:///schemas/";

/// Returns the URI of a document's place in the tree, which is the base URI of the document without its `$id`.
pub(crate) fn retrieval_uri(at: &Coordinates) -> String {
    format!("{TREE}{}/{}.json", at.subject, at.version)
}

/// The identities and references of a document, and other facts that the same scan finds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// The base URI of the root's references, if the root's `$id` sets one.
    pub(crate) base: Option<String>,
    /// The resolved `$id` of the root; `None` if the `$id` is missing or has a fragment. If it has a fragment, several
    /// documents may share the part before the `#`, so that part identifies none of them. Example: the schemas of GBFS
    /// use the URL of one documentation page.
    pub(crate) id: Option<String>,
    /// The identities of the root and of its subschemas.
    pub(crate) identities: Vec<Identity>,
    pub(crate) references: Vec<Reference>,
    /// Values that are not URI references, with the error of the parser.
    pub(crate) malformed: Vec<(Pointer, String)>,
    /// The number of subschemas.
    pub(crate) nodes: usize,
    /// The patterns of its subschemas.
    pub(crate) patterns: BTreeSet<String>,
    /// Whether the library must resolve the references: a subschema has an identity or a dialect of its own, or a
    /// reference is more than a JSON Pointer into the document.
    pub(crate) needs_resolver: bool,
    /// Whether a document of draft 4 has a keyword that contains subschemas only in later drafts. The library looks for
    /// references in these subschemas too.
    pub(crate) has_later_keywords: bool,
    /// Whether a subschema of a draft up to 7 has `dependencies`.
    pub(crate) has_dependencies: bool,
    /// The places of `dependencies` in subschemas of later drafts, which ignore this keyword.
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
    /// The draft of the current subschema: a `$schema` below the root may name another draft.
    part_draft: Draft,
    links: Links,
    /// The place at which the scan began, and the path from there to the current place.
    start: Pointer,
    ways: Vec<Way<'v>>,
    /// The visited schemas, by address.
    seen: HashSet<usize>,
    /// The resources of this document: URI and place.
    own: BTreeMap<String, Pointer>,
    /// The references, in document order.
    raw: Vec<Raw>,
    root: &'v Value,
}

/// A reference without its target, which the scan finds later.
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
        let scanned = Scanned::of(members);
        for pattern in scanned.patterns() {
            if !self.links.patterns.contains(pattern) {
                self.links.patterns.insert(pattern.to_owned());
            }
        }
        self.links.has_later_keywords |=
            !self.draft.has_boolean_schemas() && members.keys().any(|name| holds_later(name, self.draft));
        let outer_draft = self.part_draft;
        self.part_draft = scanned.dialect.and_then(Draft::of_uri).unwrap_or(outer_draft);
        self.note_dependencies(&scanned);
        let own = self.enter(&scanned, base);
        let base = own.as_ref().unwrap_or(base);
        for (keyword, written) in REFERENCES.into_iter().zip(scanned.references) {
            match written {
                Some(Value::String(written)) => self.refer(keyword, written, base),
                // The metaschema of draft 4 allows any value here.
                Some(_) => self.links.needs_resolver = true,
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

    /// Records whether the draft of the current schema applies its `dependencies` or ignores it.
    fn note_dependencies(&mut self, scanned: &Scanned<'_>) {
        if !scanned.has_dependencies {
            return;
        }
        if self.part_draft.has_dependencies() {
            self.links.has_dependencies = true;
        } else {
            let place = self.place().child("dependencies");
            self.links.ignored_dependencies.push(place);
        }
    }

    /// Returns the current place. The scan builds a pointer only here, because few places have a reference or an
    /// identity.
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
        self.links.needs_resolver |= keyword != "$ref" || inside.is_none();
        if let Some(inside) = inside.filter(|inside| inside.bytes().all(is_plain_in_uri)) {
            // The resolution below would have the same result, but takes much longer.
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

    /// Records the identity of a schema. Returns the base URI inside the schema, if the identity sets one.
    fn enter(&mut self, scanned: &Scanned<'_>, base: &Uri<String>) -> Option<Uri<String>> {
        let is_root = self.ways.is_empty() && self.start.as_str().is_empty();
        if !is_root {
            self.links.needs_resolver |=
                scanned.id.is_some() || scanned.old_id.is_some() || scanned.names_dialect;
        }
        let (id, other) = ((scanned.id, "$id"), (scanned.old_id, "id"));
        let ((id, keyword), other) = if self.draft.id_keyword() == "id" { (other, id) } else { (id, other) };
        if let (Some(Value::String(id)), keyword) = other
            && !is_root
        {
            self.note_identity(id, keyword, base);
        }
        let Some(Value::String(id)) = id else { return None };
        let hidden = self.draft.ref_hides_siblings() && scanned.references[0].is_some();
        if hidden || id.starts_with('#') || id.is_empty() {
            return None;
        }
        let Ok(uri) = resolve_against(&base.borrow(), id) else {
            // The registry of the library reports the error.
            self.links.needs_resolver = true;
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

    /// Records an identity that a subschema has only if its draft is not the document's draft.
    fn note_identity(&mut self, id: &str, keyword: &str, base: &Uri<String>) {
        if let Ok(uri) = resolve_against(&base.borrow(), id) {
            let (uri, pointer) = (strip_fragment(&uri).as_str().to_owned(), self.place().child(keyword));
            self.links.identities.push(Identity { pointer, uri, is_root: false, counts: false });
        }
    }

    /// Scans the targets of references into the document. A reference may lead to a place that is no subschema by its
    /// keyword, but its target is a schema too.
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

/// The values of the keywords that the scan needs, found in one pass over the properties of a schema.
#[derive(Default)]
struct Scanned<'v> {
    /// `$id`, and its name in draft 4, `id`.
    id: Option<&'v Value>,
    old_id: Option<&'v Value>,
    names_dialect: bool,
    dialect: Option<&'v str>,
    has_dependencies: bool,
    /// In the order of [`REFERENCES`].
    references: [Option<&'v Value>; 3],
    pattern: Option<&'v Value>,
    pattern_properties: Option<&'v Value>,
}

impl<'v> Scanned<'v> {
    fn of(members: &'v Map<String, Value>) -> Self {
        let mut scanned = Self::default();
        for (name, value) in members {
            match name.as_str() {
                "$id" => scanned.id = Some(value),
                "id" => scanned.old_id = Some(value),
                "$schema" => {
                    scanned.names_dialect = true;
                    scanned.dialect = value.as_str();
                }
                "dependencies" => scanned.has_dependencies = true,
                "pattern" => scanned.pattern = Some(value),
                "patternProperties" => scanned.pattern_properties = Some(value),
                name if name.starts_with('$') => {
                    if let Some(at) = REFERENCES.iter().position(|keyword| *keyword == name) {
                        scanned.references[at] = Some(value);
                    }
                }
                _ => {}
            }
        }
        scanned
    }

    fn patterns(&self) -> impl Iterator<Item = &'v str> {
        let names = self.pattern_properties.and_then(Value::as_object).into_iter().flat_map(Map::keys);
        self.pattern.and_then(Value::as_str).into_iter().chain(names.map(String::as_str))
    }
}

/// Returns whether a byte of a fragment is known to need no percent-encoding (RFC 3986, section 3.5). The list omits
/// some such bytes.
fn is_plain_in_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._~-$@:".contains(&byte)
}

/// Returns the JSON Pointer of a reference into its own document; `None` if the reference has another form, or is
/// percent-encoded.
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

/// Returns the version at the place that a retrieval URI identifies.
fn named(uri: &str) -> Option<Coordinates> {
    coordinates(uri.strip_prefix(TREE)?)
}

/// Returns the version that a relative path names by the layout of the tree, `../<subject>/<version>.json`.
///
/// By the specification, a document with an absolute `$id` resolves the path against this `$id`. Here, the layout
/// decides, as in an editor or a browser. Otherwise, a document could take over the reference if its `$id` is the
/// resolved URI.
fn by_layout(written: &str) -> Option<Coordinates> {
    let path = written.split('#').next().unwrap_or(written);
    coordinates(path.strip_prefix("../")?)
}

fn coordinates(path: &str) -> Option<Coordinates> {
    let (subject, file) = path.split_once('/')?;
    let version = file.strip_suffix(".json")?;
    Some(Coordinates { subject: Subject::parse(subject).ok()?, version: Version::parse(version).ok()? })
}
