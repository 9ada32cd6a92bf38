//! Content models, as rewritings made before the comparison.
//!
//! The engine knows one relation. What a lenient writer sends, and what a tolerant reader
//! accepts, is said by another tree: the writer's objects are closed, the reader's opened, each
//! object **as composed**: what one applicator of a value declares, all of them know.

use std::collections::BTreeSet;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use crate::flat::{self, Declared};
use crate::tree::{Contains, Id, Name, Named, Node, Origin, Tree, Types};

/// Returns the writer that sends only properties it declares.
///
/// An object that declares nothing, or declares a schema for all other names, stays as it is: it
/// is a map, as the code generated for it is.
pub(crate) fn close_writer(tree: &mut Tree, root: Id) -> Id {
    Rewriting::new(tree, Side::Writer).run(root)
}

/// Returns the reader that ignores properties it does not declare, whatever it says of them.
pub(crate) fn open_reader(tree: &mut Tree, root: Id) -> Id {
    Rewriting::new(tree, Side::Reader).run(root)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Writer,
    Reader,
}

struct Rewriting<'t> {
    tree: &'t mut Tree,
    side: Side,
    /// What the composed objects met so far declare; a context is an index into this.
    contexts: Vec<Declared>,
    done: HashMap<(u32, usize), Id>,
    slots: HashMap<(u32, usize), u32>,
    /// Slots whose nodes are still to be rewritten: what was in it, in which context, where to.
    pending: Vec<(Id, usize, u32)>,
}

impl<'t> Rewriting<'t> {
    fn new(tree: &'t mut Tree, side: Side) -> Self {
        Self {
            tree,
            side,
            contexts: Vec::new(),
            done: HashMap::new(),
            slots: HashMap::new(),
            pending: Vec::new(),
        }
    }

    fn run(mut self, root: Id) -> Id {
        let rewritten = self.value(root);
        while let Some((target, context, slot)) = self.pending.pop() {
            let id = self.in_place(target, context);
            self.tree.fill_slot(slot, id);
        }
        rewritten
    }

    /// Rewrites the schema of a value: the place where a composed object begins.
    fn value(&mut self, id: Id) -> Id {
        self.element(id, &[])
    }

    /// Rewrites the schema of an element; what the array has to contain declares members of it too.
    fn element(&mut self, id: Id, contains: &[Contains]) -> Id {
        let mut declared = flat::declared(self.tree, id);
        let closes = self.side == Side::Writer
            && !declared.is_map
            && !(declared.names.is_empty() && declared.patterns.is_empty())
            && self.tree.node(id).types.has(Types::OBJECT);
        let context = self.context(&declared);
        let rewritten = self.in_place(id, context);
        if !closes {
            return rewritten;
        }
        for contains in contains {
            let more = flat::declared(self.tree, contains.schema);
            if more.is_map {
                return rewritten;
            }
            declared.names.extend(more.names);
            declared.patterns.extend(more.patterns);
        }
        if self.is_closed(id, &declared, 0) {
            return rewritten;
        }
        let layer = self.closing_layer(declared, self.tree.origin(id));
        self.tree.all(vec![rewritten, layer])
    }

    /// Tells whether an object already refuses all but what it declares as composed: what is closed as
    /// written stays equal to itself, and is recognised without a comparison.
    fn is_closed(&self, id: Id, declared: &Declared, depth: usize) -> bool {
        /// References that are followed to the node that closes.
        const CHAIN_MAX: usize = 8;
        let node = self.tree.node(id);
        let objects = &node.objects;
        let refuses_the_rest = objects.additional.is_some_and(|rest| self.tree.is_false(rest))
            && declared.names.iter().all(|name| objects.properties.of(name).is_some())
            && declared.patterns.iter().all(|pattern| objects.patterns.of(pattern).is_some());
        refuses_the_rest
            || (depth < CHAIN_MAX
                && node.all_of.iter().any(|part| self.is_closed(*part, declared, depth + 1)))
    }

    fn context(&mut self, declared: &Declared) -> usize {
        // A writer is rewritten alike wherever it stands.
        if self.side == Side::Writer {
            return 0;
        }
        self.contexts.iter().position(|known| known == declared).unwrap_or_else(|| {
            self.contexts.push(declared.clone());
            self.contexts.len() - 1
        })
    }

    fn closing_layer(&mut self, declared: Declared, origin: Origin) -> Id {
        let anything = self.tree.boolean(true, origin);
        let nothing = self.tree.boolean(false, origin);
        let mut node = Node::default();
        node.objects.properties = all_of(declared.names, anything);
        node.objects.patterns = all_of(declared.patterns, anything);
        node.objects.additional = Some(nothing);
        self.tree.add(node, origin)
    }

    fn in_place(&mut self, id: Id, context: usize) -> Id {
        if let Some(done) = self.done.get(&(id.index(), context)) {
            return *done;
        }
        let old = self.tree.shared(id);
        let origin = self.tree.origin(id);
        let mut node = Node::clone(&old);
        self.rewrite_children(&mut node, &old, context);
        if let Some(slot) = old.slot {
            node.slot = Some(self.slot(slot, context));
        }
        if self.side == Side::Reader {
            self.open_object(&mut node, context, origin);
        }
        let rewritten = if node == *old { id } else { self.tree.add(node, origin) };
        self.done.insert((id.index(), context), rewritten);
        rewritten
    }

    fn rewrite_children(&mut self, node: &mut Node, old: &Node, context: usize) {
        let contained = &old.arrays.contains;
        node.arrays.prefix = old.arrays.prefix.iter().map(|id| self.element(*id, contained)).collect();
        node.arrays.items = old.arrays.items.map(|id| self.element(id, contained));
        node.arrays.unevaluated = old.arrays.unevaluated.map(|id| self.element(id, contained));
        // A writer is asked whether an element is one of these; that does not say what it looks like.
        if self.side == Side::Reader {
            for (contains, old) in node.arrays.contains.iter_mut().zip(contained) {
                contains.schema = self.value(old.schema);
            }
        }
        node.objects.properties = self.named(&old.objects.properties, Self::value);
        node.objects.patterns = self.named(&old.objects.patterns, Self::value);
        node.objects.additional = old.objects.additional.map(|id| self.value(id));
        node.objects.unevaluated = old.objects.unevaluated.map(|id| self.value(id));
        node.objects.dependent_schemas =
            self.named(&old.objects.dependent_schemas, |this, id| this.in_place(id, context));
        node.all_of = old.all_of.iter().map(|id| self.in_place(*id, context)).collect();
        node.any_of = old
            .any_of
            .iter()
            .map(|union| union.iter().map(|id| self.in_place(*id, context)).collect())
            .collect();
        node.one_of = old
            .one_of
            .iter()
            .map(|union| union.iter().map(|id| self.in_place(*id, context)).collect())
            .collect();
        // What is only tested or excluded stays as it was written.
        for (condition, old) in node.conditions.iter_mut().zip(&old.conditions) {
            condition.then = old.then.map(|id| self.in_place(id, context));
            condition.otherwise = old.otherwise.map(|id| self.in_place(id, context));
        }
    }

    fn named(&mut self, list: &Named, rewrite: impl Fn(&mut Self, Id) -> Id) -> Named {
        list.iter().map(|(name, id)| (Rc::clone(name), rewrite(self, *id))).collect()
    }

    fn slot(&mut self, slot: u32, context: usize) -> u32 {
        if let Some(known) = self.slots.get(&(slot, context)) {
            return *known;
        }
        let new = self.tree.reserve_slot();
        self.slots.insert((slot, context), new);
        if let Some(target) = self.tree.in_slot(slot) {
            self.pending.push((target, context, new));
        }
        new
    }

    /// Lets an object have properties that nobody declares. What another part of the composed
    /// object declares is not undeclared, and stays refused here.
    fn open_object(&mut self, node: &mut Node, context: usize, origin: Origin) {
        let declared = self.contexts[context].clone();
        if declared.is_map {
            return;
        }
        let objects = &mut node.objects;
        if objects.unevaluated.is_some_and(|rest| self.tree.is_false(rest)) {
            objects.unevaluated = None;
        }
        if !declared.names.is_empty() || !declared.patterns.is_empty() {
            objects.names = None;
        }
        if !objects.additional.is_some_and(|rest| self.tree.is_false(rest)) {
            return;
        }
        objects.additional = None;
        let nothing = self.tree.boolean(false, origin);
        if objects.patterns.is_empty() {
            add_missing(&mut objects.properties, declared.names, nothing);
        }
        add_missing(&mut objects.patterns, declared.patterns, nothing);
    }
}

fn all_of(names: BTreeSet<Name>, schema: Id) -> Named {
    names.into_iter().map(|name| (name, schema)).collect()
}

fn add_missing(list: &mut Named, names: BTreeSet<Name>, schema: Id) {
    let missing: Vec<Name> = names.into_iter().filter(|name| list.of(name).is_none()).collect();
    if !missing.is_empty() {
        *list = list.and(missing.into_iter().map(|name| (name, schema)));
    }
}
