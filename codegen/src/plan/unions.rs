//! Plans enums of types, in two cases: code can distinguish the alternatives of a schema, or a schema accepts several
//! kinds of values.

use std::collections::BTreeSet;

use super::clusters::{Cluster, cases, clusters, kind_constants, kind_name};
use super::definitions::{Body, Case, RustType, TypeRef, UnionVariant};
use super::path::Part;
use super::typing::{Hint, Planner};
use crate::shape::{Conjunction, Expression, Facts, Kinds};

/// Maximum number of alternatives that are compared with each other. If a schema has more, one type holds the values of
/// all alternatives.
const ALTERNATIVES_MAX: usize = 200;

impl<'c> Planner<'_, 'c> {
    /// Returns the type of a conjunction if the alternatives of one of its groups can be distinguished.
    pub(super) fn union_of_groups(
        &mut self,
        conjunction: &Conjunction,
        facts: &Facts<'c>,
        kinds: Kinds,
        hint: &Hint,
    ) -> Option<TypeRef> {
        for at in 0..conjunction.groups.len() {
            let (alternatives, known) = self.alternatives(conjunction, at, kinds);
            if alternatives.len() == 1 {
                return Some(self.type_of(&alternatives[0], hint));
            }
            if alternatives.is_empty() || ALTERNATIVES_MAX < alternatives.len() {
                continue;
            }
            // A list of literals becomes one enum of strings, not an enum of enums.
            if facts.literals.is_some() && kinds.separate_count() == 1 {
                continue;
            }
            let clusters = clusters(alternatives, known);
            if 1 < clusters.len() {
                return Some(self.union(&clusters, hint, conjunction));
            }
        }
        None
    }

    /// Returns the alternatives of a group with their facts. Each alternative includes the other conditions of the
    /// conjunction, and excludes `null`.
    fn alternatives(
        &mut self,
        conjunction: &Conjunction,
        group: usize,
        kinds: Kinds,
    ) -> (Vec<Expression>, Vec<Facts<'c>>) {
        let beside = conjunction.without_group(group);
        let mut seen = BTreeSet::new();
        let mut alternatives = Vec::new();
        let mut known = Vec::new();
        for alternative in &conjunction.groups[group].alternatives {
            let mut all = beside.clone();
            all.push(alternative.clone());
            let mut expression = Expression::All(all.clone());
            let mut facts = self.shapes.facts(&expression);
            if facts.kinds.and(kinds) != facts.kinds {
                all.push(Expression::Kinds(kinds));
                expression = Expression::All(all);
                facts = self.shapes.facts(&expression);
            }
            if facts.kinds.is_empty() {
                continue;
            }
            // Without other conditions, an alternative is the schema at one place. This place gives the alternative a
            // name.
            if let Expression::All(parts) = &expression
                && let [only] = parts.as_slice()
            {
                expression = only.clone();
            }
            if seen.insert(self.shapes.conjunction(&expression).key()) {
                alternatives.push(expression);
                known.push(facts);
            }
        }
        (alternatives, known)
    }

    fn union(&mut self, clusters: &[Cluster<'c>], hint: &Hint, conjunction: &Conjunction) -> TypeRef {
        let cases = cases(clusters);
        let docs = self.docs_of(conjunction, &Expression::Anything, hint);
        let id = self.define(hint, docs, Body::Union(Vec::new()));
        self.settle(id);
        let (variants, nullable) = self.variants(clusters, cases, hint);
        self.set_union(id, variants);
        TypeRef { shape: RustType::Named(id), nullable }
    }

    /// Returns the type of a conjunction that accepts values of several kinds.
    pub(super) fn union_of_kinds(
        &mut self,
        conjunction: &Conjunction,
        facts: &Facts<'c>,
        kinds: Kinds,
        hint: &Hint,
    ) -> TypeRef {
        /// If a schema accepts at least this number of kinds, its author probably did not intend all of them.
        const UNINTENDED_KINDS: usize = 4;
        let unintended = UNINTENDED_KINDS <= kinds.separate_count();
        if unintended && (facts.names.is_empty() || !kinds.meets(Kinds::OBJECT)) {
            return TypeRef::plain(RustType::Json);
        }
        let nullable = facts.kinds.has(Kinds::NULL) && !unintended;
        self.open_takes_null(nullable);
        let docs = self.docs_of(conjunction, &Expression::Anything, hint);
        let id = self.define(hint, docs, Body::Union(Vec::new()));
        self.settle(id);
        let parts: Vec<Kinds> = if unintended {
            vec![Kinds::OBJECT]
        } else {
            Kinds::SEPARATE
                .into_iter()
                .filter(|kind| kinds.meets(*kind))
                .map(|kind| kind.and(kinds))
                .collect()
        };
        let mut variants = Vec::new();
        for part in parts {
            let name = kind_name(part).to_owned();
            let hint = hint.with(Part::Variant(name.clone()));
            let value = self.type_of(&conjunction.only(part), &hint);
            let case = Case { kinds: kind_constants(part), ..Case::default() };
            variants.push(UnionVariant {
                name,
                docs: Vec::new(),
                deprecated: false,
                value,
                case,
                place: None,
                boxed: false,
            });
        }
        if unintended {
            let others = facts.kinds.without(Kinds::OBJECT);
            variants.push(UnionVariant {
                name: "Other".to_owned(),
                docs: vec![
                    "Any value that is not an object. The schema also accepts such values.".to_owned(),
                ],
                deprecated: false,
                value: TypeRef::plain(RustType::Json),
                case: Case { kinds: kind_constants(others), ..Case::default() },
                place: None,
                boxed: false,
            });
        }
        self.set_union(id, variants);
        TypeRef { shape: RustType::Named(id), nullable }
    }
}
