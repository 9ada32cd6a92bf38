//! Two documents in one arena, lowered once for all that one check asks about them.

use evschema_model::{Draft, Resolved};

use crate::lower::{Reading, lower};
use crate::question::Question;
use crate::tree::{Id, Origin, Tree};

/// A writer and a reader, as they were written.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) tree: Tree,
    pub(crate) writer: Id,
    pub(crate) reader: Id,
}

/// The pairs that one check asks about more than once: under its own content model, under stricter ones, and for
/// the step that the change requires.
#[derive(Default)]
pub(crate) struct Pairs(Vec<(Key, Pair)>);

/// What a pair was lowered from. Documents stay where they are while they are compared.
#[derive(PartialEq)]
struct Key {
    writer: *const Resolved,
    reader: *const Resolved,
    masked: Vec<Origin>,
    minds_spelling: bool,
}

/// The nearest version is asked about first, in both directions; of a long line the others are asked about once.
const KEPT_MAX: usize = 2;

impl Pairs {
    /// Returns the two documents of a question; nothing when references cannot be resolved.
    pub(crate) fn lowered(&mut self, question: &Question<'_>) -> Option<Pair> {
        let Question { writer, reader, masked, formats, .. } = *question;
        // No other draft says anything of spelling.
        let minds_spelling = has_draft_4(writer) || has_draft_4(reader);
        let key = Key { writer, reader, masked: masked.to_vec(), minds_spelling };
        if let Some((_, pair)) = self.0.iter().find(|(known, _)| *known == key) {
            return Some(pair.clone());
        }
        let mut tree = Tree::default();
        let reading = Reading { formats, minds_spelling, masked: &[] };
        let writer = lower(&mut tree, writer, reading)?;
        let reader = lower(&mut tree, reader, Reading { masked, ..reading })?;
        let pair = Pair { tree, writer, reader };
        if self.0.len() < KEPT_MAX {
            self.0.push((key, pair.clone()));
        }
        Some(pair)
    }
}

/// Tells whether a part of a document may be read by draft 4.
fn has_draft_4(resolved: &Resolved) -> bool {
    let mut documents = resolved.resources().map(|(_, document)| document).chain([resolved.schema()]);
    documents.any(|document| document.draft() == Draft::Draft4 || !document.is_plain())
}
