//! Plans the variants of an enum of types.

use std::collections::BTreeSet;

use evschema_model::graph::Place;

use super::clusters::Cluster;
use super::constraints;
use super::definitions::{Case, RustType, TypeRef, UnionVariant};
use super::path::{Part, TypePath};
use super::typing::{Hint, Planner, places};
use super::variant_names::VariantNames;
use crate::names::distinct_by;
use crate::shape::{Expression, Kinds};

/// Maximum number of strings that become variants of an enum of types. A longer list becomes one variant with a type of
/// its own.
const TEXTS_MAX: usize = 200;

/// A variant before it has a name and a type.
struct Branch {
    content: Content,
    case: Case,
    /// The schema of the variant, if it is only one.
    place: Option<Place>,
    /// The schemas that describe the variant.
    described_by: Vec<Place>,
    names: VariantNames,
}

enum Content {
    Value(Expression),
    /// An object that has only this property, and always this property.
    OnlyProperty(String, Expression),
    Text(String),
}

impl<'c> Planner<'_, 'c> {
    /// Returns the variants of an enum with these alternatives, and whether one of them also accepts `null`. All names
    /// differ.
    pub(super) fn variants(
        &mut self,
        clusters: &[Cluster<'c>],
        cases: Vec<Case>,
        hint: &Hint,
    ) -> (Vec<UnionVariant>, bool) {
        let mut branches = Vec::new();
        for (cluster, case) in clusters.iter().zip(cases) {
            match self.text_branches(cluster, &case) {
                Some(texts) => branches.extend(texts),
                None => branches.push(self.branch(cluster, case)),
            }
        }
        let unique = |at: usize| {
            let own: &str = &branches[at].names.unique;
            // Only alternatives with equal conditions have equal names, so their order does not matter.
            match branches[..at].iter().filter(|before| before.names.unique == own).count() {
                0 => own.to_owned(),
                same => format!("{own}N{}", same + 1),
            }
        };
        let names = distinct_by(
            branches.len(),
            &BTreeSet::new(),
            &|at| branches[at].names.short.clone(),
            &|at| branches[at].names.long.clone(),
            &unique,
        );
        let mut nullable = false;
        let mut variants = Vec::new();
        for (branch, name) in branches.into_iter().zip(names) {
            let value = self.value_of(&branch, &hint.with(Part::Variant(name.clone())));
            nullable |= value.nullable;
            variants.push(UnionVariant {
                docs: constraints::docs(self.documents, &branch.described_by, Some(&name)),
                deprecated: constraints::is_deprecated(self.documents, &branch.described_by),
                name,
                value: TypeRef { nullable: false, ..value },
                case: branch.case,
                place: branch.place,
                boxed: false,
            });
        }
        (variants, nullable)
    }

    fn value_of(&mut self, branch: &Branch, hint: &Hint) -> TypeRef {
        let value = match &branch.content {
            Content::Value(expression) => return self.type_of(expression, hint),
            Content::OnlyProperty(name, member) => {
                let of = Box::new(self.type_of(member, hint));
                TypeRef::plain(RustType::OnlyProperty { name: name.clone(), of })
            }
            Content::Text(text) => TypeRef::plain(RustType::Text(text.clone())),
        };
        if let Some(place) = branch.place {
            let key = self.key_of(place);
            self.note_reader(&key, &value);
        }
        value
    }

    fn branch(&mut self, cluster: &Cluster<'c>, case: Case) -> Branch {
        let names = self.variant_names(cluster);
        let [alternative] = cluster.alternatives.as_slice() else {
            let content = Content::Value(Expression::Any(cluster.alternatives.clone()));
            return Branch { content, case, place: None, described_by: Vec::new(), names };
        };
        let place = if let Expression::Schema(place) = alternative { Some(*place) } else { None };
        let mut described_by = Vec::from_iter(place);
        if let Some((name, member)) = self.only_property(cluster) {
            described_by.extend(places(&member));
            let names = VariantNames::of_text("property", name);
            let content = Content::OnlyProperty(name.to_owned(), member);
            return Branch { content, case, place, described_by, names };
        }
        Branch { content: Content::Value(alternative.clone()), case, place, described_by, names }
    }

    /// Returns the only property of a cluster's objects, if they always have this property. This is how serde writes a
    /// variant of a Rust enum. A definition keeps a type of its own, because other schemas may use it too.
    fn only_property(&mut self, cluster: &Cluster<'c>) -> Option<(&'c str, Expression)> {
        let [alternative @ Expression::Schema(place)] = cluster.alternatives.as_slice() else { return None };
        let [facts] = cluster.facts.as_slice() else { return None };
        let [name] = facts.names.as_slice() else { return None };
        let is_only = facts.kinds == Kinds::OBJECT
            && !facts.opaque
            && !facts.keeps_rest
            && facts.literals.is_none()
            && facts.required.contains(name)
            && facts.known.as_ref().is_some_and(|known| known.len() == 1 && known.contains(name));
        // A constant is the tag of the variant, not its content.
        let is_tag = facts.tags.get(name).is_some_and(|texts| texts.len() == 1);
        let conjunction = self.shapes.conjunction(alternative);
        let is_plain = conjunction.own == [*place]
            && conjunction.groups.is_empty()
            && conjunction.mentions.is_empty()
            && !conjunction.whole;
        if !is_only || is_tag || !is_plain || !self.is_inline(*place) {
            return None;
        }
        let member = self.shapes.member(&conjunction, name);
        (!self.shapes.facts(&member).kinds.is_empty()).then_some((*name, member))
    }

    /// Returns a branch for each string of a cluster, if the cluster is only a list of strings.
    fn text_branches(&self, cluster: &Cluster<'c>, case: &Case) -> Option<Vec<Branch>> {
        let mut texts: Vec<(&'c str, Vec<(Place, usize)>)> = Vec::new();
        for (alternative, facts) in cluster.alternatives.iter().zip(&cluster.facts) {
            let Expression::Schema(place) = alternative else { return None };
            let literals = facts.literals.as_ref()?;
            if facts.kinds != Kinds::STRING || !self.is_inline(*place) || TEXTS_MAX < literals.len() {
                return None;
            }
            for text in literals.iter().filter_map(|value| value.as_str()) {
                let from = (*place, literals.len());
                match texts.iter_mut().find(|(known, _)| *known == text) {
                    Some((_, all)) => all.push(from),
                    None => texts.push((text, vec![from])),
                }
            }
        }
        let branch = |(text, from): (&str, Vec<(Place, usize)>)| {
            // If a list has several strings, its description is not about one of them.
            let described_by =
                from.iter().filter(|(_, count)| *count == 1).map(|(place, _)| *place).collect();
            let place = if let [(only, _)] = from.as_slice() { Some(*only) } else { None };
            Branch {
                content: Content::Text(text.to_owned()),
                case: case.clone(),
                place,
                described_by,
                names: VariantNames::of_text("string", text),
            }
        };
        (texts.len() <= TEXTS_MAX).then(|| texts.into_iter().map(branch).collect())
    }

    /// Returns whether a schema is written where it is used: neither a definition nor a reference.
    fn is_inline(&self, place: Place) -> bool {
        let tokens: Vec<String> = self.documents.pointer(place).tokens().collect();
        self.shapes.entry(place) == place && !TypePath::of_pointer(&tokens).is_start()
    }
}
