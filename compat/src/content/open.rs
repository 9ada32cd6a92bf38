//! Opens a reader's schema: removes the keywords that reject undeclared properties. A tolerant reader evaluates the
//! opened schema to determine which properties it declares.

use std::rc::Rc;

use foldhash::HashMap;

use crate::tree::{Id, Named, Node, Tree};

/// The schemas that the engine has already opened.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    done: HashMap<u32, Id>,
    recursive_refs: HashMap<u32, u32>,
}

impl Opening {
    /// Returns a schema without the keywords that reject all undeclared properties, at every depth.
    pub(crate) fn open(&mut self, tree: &mut Tree, root: Id) -> Id {
        let mut pending = Vec::new();
        let opened = self.node(tree, root, &mut pending);
        while let Some((target, recursive_ref)) = pending.pop() {
            let id = self.node(tree, target, &mut pending);
            tree.resolve_recursive_ref(recursive_ref, id);
        }
        opened
    }

    fn node(&mut self, tree: &mut Tree, id: Id, pending: &mut Vec<(Id, u32)>) -> Id {
        if let Some(done) = self.done.get(&id.index()) {
            return *done;
        }
        let old = tree.shared(id);
        let mut node = Node::clone(&old);
        let mut each = |tree: &mut Tree, id: Id| self.node(tree, id, pending);
        let objects = &mut node.objects;
        for rest in [&mut objects.additional, &mut objects.unevaluated] {
            *rest = rest.filter(|rest| !rejects_all(tree, *rest)).map(|rest| each(tree, rest));
        }
        for named in [&mut objects.properties, &mut objects.patterns, &mut objects.dependent_schemas] {
            let opened = named.iter().map(|(name, id)| (Rc::clone(name), each(tree, *id)));
            *named = opened.collect::<Named>();
        }
        let arrays = &mut node.arrays;
        let items = arrays.prefix.iter_mut().chain(&mut arrays.items).chain(&mut arrays.unevaluated);
        items
            .chain(arrays.contains.iter_mut().map(|own| &mut own.schema))
            .for_each(|id| *id = each(tree, *id));
        let unions = node.any_of.iter_mut().chain(&mut node.one_of).flatten();
        unions.chain(&mut node.all_of).chain(&mut node.not).for_each(|id| *id = each(tree, *id));
        for condition in &mut node.conditions {
            condition.test = each(tree, condition.test);
            condition.then = condition.then.map(|id| each(tree, id));
            condition.otherwise = condition.otherwise.map(|id| each(tree, id));
        }
        if let Some(recursive_ref) = old.recursive_ref {
            node.recursive_ref = Some(match self.recursive_refs.get(&recursive_ref) {
                Some(known) => *known,
                None => {
                    let new = tree.reserve_recursive_ref();
                    self.recursive_refs.insert(recursive_ref, new);
                    pending.extend(tree.recursive_target(recursive_ref).map(|target| (target, new)));
                    new
                }
            });
        }
        let opened = if node == *old { id } else { tree.add(node, tree.origin(id)) };
        self.done.insert(id.index(), opened);
        opened
    }
}

/// Returns whether a schema is `false`, or `{"not": {}}`.
pub(super) fn rejects_all(tree: &Tree, id: Id) -> bool {
    tree.is_false(id) || tree.negated(id).is_some_and(|not| tree.is_true(not))
}
