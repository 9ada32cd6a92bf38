//! Plans the variants of an enum of types.

use std::collections::BTreeSet;

use evschema_model::graph::Place;

use super::clusters::{Cluster, kind_name};
use super::constraints;
use super::definitions::{Case, RustType, TypeRef, UnionVariant};
use super::path::{Part, TypePath, root_name};
use super::typing::{Hint, Planner, places};
use crate::names::{self, Style, distinct_by};
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
    short_name: String,
    /// The name that shows the content. Used if several variants have the same short name.
    long_name: String,
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
        let names = distinct_by(
            branches.len(),
            &BTreeSet::new(),
            &|at| branches[at].short_name.clone(),
            &|at| {
                let branch = &branches[at];
                if branch.long_name == branch.short_name {
                    format!("{}Plain", branch.short_name)
                } else {
                    branch.long_name.clone()
                }
            },
            &|at| format!("{}N{}", branches[at].long_name, at + 1),
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
        let long_name = content_name(cluster);
        let [alternative] = cluster.alternatives.as_slice() else {
            let content = Content::Value(Expression::Any(cluster.alternatives.clone()));
            let short_name = long_name.clone();
            return Branch { content, case, place: None, described_by: Vec::new(), short_name, long_name };
        };
        let place = if let Expression::Schema(place) = alternative { Some(*place) } else { None };
        let mut described_by = Vec::from_iter(place);
        if let Some((name, member)) = self.only_property(cluster) {
            described_by.extend(places(&member));
            let (short_name, long_name) = (names::type_name(name), Style::Type.spelled(name));
            let content = Content::OnlyProperty(name.to_owned(), member);
            return Branch { content, case, place, described_by, short_name, long_name };
        }
        let short_name = self.variant_name(place, &case).unwrap_or_else(|| long_name.clone());
        Branch {
            content: Content::Value(alternative.clone()),
            case,
            place,
            described_by,
            short_name,
            long_name,
        }
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
                short_name: names::type_name(text),
                long_name: Style::Type.spelled(text),
            }
        };
        (texts.len() <= TEXTS_MAX).then(|| texts.into_iter().map(branch).collect())
    }

    /// Returns whether a schema is written where it is used: neither a definition nor a reference.
    fn is_inline(&self, place: Place) -> bool {
        let tokens: Vec<String> = self.documents.pointer(place).tokens().collect();
        self.shapes.entry(place) == place && !TypePath::of_pointer(&tokens).is_start()
    }

    /// Returns the name of a variant that does not depend on its content: its tag, or the key of its definition.
    fn variant_name(&self, place: Option<Place>, case: &Case) -> Option<String> {
        if let Some((_, texts)) = case.tags.first()
            && let [only] = texts.as_slice()
        {
            return Some(names::type_name(only));
        }
        let entry = self.shapes.entry(place?);
        if let Some(key) = self.documents.definition_key(entry) {
            return Some(names::type_name(&key));
        }
        let home = self.documents.document(entry);
        let is_root = entry == self.documents.root(home);
        let is_other = is_root && home != self.documents.document(place?);
        is_other.then(|| root_name(&self.documents.schema(home).at().subject))
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
