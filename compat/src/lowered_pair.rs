//! Lowers two documents to one arena. All comparisons of a check share this pair.

use std::rc::Rc;

use evschema_model::graph::{NodeId, SchemaGraph};
use evschema_model::{Pointer, Resolved};

use crate::lower::{Reading, lower};
use crate::question::Question;
use crate::tree::{Id, Side, Tree};

/// The arena with a writer and a reader, without a content model.
#[derive(Clone)]
pub(crate) struct Pair<'a> {
    pub(crate) tree: Tree,
    pub(crate) writer: Id,
    pub(crate) reader: Id,
    pub(crate) graphs: Rc<Graphs<'a>>,
}

/// The graphs of a pair.
#[derive(Debug)]
pub(crate) struct Graphs<'a> {
    pub(crate) writer: SchemaGraph<'a>,
    pub(crate) reader: SchemaGraph<'a>,
}

/// The pairs that a check compares more than once: under its own content model, under stricter ones, and to find the
/// required bump.
#[derive(Default)]
pub(crate) struct Pairs<'a>(Vec<(Key<'a>, Pair<'a>)>);

/// The input of a pair.
struct Key<'a> {
    writer: &'a Resolved,
    reader: &'a Resolved,
    masked: Vec<Pointer>,
    requires_integer_lexeme: bool,
}

/// The maximum number of pairs that stay in memory: the nearest version in both directions. A check compares each
/// farther version of a long line only once.
const KEPT_MAX: usize = 2;

/// The maximum number of nodes of the pairs that stay in memory, about 60 MB. To lower larger documents again is cheaper
/// than to keep them.
const KEPT_NODES_MAX: usize = 60_000;

impl Key<'_> {
    /// Returns whether both keys refer to the same documents and have the same settings.
    fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.writer, other.writer)
            && std::ptr::eq(self.reader, other.reader)
            && self.masked == other.masked
            && self.requires_integer_lexeme == other.requires_integer_lexeme
    }
}

impl<'a> Pairs<'a> {
    /// Returns the lowered documents of a question; `None` if their references cannot be resolved.
    pub(crate) fn lowered(&mut self, question: &Question<'a, '_>) -> Option<Pair<'a>> {
        let Question { writer, reader, masked, formats, .. } = *question;
        // Only draft 4 distinguishes `1.0` from `1`.
        let requires_integer_lexeme = has_draft_4(writer) || has_draft_4(reader);
        let key = Key { writer, reader, masked: masked.to_vec(), requires_integer_lexeme };
        if let Some((_, pair)) = self.0.iter().find(|(known, _)| known.is(&key)) {
            return Some(pair.clone());
        }
        let graphs = Graphs {
            writer: SchemaGraph::of(writer, formats).ok()?,
            reader: SchemaGraph::of(reader, formats).ok()?,
        };
        let masked: Vec<NodeId> = masked.iter().filter_map(|pointer| graphs.reader.at(pointer)).collect();
        let mut tree = Tree::default();
        let written = Reading { side: Side::Writer, requires_integer_lexeme, masked: &[] };
        let writer = lower(&mut tree, &graphs.writer, written);
        let read = Reading { side: Side::Reader, requires_integer_lexeme, masked: &masked };
        let reader = lower(&mut tree, &graphs.reader, read);
        let pair = Pair { tree, writer, reader, graphs: Rc::new(graphs) };
        let nodes = self.0.iter().map(|(_, known)| known.tree.len()).sum::<usize>() + pair.tree.len();
        if self.0.len() < KEPT_MAX && nodes <= KEPT_NODES_MAX {
            self.0.push((key, pair.clone()));
        }
        Some(pair)
    }
}

/// Returns whether draft 4 can apply to a part of a document.
fn has_draft_4(resolved: &Resolved) -> bool {
    let mut documents = resolved.resources().map(|(_, document)| document).chain([resolved.schema()]);
    documents.any(|document| document.draft().has_lexical_integers() || !document.is_plain())
}
