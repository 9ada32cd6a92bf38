//! Relaxes a reader at exactly the assertions that findings report, so that the search can continue after them.
//!
//! A finding reports that values of the writer's node `W` violate an assertion of the reader's node `N`. The relaxed
//! node is the conjunction of two parts: `N` without that assertion, and `anyOf [assertion, W]`. So a value need not
//! meet the assertion if `W` accepts the value. The relaxed reader still rejects every other value that `N` rejects. In
//! each round, the engine creates a new relaxed reader from the reader as written and all findings so far.

pub(crate) mod relaxations;
mod take;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::obligation::{Obligation, Step, extend_way};
use crate::tree::{Id, Listed, Named, Node, Origin, Types};
use relaxations::RelaxedUnion;
use take::{Taken, looks_at_the_rest, take, without_the_rest};

/// An assertion that the values of a writer's node need not meet.
#[derive(Debug, Clone)]
pub(crate) struct Relaxed {
    /// The steps to the place, the outermost first.
    way: Vec<Step>,
    reader: Origin,
    writer: Id,
    assertion: Assertion,
    /// Whether the values need not meet any assertion of the place. If so, the relaxation goes further than the
    /// finding.
    is_whole: bool,
}

impl Relaxed {
    /// Returns the relaxation for a finding.
    pub(crate) fn of(engine: &Engine, obligation: &Obligation, is_whole: bool) -> Self {
        Self {
            way: engine.relaxations.way(obligation),
            reader: engine.tree.origin(obligation.reader),
            writer: obligation.writer,
            assertion: obligation.assertion.clone(),
            is_whole,
        }
    }
}

/// Returns a reader with these relaxations; `None` if the reader has no place for one of them.
pub(crate) fn relax(engine: &mut Engine, reader: Id, list: &[Relaxed]) -> Option<Id> {
    let has_unevaluated = engine.tree.has_unevaluated();
    let mut relaxing = Relaxing {
        engine,
        list,
        applied: vec![false; list.len()],
        done: HashMap::new(),
        recursive_refs: HashMap::new(),
        pending: Vec::new(),
        leading_back: HashMap::new(),
        has_unevaluated,
    };
    let root = relaxing.engine.relaxations.root.into_iter().collect();
    let relaxed = relaxing.node(reader, &root);
    while let Some((target, way, recursive_ref)) = relaxing.pending.pop() {
        let id = relaxing.node(target, &way);
        relaxing.engine.tree.resolve_recursive_ref(recursive_ref, id);
    }
    relaxing.applied.iter().all(|applied| *applied).then_some(relaxed)
}

struct Relaxing<'e> {
    engine: &'e mut Engine,
    list: &'e [Relaxed],
    applied: Vec<bool>,
    done: HashMap<(u32, Vec<Step>), Id>,
    recursive_refs: HashMap<(u32, Vec<Step>), u32>,
    pending: Vec<(Id, Vec<Step>, u32)>,
    /// Known answers of [`Self::leads_back`], by the number of the node and the way.
    leading_back: HashMap<(u32, Vec<Step>), bool>,
    /// Whether the pair has `unevaluatedProperties` or `unevaluatedItems`. If so, a node of the writer that becomes a
    /// branch of a union must not evaluate any property or item.
    has_unevaluated: bool,
}

impl Relaxing<'_> {
    fn node(&mut self, id: Id, way: &Vec<Step>) -> Id {
        if way.last() == Some(&Step::OFF) && !self.leads_back(id, way) {
            return id;
        }
        // If the fuel is used up, the node stays unchanged. The relaxation is then not applied, and the search ends.
        if !self.engine.spend(1) {
            return id;
        }
        let key = (id.index(), way.clone());
        if let Some(done) = self.done.get(&key) {
            return *done;
        }
        let old = self.engine.tree.shared(id);
        let mut node = Node::clone(&old);
        self.members(&mut node, way);
        self.in_place(&mut node, way);
        if let Some(recursive_ref) = old.recursive_ref {
            node.recursive_ref = Some(self.relaxed_ref(recursive_ref, way));
        }
        let origin = self.engine.tree.origin(id);
        let relaxed = self.here(id, node, &old, origin, way);
        self.done.insert(key, relaxed);
        relaxed
    }

    /// Relaxes the schemas of properties and items. The way to each of them has one more step.
    fn members(&mut self, node: &mut Node, way: &[Step]) {
        let objects = &mut node.objects;
        for named in [&mut objects.properties, &mut objects.patterns] {
            let members = named.iter().map(|(name, id)| (Rc::clone(name), self.member(*id, way)));
            *named = members.collect::<Named>();
        }
        objects.additional = objects.additional.map(|id| self.member(id, way));
        let arrays = &mut node.arrays;
        for id in arrays.prefix.iter_mut().chain(&mut arrays.items).chain(&mut arrays.unevaluated) {
            *id = self.member(*id, way);
        }
    }

    fn member(&mut self, id: Id, way: &[Step]) -> Id {
        let mut below = way.to_vec();
        extend_way(&mut below, Step::to(&self.engine.tree, id));
        let is_prefix = |of: &Relaxed, len: usize| of.way.get(..len) == Some(&below[..len]);
        let known = (0..=below.len()).rev().find(|len| self.list.iter().any(|own| is_prefix(own, *len)));
        let known = known.unwrap_or(0);
        if known < below.len() {
            below.truncate(known);
            below.push(Step::OFF);
        }
        self.node(id, &below)
    }

    /// Returns whether a recursive reference below the node reaches the place that is being relaxed.
    fn leads_back(&mut self, id: Id, way: &[Step]) -> bool {
        if !self.engine.tree.has_recursive_refs() {
            return false;
        }
        let key = (id.index(), way.to_vec());
        if let Some(known) = self.leading_back.get(&key) {
            return *known;
        }
        let tree = &self.engine.tree;
        let mut seen = HashSet::new();
        let mut open = vec![id];
        let mut found = false;
        while let Some(id) = open.pop() {
            if !seen.insert(id.index()) {
                continue;
            }
            let node = tree.node(id);
            let (objects, arrays) = (&node.objects, &node.arrays);
            let named = objects.properties.iter().chain(objects.patterns.iter()).map(|(_, id)| *id);
            let items = arrays.prefix.iter().copied().chain(arrays.items).chain(arrays.unevaluated);
            let members: Vec<Id> = named.chain(objects.additional).chain(items).collect();
            found = members.iter().any(|member| {
                let step = Step::to(tree, *member);
                way.iter().any(|known| known.is_to_same(&step))
            });
            if found {
                break;
            }
            open.extend(members);
            open.extend(&node.all_of);
            open.extend(node.any_of.iter().chain(&node.one_of).flatten());
            open.extend(node.conditions.iter().flat_map(|own| own.then.into_iter().chain(own.otherwise)));
            open.extend(objects.dependent_schemas.iter().map(|(_, id)| *id));
            open.extend(node.recursive_target(tree));
        }
        self.leading_back.insert(key, found);
        found
    }

    /// Relaxes the schemas that apply to the same value, except the schemas in `not` and `if`. A wider schema in `not`
    /// or `if` could make the reader narrower.
    fn in_place(&mut self, node: &mut Node, way: &Vec<Step>) {
        for id in node.all_of.iter_mut().chain(node.any_of.iter_mut().flatten()) {
            *id = self.node(*id, way);
        }
        for condition in &mut node.conditions {
            condition.then = condition.then.map(|id| self.node(id, way));
            condition.otherwise = condition.otherwise.map(|id| self.node(id, way));
        }
        let dependent = node.objects.dependent_schemas.iter();
        let dependent = dependent.map(|(name, id)| (Rc::clone(name), self.node(*id, way)));
        node.objects.dependent_schemas = dependent.collect::<Named>();
        // With relaxed branches, a value may match a second branch of a `oneOf`. So the relaxed reader also accepts the
        // values that the union as written accepts.
        let unions = std::mem::take(&mut node.one_of);
        for union in unions {
            let relaxed: Vec<Id> = union.iter().map(|id| self.node(*id, way)).collect();
            if relaxed.iter().zip(&union).all(|(new, old)| new.is(*old)) {
                node.one_of.push(union);
                continue;
            }
            let branch = |own: Vec<Id>| Node { one_of: vec![own], ..Node::default() };
            let both =
                [branch(union), branch(relaxed)].map(|own| self.engine.tree.add(own, Origin::default()));
            node.any_of.push(both.to_vec());
        }
    }

    fn relaxed_ref(&mut self, reference: u32, way: &[Step]) -> u32 {
        if let Some(known) = self.recursive_refs.get(&(reference, way.to_vec())) {
            return *known;
        }
        let new = self.engine.tree.reserve_recursive_ref();
        self.recursive_refs.insert((reference, way.to_vec()), new);
        if let Some(target) = self.engine.tree.recursive_target(reference) {
            self.pending.push((target, way.to_vec(), new));
        }
        new
    }

    /// Relaxes the assertions of the node itself.
    fn here(&mut self, id: Id, mut node: Node, old: &Node, origin: Origin, way: &[Step]) -> Id {
        let list = self.list;
        let meant: Vec<usize> = (0..list.len())
            .filter(|at| list[*at].reader == origin && origin != Origin::default() && list[*at].way == way)
            .collect();
        let exact = meant.iter().copied().filter(|at| !list[*at].is_whole);
        // An `unevaluated…` keyword must stay in one node with the keywords whose evaluations it uses. So the function
        // relaxes assertions about unevaluated properties and items last.
        let (together, apart): (Vec<usize>, Vec<usize>) =
            exact.partition(|at| looks_at_the_rest(&node, &list[*at].assertion));
        let mut groups: Vec<(Taken, Vec<Id>)> = Vec::new();
        for at in apart {
            let relaxed = &list[at];
            if self.lists_more(&mut node, relaxed) {
                self.applied[at] = true;
                continue;
            }
            let known = groups.iter().position(|(taken, _)| taken.is_of(&relaxed.assertion));
            let group = match known {
                Some(known) => known,
                None => match take(self.engine, &mut node, relaxed.writer, &relaxed.assertion) {
                    Some(taken) => {
                        groups.push((taken, Vec::new()));
                        groups.len() - 1
                    }
                    None => continue,
                },
            };
            self.applied[at] = true;
            groups[group].1.push(restricted(self.engine, relaxed, self.has_unevaluated));
        }
        for (taken, branches) in groups {
            let asserted = self.made_of(id, taken.asserted, origin);
            let union = self.union(id, taken.assertion, vec![asserted], branches, origin);
            node.all_of.push(union);
        }
        let without = without_the_rest(&node);
        let mut made = if node == *old { id } else { self.made_of(id, node, origin) };
        if let Some(first) = together.first() {
            let without = self.made_of(id, without, origin);
            let mut branches = Vec::with_capacity(together.len());
            for at in &together {
                self.applied[*at] = true;
                let own = restricted(self.engine, &list[*at], self.has_unevaluated);
                branches.push(self.engine.tree.all(vec![without, own]));
            }
            made = self.union(id, list[*first].assertion.clone(), vec![made, without], branches, origin);
        }
        let whole: Vec<usize> = meant.into_iter().filter(|at| list[*at].is_whole).collect();
        if whole.is_empty() {
            return made;
        }
        let writers = whole.iter().map(|at| list[*at].writer).collect();
        for at in &whole {
            self.applied[*at] = true;
        }
        self.union(id, list[whole[0]].assertion.clone(), vec![made], writers, origin)
    }

    /// Adds the writer's values to the values that the reader lists, if the engine can list the writer's values. So a
    /// long list stays one list. Returns whether it added them.
    fn lists_more(&mut self, node: &mut Node, relaxed: &Relaxed) -> bool {
        if relaxed.assertion != Assertion::Values {
            return false;
        }
        let Some(removed) = self.engine.removed_values(relaxed.writer, node) else { return false };
        let Some(listed) = &node.values else { return false };
        node.values = Some(Listed::of(listed.iter().cloned().chain(removed)));
        true
    }

    /// Adds a union. Its branches are the schemas in which the search continues, and the reported values of the writer.
    fn union(
        &mut self,
        id: Id,
        assertion: Assertion,
        mut tried: Vec<Id>,
        writers: Vec<Id>,
        origin: Origin,
    ) -> Id {
        let mut branches = vec![tried[0]];
        branches.extend(writers);
        let union = self.made_of(id, Node { any_of: vec![branches], ..Node::default() }, origin);
        tried.dedup_by(|a, b| a.is(*b));
        self.engine.relaxations.unions.insert(union.index(), Rc::new(RelaxedUnion { assertion, tried }));
        union
    }

    fn made_of(&mut self, id: Id, node: Node, origin: Origin) -> Id {
        let made = self.engine.tree.add(node, origin);
        self.engine.relaxations.originals.insert(made.index(), id);
        made
    }
}

/// Returns the schema of the writer's values that a finding reports.
fn restricted(engine: &mut Engine, relaxed: &Relaxed, has_unevaluated: bool) -> Id {
    let mut writer = relaxed.writer;
    if let Assertion::Types(name) = &relaxed.assertion {
        let only = Node { types: Types::named(name), ..Node::default() };
        let only = engine.tree.add(only, Origin::default());
        writer = engine.tree.all(vec![writer, only]);
    }
    if !has_unevaluated {
        return writer;
    }
    let not = engine.tree.add(Node { not: vec![writer], ..Node::default() }, Origin::default());
    engine.tree.add(Node { not: vec![not], ..Node::default() }, Origin::default())
}
