//! Vocabularies that a dialect leaves out (JSON Schema 2019-09 and 2020-12, Core, section 8.1).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::dialect::Draft;
use crate::keywords::{Keyword, Role, keyword};
use crate::pointer::Pointer;
use crate::walk::{Place, for_each_subschema};

/// A vocabulary whose keywords can reject a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vocabulary {
    /// Keywords that apply subschemas; in 2019-09 those of [`Vocabulary::Unevaluated`] too.
    Applicator,
    /// Keywords that restrict the value itself.
    Validation,
    /// Keywords for the parts that no other keyword evaluates.
    Unevaluated,
    /// The keyword `format`.
    Format,
}

impl Vocabulary {
    /// All vocabularies that a dialect can leave out.
    pub const ALL: [Self; 4] = [Self::Applicator, Self::Validation, Self::Unevaluated, Self::Format];

    /// Returns the last part of the vocabulary's URI, without a suffix.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applicator => "applicator",
            Self::Validation => "validation",
            Self::Unevaluated => "unevaluated",
            Self::Format => "format",
        }
    }

    /// Returns the vocabularies that a metaschema of this draft does not name under `$vocabulary`; none if it has no
    /// such keyword.
    pub fn left_out_by(metaschema: &Value, draft: Draft) -> Vec<Self> {
        let Some(named) = metaschema.get("$vocabulary").and_then(Value::as_object) else {
            return Vec::new();
        };
        let is_named = |vocabulary: &Self| {
            // `format-annotation` and `format-assertion` are one vocabulary here. The setting `Formats` decides whether
            // formats assert.
            named.keys().any(|uri| {
                uri.rsplit_once("/vocab/").is_some_and(|(_, name)| {
                    name == vocabulary.as_str()
                        || name.strip_prefix(vocabulary.as_str()).is_some_and(|rest| rest.starts_with('-'))
                })
            })
        };
        let exists = |vocabulary: &Self| draft != Draft::Draft201909 || *vocabulary != Self::Unevaluated;
        Self::ALL.into_iter().filter(exists).filter(|vocabulary| !is_named(vocabulary)).collect()
    }

    /// Returns the vocabulary of a keyword; `None` for keywords of Core and for annotations.
    fn of(keyword: &Keyword, draft: Draft) -> Option<Self> {
        if keyword.role != Role::Asserts {
            return None;
        }
        match keyword.name {
            "$ref" | "$dynamicRef" | "$recursiveRef" => None,
            "format" => Some(Self::Format),
            "unevaluatedItems" | "unevaluatedProperties" if draft != Draft::Draft201909 => {
                Some(Self::Unevaluated)
            }
            _ if keyword.form.has_schemas() => Some(Self::Applicator),
            _ => Some(Self::Validation),
        }
    }
}

/// Removes the keywords of vocabularies from a schema and its subschemas. A dialect without a vocabulary treats the
/// keywords of that vocabulary as annotations.
pub(crate) fn without(schema: &mut Value, left_out: &BTreeSet<Vocabulary>, draft: Draft) {
    let root = Place { pointer: Pointer::root(), schema: &*schema };
    let mut places = Vec::new();
    for_each_subschema(root, draft, &mut |place| places.push(place.pointer.clone()));
    // Parents come first in the list, so the loop goes backwards: it visits a subschema before it removes the keyword
    // around it.
    for place in places.iter().rev() {
        let Some(members) = schema.pointer_mut(place.as_str()).and_then(Value::as_object_mut) else {
            continue;
        };
        members.retain(|name, _| {
            let vocabulary = keyword(name, draft).and_then(|keyword| Vocabulary::of(keyword, draft));
            vocabulary.is_none_or(|vocabulary| !left_out.contains(&vocabulary))
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn vocabularies_that_a_metaschema_does_not_name_are_left_out() {
        let metaschema = json!({"$vocabulary": {
            "https://json-schema.org/draft/2020-12/vocab/core": true,
            "https://json-schema.org/draft/2020-12/vocab/applicator": true,
            "https://json-schema.org/draft/2020-12/vocab/format-annotation": false,
        }});
        let left_out = |draft| Vocabulary::left_out_by(&metaschema, draft);
        assert_eq!(left_out(Draft::Draft202012), [Vocabulary::Validation, Vocabulary::Unevaluated]);
        assert_eq!(left_out(Draft::Draft201909), [Vocabulary::Validation]);
        assert_eq!(Vocabulary::left_out_by(&json!({}), Draft::Draft202012), []);
    }

    #[test]
    fn only_keywords_are_removed() {
        let mut schema = json!({
            "type": "object",
            "properties": {"minimum": {"minimum": 3, "not": {"const": 1}}, "type": {"title": "T"}},
            "default": {"type": 1},
        });
        without(&mut schema, &BTreeSet::from([Vocabulary::Validation]), Draft::Draft202012);
        let left = json!({
            "properties": {"minimum": {"not": {}}, "type": {"title": "T"}},
            "default": {"type": 1},
        });
        assert_eq!(schema, left);
    }
}
