//! Whether a schema will compile, without compiling it.
//!
//! What the library refuses after the metaschema has passed a document is a pattern that is none, a reference to
//! nowhere, a dialect it does not know, or what stands where the metaschema does not look. Of most documents that
//! can be said at once, and compiling one takes longer than reading and comparing it.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::json;

use crate::dialect::Draft;
use crate::keywords::keyword;
use crate::reference::pointer_of;
use crate::resolved::Resolved;
use crate::schema::Schema;

/// Patterns that are remembered to compile; beyond, all are forgotten. Versions of a schema have the same ones.
const REMEMBERED_MAX: usize = 1_000;
/// Most patterns of a schema that are compiled one by one.
const PATTERNS_MAX: usize = 100;
/// Longest pattern that is remembered, in bytes.
const REMEMBERED_BYTES_MAX: usize = 200;

/// Tells whether a schema surely compiles; where it does not, it may still.
pub(crate) fn surely(resolved: &Resolved) -> bool {
    let schema = resolved.schema();
    // The metaschema of draft 6 says nothing of `contentMediaType`, which the library looks at.
    let is_told_all = schema.draft() != Draft::Draft6 && !schema.is_ahead() && !schema.is_translated();
    let is_usual = is_told_all && schema.is_plain() && stays_where_the_metaschema_looks(schema);
    let are_few = schema.patterns().len() <= PATTERNS_MAX;
    is_usual && are_few && schema.patterns().iter().all(|pattern| is_pattern(pattern, schema.draft()))
}

/// Tells whether every reference leads to the root or to a definition that is there.
fn stays_where_the_metaschema_looks(schema: &Schema) -> bool {
    schema.references().iter().all(|reference| {
        let Some(pointer) = pointer_of(&reference.written) else { return false };
        let definition = pointer.strip_prefix("/definitions/").or_else(|| {
            // To the drafts before, it is a word like any other.
            let knows_defs = keyword("$defs", schema.draft()).is_some();
            pointer.strip_prefix("/$defs/").filter(|_| knows_defs)
        });
        let is_usual = pointer.is_empty() || definition.is_some_and(|name| !name.contains('/'));
        is_usual
            && schema.follow(&reference.written).is_some_and(|there| there.is_object() || there.is_boolean())
    })
}

fn is_pattern(pattern: &str, draft: Draft) -> bool {
    static REMEMBERED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let remembered = || REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    if remembered().contains(pattern) {
        return true;
    }
    // The draft makes no difference to a pattern; it is named so that nothing is guessed.
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
    fn what_is_sure_compiles_and_what_does_not_compile_is_not_sure() {
        for (text, is_sure, compiles) in [
            (r#"{"type": "object", "properties": {"a": {"pattern": "^a+$"}}}"#, true, true),
            (
                r##"{"$ref": "#/$defs/a", "$defs": {"a": {"patternProperties": {"^b": {"$ref": "#"}}}}}"##,
                true,
                true,
            ),
            (r#"{"format": "nobody-knows", "contentEncoding": "base64"}"#, true, true),
            (r#"{"pattern": "("}"#, false, false),
            (r#"{"items": {"patternProperties": {"[": true}}}"#, false, false),
            // Nothing has looked at what stands there.
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
            assert_eq!(surely(&resolved), is_sure, "{text}");
            assert_eq!(Validator::of(&resolved, Formats::Assert).is_ok(), compiles, "{text}");
        }
    }
}
