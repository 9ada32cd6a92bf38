//! Finds the alternatives that code can distinguish, and the conditions that distinguish them.

use std::collections::BTreeSet;

use super::definitions::Case;
use crate::shape::{Expression, Facts, Kinds};

/// Alternatives that become one variant, because code cannot distinguish them.
pub(super) struct Cluster<'c> {
    pub(super) alternatives: Vec<Expression>,
    pub(super) facts: Vec<Facts<'c>>,
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

/// Returns the alternatives in clusters. Code cannot distinguish the alternatives of one cluster.
pub(super) fn clusters<'c>(alternatives: Vec<Expression>, facts: Vec<Facts<'c>>) -> Vec<Cluster<'c>> {
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
    /// Returns the facts about all values of the cluster.
    pub(super) fn joined(&self) -> Facts<'c> {
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
pub(super) fn cases(clusters: &[Cluster<'_>]) -> Vec<Case> {
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

pub(super) fn kind_constants(kinds: Kinds) -> Vec<&'static str> {
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

pub(super) fn kind_name(kinds: Kinds) -> &'static str {
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
