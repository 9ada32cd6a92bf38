//! Pairs of small schemas that describe one object in several places: what content models are about.

mod edit;
mod forms;

use evschema_model::Draft;
use fastrand::Rng;
use serde_json::{Value, json};

use edit::edit;
use forms::Forms;

/// Deepest schema that is made.
const DEPTH: usize = 3;

/// Makes two related schemas: the second differs by a small edit, seldom by two.
pub fn content_pair(rng: &mut Rng) -> (Value, Value) {
    let drafts =
        [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012, Draft::Draft202012];
    let draft = rng.choice(drafts).unwrap_or(Draft::Draft7);
    let mut forms = Forms { rng, draft };
    let mut old = forms.schema(DEPTH);
    if !old.is_object() {
        old = json!({ "properties": { "m": old } });
    }
    let base = forms.object(1);
    if let Value::Object(members) = &mut old {
        members.insert("$schema".to_owned(), json!(draft.uri()));
        // Where references of the forms lead to.
        members.insert("definitions".to_owned(), json!({ "d": base }));
    }
    let mut new = edit(&old, draft, rng);
    if rng.u8(..6) == 0 {
        new = edit(&new, draft, rng);
    }
    (old, new)
}
