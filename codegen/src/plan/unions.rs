//! Plans enums of types, in two cases: code can distinguish the alternatives of a schema, or a schema accepts several
//! kinds of values.

use std::collections::BTreeSet;

use super::path::{Part, root_name};
use super::typing::{Hint, Planner, wide};
use super::{Body, Case, RustType, TypeRef, UnionVariant};
use crate::names::{self, distinct_by};
use crate::shape::{Conjunction, Expression, Facts, Kinds};

/// Maximum number of alternatives that are compared with each other. If a schema has more, one type holds the values of
/// all alternatives.
const ALTERNATIVES_MAX: usize = 200;

/// Alternatives that become one variant, because code cannot distinguish them.
struct Cluster<'c> {
    alternatives: Vec<Expression>,
    facts: Vec<Facts<'c>>,
}

/// The difference between two alternatives.
enum Difference<'c> {
    Kinds,
    Tag(&'c str),
    /// The first alternative requires a property that the second alternative cannot have.
    Missing(&'c str),
    /// The second alternative requires a property that the first alternative cannot have.
    Surplus,
}

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
                return Some(self.union(clusters, hint, conjunction));
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

    fn union(&mut self, clusters: Vec<Cluster<'c>>, hint: &Hint, conjunction: &Conjunction) -> TypeRef {
        let cases = cases(&clusters);
        let docs = self.docs_of(conjunction, &Expression::Anything, hint);
        let id = self.define(hint, docs, Body::Union(Vec::new()));
        self.settle(id);
        let names = self.variant_names(&clusters, &cases);
        let mut variants = Vec::new();
        let mut nullable = false;
        for ((cluster, case), name) in clusters.into_iter().zip(cases).zip(names) {
            let hint = hint.with(Part::Variant(name.clone()));
            let expression = match cluster.alternatives.as_slice() {
                [only] => only.clone(),
                several => Expression::Any(several.to_vec()),
            };
            let place = if let Expression::Schema(place) = &expression { Some(*place) } else { None };
            let value = wide(self.type_of(&expression, &hint));
            nullable |= value.nullable;
            let value = TypeRef { nullable: false, ..value };
            variants.push(UnionVariant { name, docs: Vec::new(), value, case, place, boxed: false });
        }
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
            let value = wide(self.type_of(&conjunction.only(part), &hint));
            let case = Case { kinds: kind_constants(part), ..Case::default() };
            variants.push(UnionVariant { name, docs: Vec::new(), value, case, place: None, boxed: false });
        }
        if unintended {
            let others = facts.kinds.without(Kinds::OBJECT);
            variants.push(UnionVariant {
                name: "Other".to_owned(),
                docs: vec![
                    "Any value that is not an object. The schema also accepts such values.".to_owned(),
                ],
                value: TypeRef::plain(RustType::Json),
                case: Case { kinds: kind_constants(others), ..Case::default() },
                place: None,
                boxed: false,
            });
        }
        self.set_union(id, variants);
        TypeRef { shape: RustType::Named(id), nullable }
    }

    /// Returns the names of the variants. All names differ.
    fn variant_names(&self, clusters: &[Cluster<'c>], cases: &[Case]) -> Vec<String> {
        let parts: Vec<(String, String)> = clusters
            .iter()
            .zip(cases)
            .map(|(cluster, case)| (self.variant_name(cluster, case), content_name(cluster)))
            .collect();
        distinct_by(
            clusters.len(),
            &BTreeSet::new(),
            &|at| parts[at].0.clone(),
            &|at| {
                if parts[at].1 == parts[at].0 { format!("{}Plain", parts[at].0) } else { parts[at].1.clone() }
            },
            &|at| format!("{}N{}", parts[at].1, at + 1),
        )
    }

    /// Returns the name of a variant. The name depends only on the variant's own alternative: on its tag, on the key of its
    /// definition, or on the properties that it requires.
    fn variant_name(&self, cluster: &Cluster<'c>, case: &Case) -> String {
        if let Some((_, texts)) = case.tags.first()
            && let [only] = texts.as_slice()
        {
            return names::type_name(only);
        }
        if let [Expression::Schema(place)] = cluster.alternatives.as_slice() {
            let entry = self.shapes.entry(*place);
            let tokens: Vec<String> = self.atlas.pointer(entry).tokens().collect();
            if let [.., folder, name] = tokens.as_slice()
                && (folder == "$defs" || folder == "definitions")
            {
                return names::type_name(name);
            }
            let home = self.atlas.document(entry);
            if tokens.is_empty() && home != self.atlas.document(*place) {
                return root_name(&self.atlas.schema(home).at().subject);
            }
        }
        content_name(cluster)
    }
}

/// Returns the name of a variant by its content: the properties that it requires, or its kind of value.
fn content_name(cluster: &Cluster<'_>) -> String {
    /// More properties would make the name hard to read.
    const PROPERTIES_MAX: usize = 3;
    let kinds = cluster.facts.iter().fold(Kinds::NONE, |kinds, facts| kinds.or(facts.kinds));
    let joined = cluster.joined();
    if kinds != Kinds::OBJECT || joined.required.is_empty() {
        return kind_name(kinds).to_owned();
    }
    let required = joined.required.iter().take(PROPERTIES_MAX).map(|name| names::type_name(name));
    names::cut_type_name(format!("With{}", required.collect::<Vec<_>>().join("And")))
}

/// Returns the alternatives in clusters. Code cannot distinguish the alternatives of one cluster.
fn clusters<'c>(alternatives: Vec<Expression>, facts: Vec<Facts<'c>>) -> Vec<Cluster<'c>> {
    let mut clusters: Vec<Cluster<'c>> = Vec::new();
    for (alternative, facts) in alternatives.into_iter().zip(facts) {
        let mut merged = Cluster { alternatives: Vec::new(), facts: Vec::new() };
        let mut apart = Vec::new();
        for cluster in clusters {
            if cluster.facts.iter().all(|other| difference(other, &facts).is_some()) {
                apart.push(cluster);
            } else {
                merged.alternatives.extend(cluster.alternatives);
                merged.facts.extend(cluster.facts);
            }
        }
        merged.alternatives.push(alternative);
        merged.facts.push(facts);
        apart.push(merged);
        clusters = apart;
    }
    // The case of a cluster is weaker than the facts of its alternatives, so compare the clusters again.
    let mut at = 0;
    while at < clusters.len() {
        let clash = (0..clusters.len()).find(|other| {
            *other != at && difference(&clusters[at].joined(), &clusters[*other].joined()).is_none()
        });
        match clash {
            Some(other) => {
                let merged = clusters.remove(other);
                let at_now = if other < at { at - 1 } else { at };
                clusters[at_now].alternatives.extend(merged.alternatives);
                clusters[at_now].facts.extend(merged.facts);
                at = 0;
            }
            None => at += 1,
        }
    }
    clusters
}

impl<'c> Cluster<'c> {
    fn joined(&self) -> Facts<'c> {
        let mut facts = self.facts.iter().cloned();
        let first = facts.next();
        facts
            .fold(first, |joined, next| joined.map(|joined| joined.joined(next)))
            .unwrap_or_else(Facts::unknown)
    }
}

/// Returns a difference that separates every value of one alternative from every value of the other, if one exists.
fn difference<'c>(a: &Facts<'c>, b: &Facts<'c>) -> Option<Difference<'c>> {
    let common = a.kinds.and(b.kinds);
    if common.is_empty() {
        return Some(Difference::Kinds);
    }
    if common != Kinds::OBJECT {
        return None;
    }
    let tag = a.tags.iter().find(|(name, texts)| {
        a.required.contains(*name)
            && b.required.contains(*name)
            && b.tags.get(*name).is_some_and(|others| others.is_disjoint(texts))
    });
    if let Some((name, _)) = tag {
        return Some(Difference::Tag(name));
    }
    let excluded = |required: &BTreeSet<&'c str>, known: &Option<BTreeSet<&'c str>>| {
        let known = known.as_ref()?;
        required.iter().find(|name| !known.contains(*name)).copied()
    };
    excluded(&a.required, &b.known)
        .map(Difference::Missing)
        .or_else(|| excluded(&b.required, &a.known).map(|_| Difference::Surplus))
}

/// Returns the case of each cluster. The case has only the conditions that distinguish this cluster from the other
/// clusters.
fn cases(clusters: &[Cluster<'_>]) -> Vec<Case> {
    distinguish(&clusters.iter().map(Cluster::joined).collect::<Vec<_>>())
}

/// Returns a case for each set of values. The case has only the conditions that distinguish this set from the other
/// sets. If two sets have common values, these values match both cases.
pub(crate) fn distinguish(joined: &[Facts<'_>]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, facts) in joined.iter().enumerate() {
        let mut case = Case { kinds: kind_constants(facts.kinds), ..Case::default() };
        let mut tags = BTreeSet::new();
        let mut required = BTreeSet::new();
        for (_, other) in joined.iter().enumerate().filter(|(other, _)| *other != at) {
            match difference(facts, other) {
                Some(Difference::Tag(name)) => {
                    tags.insert(name);
                }
                Some(Difference::Missing(name)) => {
                    required.insert(name);
                }
                // The other cluster requires a property that this cluster cannot have.
                Some(Difference::Surplus) => {
                    case.known =
                        facts.known.as_ref().map(|known| known.iter().map(|n| (*n).to_owned()).collect());
                }
                Some(Difference::Kinds) | None => {}
            }
        }
        case.required = required.into_iter().map(str::to_owned).collect();
        for name in tags {
            let texts = facts.tags.get(name).into_iter().flatten().map(|text| (*text).to_owned()).collect();
            case.tags.push((name.to_owned(), texts));
        }
        cases.push(case);
    }
    cases
}

fn kind_constants(kinds: Kinds) -> Vec<&'static str> {
    if kinds == Kinds::ALL {
        return vec!["ANY"];
    }
    let mut constants = Vec::new();
    for (kind, constant) in [
        (Kinds::NULL, "NULL"),
        (Kinds::BOOL, "BOOL"),
        (Kinds::NUMBER, "NUMBER"),
        (Kinds::STRING, "STRING"),
        (Kinds::ARRAY, "ARRAY"),
        (Kinds::OBJECT, "OBJECT"),
    ] {
        if kinds.has(kind) {
            constants.push(constant);
        } else if kind == Kinds::NUMBER && kinds.meets(kind) {
            constants.push(if kinds.has(Kinds::INTEGER) { "INTEGER" } else { "FRACTION" });
        }
    }
    constants
}

fn kind_name(kinds: Kinds) -> &'static str {
    for (kind, name) in [
        (Kinds::NULL, "Null"),
        (Kinds::BOOL, "Bool"),
        (Kinds::INTEGER, "Integer"),
        (Kinds::FRACTION, "Fraction"),
        (Kinds::NUMBER, "Number"),
        (Kinds::STRING, "Text"),
        (Kinds::ARRAY, "List"),
        (Kinds::OBJECT, "Object"),
    ] {
        if kinds == kind {
            return name;
        }
    }
    "Other"
}
