//! Checks the identities of a document: its `$id`, and those of its subschemas.
//!
//! The URI of each place in the tree belongs to the document at this place. If another document had such a URI, it
//! would change the targets of later references to this place.

use serde_json::Value;

use crate::coordinates::Coordinates;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Positions;
use crate::limits;
use crate::pointer::Pointer;
use crate::reference::retrieval_uri;
use crate::schema::Schema;
use crate::subject::Subject;
use crate::version::Version;

/// An identity that a document gives itself or one of its subschemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The place of the keyword.
    pub(crate) pointer: Pointer,
    /// The resolved URI, without its fragment.
    pub(crate) uri: String,
    /// Whether it is the identity of the root.
    pub(crate) is_root: bool,
    /// Whether the keyword is an identity in the document's draft. The scan records `id` and `$id` of subschemas in
    /// every draft, because a subschema may name another draft.
    pub(crate) counts: bool,
}

impl Schema {
    /// Returns the errors in the document's identities.
    ///
    /// Only the root's `$id` may name a place in the tree, and only the document's own place. This rule covers every
    /// spelling: relative or absolute, percent-encoded, with another case, and below each of `bases`, the URLs under
    /// which registries serve the tree. Nothing may have the `$id` of a draft's metaschema, except a copy of this
    /// metaschema.
    pub fn identity_errors(&self, bases: &[&str]) -> Diagnostics {
        let mut wrong = Diagnostics::new();
        let positions = Positions::of(self.document());
        for identity in self.identities() {
            let keyword = Pointer::tokens(&identity.pointer).last().unwrap_or_default();
            let found = self.place_error(identity, bases, &keyword).or_else(|| {
                let takes_metaschema = identity.counts && is_other_metaschema(identity, self);
                takes_metaschema.then(|| {
                    let message = format!("`{keyword}` `{}` belongs to JSON Schema itself", identity.uri);
                    Diagnostic::new(Code::ForeignId, message)
                        .help(format!("give the document another `{keyword}`, or remove it"))
                })
            });
            wrong.extend(found.map(|diagnostic| {
                let position = positions.closest(&identity.pointer);
                diagnostic.at(identity.pointer.clone()).position(position)
            }));
        }
        wrong
    }

    /// Returns the version whose place the root's `$id` names. The place is in the tree, or below one of `bases`.
    pub fn claimed_place(&self, bases: &[&str]) -> Option<Coordinates> {
        let root = self.identities().iter().find(|identity| identity.is_root)?;
        [TREE_BASE].iter().chain(bases).find_map(|base| place_below(&root.uri, base))
    }

    fn place_error(&self, identity: &Identity, bases: &[&str], keyword: &str) -> Option<Diagnostic> {
        let at = self.at();
        let in_tree = place_below(&identity.uri, TREE_BASE);
        let place =
            in_tree.clone().or_else(|| bases.iter().find_map(|base| place_below(&identity.uri, base)))?;
        let is_own = place.to_string() == at.to_string().to_lowercase();
        let is_spelled_so = in_tree.is_none() || identity.uri == retrieval_uri(at);
        if identity.is_root && is_own && is_spelled_so {
            return None;
        }
        let (message, help) = if !identity.is_root {
            (
                format!("the `{keyword}` of a subschema is the path of `{place}` in the tree"),
                format!(
                    "remove the `{keyword}`, or move the subschema to `{}/{}.json`",
                    place.subject, place.version
                ),
            )
        } else if is_own {
            (
                format!("`{keyword}` is this document's own path in another spelling"),
                format!("write `{}.json`, or remove `{keyword}`", at.version),
            )
        } else {
            (
                format!("`{keyword}` is the path of `{place}`, but this document is `{at}`"),
                format!("write `../{}/{}.json`, or remove `{keyword}`", at.subject, at.version),
            )
        };
        Some(Diagnostic::new(Code::ForeignId, message).help(help))
    }

    /// Returns a copy with an `$id` that no other document has, for a schema that reaches another version with the same
    /// `$id`.
    ///
    /// The copy adds a query to the base URI, so that relative references still have the same targets.
    pub(crate) fn with_unique_base(&self) -> Self {
        let base = self.base_uri().into_owned();
        let joint = if base.contains('?') { '&' } else { '?' };
        let unique = format!("{base}{joint}{}", self.at());
        let mut value = self.value().clone();
        for reference in self.references() {
            let is_by_id = reference.uri == base && !reference.written.starts_with('#');
            if let Some(written) = value.pointer_mut(reference.pointer.as_str()).filter(|_| is_by_id) {
                let fragment = reference.written.find('#').map_or("", |at| &reference.written[at..]);
                *written = Value::from(format!("{unique}{fragment}"));
            }
        }
        if let Some(members) = value.as_object_mut() {
            members.insert(self.draft().id_keyword().to_owned(), Value::from(unique));
        }
        self.translated_to(value)
    }
}

/// The base of the URIs that identify places in the tree.
const TREE_BASE: &str = "json-schema://";

/// Returns the version whose place below a base a URI names, in any spelling.
///
/// The comparison ignores the case of the scheme, the host and the path, because some file systems ignore case too. It
/// treats `http` and `https` as the same scheme, because a server may answer both.
fn place_below(uri: &str, base: &str) -> Option<Coordinates> {
    let (uri, base) = (Parts::of(uri)?, Parts::of(base)?);
    if !uri.is_at(&base) {
        return None;
    }
    let [subject, file] =
        uri.segments.strip_prefix(base.segments.as_slice())?.strip_prefix(&["schemas".to_owned()])?
    else {
        return None;
    };
    let version = file.strip_suffix(".json")?;
    Some(Coordinates { subject: Subject::parse(subject).ok()?, version: Version::parse(version).ok()? })
}

/// The parts of a URI that identify a place, in one spelling.
struct Parts {
    scheme: String,
    host: String,
    segments: Vec<String>,
}

impl Parts {
    fn of(uri: &str) -> Option<Self> {
        if limits::URI_BYTES_MAX < uri.len() {
            return None;
        }
        let end = uri.find(['?', '#']).unwrap_or(uri.len());
        let (scheme, rest) = uri[..end].split_once(':')?;
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => ("", rest),
        };
        let scheme =
            if scheme.eq_ignore_ascii_case("https") { "http".to_owned() } else { scheme.to_lowercase() };
        let host = authority.rsplit('@').next().unwrap_or(authority).to_lowercase();
        let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(&host).to_owned();
        let mut segments: Vec<String> = Vec::new();
        let path = decoded(path).to_lowercase();
        for segment in path.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(segments.pop()),
                name => segments.push(name.to_owned()),
            }
        }
        Some(Self { scheme, host, segments })
    }

    /// Returns whether the URI has the scheme and the host of the base. The host of a place in the tree makes no
    /// difference.
    fn is_at(&self, base: &Self) -> bool {
        self.scheme == base.scheme && (self.host == base.host || self.scheme == "json-schema")
    }
}

/// Decodes percent-encoded characters. Invalid UTF-8 becomes a character that no name contains.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let digits = others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns whether an identity belongs to a metaschema, and the document is not this metaschema.
fn is_other_metaschema(identity: &Identity, schema: &Schema) -> bool {
    let Ok(uri) = referencing::Uri::parse(identity.uri.clone()) else { return false };
    if !referencing::SPECIFICATIONS.contains_resource(uri.as_str().trim_end_matches('#')) {
        return false;
    }
    let known = referencing::SPECIFICATIONS.resolver(uri);
    let is_it = known.lookup("").is_ok_and(|found| found.contents() == schema.document().value());
    !(identity.is_root && is_it)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::coordinates::Coordinates;
    use crate::diagnostic::Code;
    use crate::dialect::Dialects;
    use crate::schema::Schema;
    use crate::subject::Subject;
    use crate::version::Version;

    const BASES: [&str; 1] = ["https://registry.example/base/"];

    fn read(schema: &Value) -> Schema {
        let at = Coordinates { subject: Subject::parse("evil.x").unwrap(), version: Version::new(1, 0, 0) };
        Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).unwrap()
    }

    #[test]
    fn the_place_of_another_document_is_rejected_in_every_spelling() {
        let draft_4 = "http://json-schema.org/draft-04/schema#";
        for (id, is_refused) in [
            ("../bank.money/1.0.0.json", true),
            ("../BANK.Money/1.0.0.json", true),
            ("../bank%2Emoney/1.0.0.json", true),
            ("../bank.mone%79/1.0.0.json", true),
            ("../bank.money/%31.0.0.json", true),
            ("../bank.money/1.0.0.JSON", true),
            ("./../bank.money/./1.0.0.json", true),
            ("../x/../bank.money/1.0.0.json", true),
            ("../../schemas/bank.money/1.0.0.json", true),
            ("/schemas/bank.money/1.0.0.json", true),
            ("//localhost/schemas/bank.money/1.0.0.json", true),
            ("../bank.money/1.0.0.json#", true),
            ("../bank.money/1.0.0.json?x", true),
            ("%2e%2e/bank.money/1.0.0.json", true),
            ("..%2Fbank.money/1.0.0.json", true),
            ("json-schema:///schemas/bank.money/1.0.0.json", true),
            ("JSON-Schema:///schemas/bank.money/1.0.0.json", true),
            ("json-schema://host/schemas/bank.money/1.0.0.json", true),
            ("json-schema:/schemas/bank.money/1.0.0.json", true),
            ("https://registry.example/base/schemas/bank.money/1.0.0.json", true),
            ("http://registry.example:80/base/schemas/bank.money/1.0.0.json", true),
            ("https://REGISTRY.example:443/base//schemas/Bank.Money/1.0.0.json", true),
            ("https://me@registry.example/base/x/../schemas/bank%2emoney/1.0.0.json", true),
            // Another version of the same subject is another document.
            ("2.0.0.json", true),
            ("../evil.x/1.0.1.json", true),
            ("../Evil.x/1.0.0.json", true),
            // The document's own place, and URIs that are no place.
            ("1.0.0.json", false),
            ("../evil.x/1.0.0.json", false),
            ("https://registry.example/base/schemas/evil.x/1.0.0.json", false),
            ("https://registry.example/other/schemas/bank.money/1.0.0.json", false),
            ("https://elsewhere.example/base/schemas/bank.money/1.0.0.json", false),
            ("https://elsewhere.example/money.json", false),
            ("money.schema.json", false),
            ("../bank.money/", false),
            ("/bank.money/1.0.0.json", false),
            ("urn:uuid:6c1f6ba1-7d0e-4b0c-9f0c-5a4a0c0f0a5d", false),
        ] {
            for (keyword, mut schema) in [("$id", json!({})), ("id", json!({"$schema": draft_4}))] {
                schema[keyword] = Value::from(id);
                let errors = read(&schema).identity_errors(&BASES);
                let codes: Vec<Code> = errors.iter().map(|error| error.code).collect();
                assert_eq!(codes, if is_refused { vec![Code::ForeignId] } else { vec![] }, "{keyword} {id}");
            }
        }
    }

    #[test]
    fn the_identity_of_a_subschema_is_no_place() {
        let place = "../bank.money/1.0.0.json";
        for (schema, pointer) in [
            (json!({"$defs": {"a": {"$id": place}}}), "/$defs/a/$id"),
            (json!({"properties": {"a": {"items": {"$id": place}}}}), "/properties/a/items/$id"),
            (
                json!({"$defs": {"a": {"$id": "https://e.example/", "not": {"$id": "json-schema:///schemas/bank.money/1.0.0.json"}}}}),
                "/$defs/a/not/$id",
            ),
            // A subschema may name another draft, in which `id` is the keyword.
            (
                json!({"$defs": {"a": {"$schema": "http://json-schema.org/draft-04/schema#", "id": place}}}),
                "/$defs/a/id",
            ),
            // The scan finds this subschema only because a reference leads to it.
            (json!({"x-parts": {"a": {"$id": place}}, "$ref": "#/x-parts/a"}), "/x-parts/a/$id"),
            // Not even the document's own place is allowed.
            (json!({"$defs": {"a": {"$id": "1.0.0.json"}}}), "/$defs/a/$id"),
        ] {
            let errors = read(&schema).identity_errors(&BASES);
            let found: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(found, [pointer], "{schema}");
        }
        for harmless in [
            json!({"$defs": {"a": {"$id": "https://e.example/money.json"}}}),
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {"$id": "#b"}}}),
            json!({"properties": {"id": {"const": place}, "$id": {"type": "string"}}}),
            json!({"enum": [{"$id": place}], "$defs": {"a": {"$anchor": "bank.money"}}}),
        ] {
            assert_eq!(read(&harmless).identity_errors(&BASES), [], "{harmless}");
        }
    }

    #[test]
    fn only_a_copy_of_a_metaschema_has_its_identity() {
        let draft_7 = "http://json-schema.org/draft-07/schema";
        let errors = read(&json!({"$id": draft_7, "$schema": draft_7})).identity_errors(&[]);
        assert_eq!(errors.len(), 1);
        let copy = referencing::SPECIFICATIONS
            .resolver(referencing::Uri::parse(draft_7.to_owned()).unwrap())
            .lookup("")
            .unwrap()
            .contents()
            .clone();
        assert_eq!(read(&copy).identity_errors(&[]), [], "a copy is what it says");
    }
}
