//! Recognizes schemas that certainly compile, without compiling them.
//!
//! If the metaschema accepts a document, the library can still reject it for a few reasons. It may have an invalid
//! pattern, a reference without a target, or an unknown dialect. Or a place that the metaschema does not check may have
//! an invalid schema. For most documents, these reasons are easy to exclude, and compiling a document takes longer than
//! reading and comparing it.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::json;

use crate::dialect::Draft;
use crate::keywords::keyword;
use crate::reference::pointer_of;
use crate::resolved::Resolved;
use crate::schema::Schema;

/// The maximum number of patterns in the cache of patterns that compile. A full cache is cleared. The versions of a
/// schema have the same patterns.
const REMEMBERED_MAX: usize = 1_000;
/// The maximum number of patterns of a schema that are compiled one by one.
const PATTERNS_MAX: usize = 100;
/// The maximum length of a pattern in the cache, in bytes.
const REMEMBERED_BYTES_MAX: usize = 200;

/// Returns whether a schema certainly compiles. If the result is `false`, the schema may compile too.
pub(crate) fn certainly_compiles(resolved: &Resolved) -> bool {
    let schema = resolved.schema();
    // The metaschema of draft 6 does not check `contentMediaType`, but the library reads it.
    let is_checked =
        schema.draft() != Draft::Draft6 && !schema.has_later_keywords() && !schema.is_translated();
    let is_usual = is_checked && schema.is_plain() && refers_only_to_definitions(schema);
    let are_few = schema.patterns().len() <= PATTERNS_MAX;
    is_usual && are_few && schema.patterns().iter().all(|pattern| is_pattern(pattern, schema.draft()))
}

/// Returns whether every reference leads to the root or to an existing definition.
fn refers_only_to_definitions(schema: &Schema) -> bool {
    schema.references().iter().all(|reference| {
        let Some(pointer) = pointer_of(&reference.written) else { return false };
        let definition = pointer.strip_prefix("/definitions/").or_else(|| {
            // Earlier drafts do not have this keyword, so their metaschemas do not check its value.
            let knows_defs = keyword("$defs", schema.draft()).is_some();
            pointer.strip_prefix("/$defs/").filter(|_| knows_defs)
        });
        let is_usual = pointer.is_empty() || definition.is_some_and(|name| !name.contains('/'));
        is_usual
            && schema
                .follow(&reference.written)
                .is_some_and(|target| target.is_object() || target.is_boolean())
    })
}

fn is_pattern(pattern: &str, draft: Draft) -> bool {
    static REMEMBERED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let remembered = || REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    if remembered().contains(pattern) {
        return true;
    }
    // The draft makes no difference to a pattern. It is set so that the library does not have to detect it.
    let options = jsonschema::options().with_draft(draft.to_library()).offline();
    let compiles =
        options.build(&json!({ "pattern": pattern, "patternProperties": { pattern: true } })).is_ok();
    if compiles && pattern.len() <= REMEMBERED_BYTES_MAX {
        let mut remembered = remembered();
        if REMEMBERED_MAX <= remembered.len() {
            remembered.clear();
        }
        remembered.insert(pattern.to_owned());
    }
    compiles
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Catalog;
    use crate::coordinates::Coordinates;
    use crate::dialect::Dialects;
    use crate::formats::Formats;
    use crate::subject::Subject;
    use crate::validator::Validator;
    use crate::version::Version;

    fn resolved(schema: &str) -> Resolved {
        let at = Coordinates { subject: Subject::parse("case").unwrap(), version: Version::new(1, 0, 0) };
        let schema = Schema::read(at, schema.as_bytes(), &Dialects::default()).unwrap();
        Catalog::default().resolve(&Arc::new(schema)).unwrap()
    }

    #[test]
    fn certain_schemas_compile() {
        for (text, is_certain, compiles) in [
            (r#"{"type": "object", "properties": {"a": {"pattern": "^a+$"}}}"#, true, true),
            (
                r##"{"$ref": "#/$defs/a", "$defs": {"a": {"patternProperties": {"^b": {"$ref": "#"}}}}}"##,
                true,
                true,
            ),
            (r#"{"format": "nobody-knows", "contentEncoding": "base64"}"#, true, true),
            (r#"{"pattern": "("}"#, false, false),
            (r#"{"items": {"patternProperties": {"[": true}}}"#, false, false),
            // The metaschema does not check the targets of these references.
            (r##"{"$ref": "#/x-types/a", "x-types": {"a": {"type": "integr"}}}"##, false, false),
            (r##"{"$ref": "#/$defs/a/x-b", "$defs": {"a": {"x-b": {"minimum": "1"}}}}"##, false, false),
            (
                r##"{"$schema": "http://json-schema.org/draft-07/schema#", "items": {"$ref": "#/$defs/a"},
                    "$defs": {"a": {"type": "integr"}}}"##,
                false,
                false,
            ),
            (
                r##"{"$schema": "http://json-schema.org/draft-07/schema#", "items": {"$ref": "#/definitions/a"},
                    "definitions": {"a": {"type": "integer"}}}"##,
                true,
                true,
            ),
            (r#"{"$schema": "http://json-schema.org/draft-04/schema#", "not": {"$ref": 5}}"#, false, false),
            (
                r#"{"$schema": "http://json-schema.org/draft-04/schema#", "contains": {"$ref": "a.json"}}"#,
                false,
                false,
            ),
            (
                r##"{"$schema": "http://json-schema.org/draft-04/schema#", "not": {"$ref": "#/definitions/a"},
                    "definitions": {"a": {"minimum": 1, "exclusiveMinimum": true}}}"##,
                true,
                true,
            ),
            (r##"{"$ref": "#here", "$defs": {"a": {"$anchor": "here"}}}"##, false, true),
        ] {
            let resolved = resolved(text);
            assert_eq!(certainly_compiles(&resolved), is_certain, "{text}");
            assert_eq!(Validator::of(&resolved, Formats::Assert).is_ok(), compiles, "{text}");
        }
    }
}
