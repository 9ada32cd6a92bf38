//! Separates one assertion from a node.

use std::collections::BTreeSet;

use crate::alternatives::explicit_names;
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::number::{Decimal, Numbers};
use crate::tree::{Id, Name, Named, Node, Objects, Origin};
use crate::truth::Truth;

/// An assertion after its separation from its node.
pub(super) struct Taken {
    pub(super) assertion: Assertion,
    /// A node with only this assertion.
    pub(super) asserted: Node,
}

/// Returns whether an assertion of a node is about properties or items that other schemas do not evaluate.
pub(super) fn looks_at_the_rest(node: &Node, assertion: &Assertion) -> bool {
    let objects = node.objects.unevaluated.is_some();
    let arrays = node.arrays.unevaluated.is_some();
    match assertion {
        Assertion::Unevaluated => objects || arrays,
        Assertion::Lacks(_) => objects && node.objects.additional.is_none(),
        Assertion::Items => arrays && node.arrays.items.is_none(),
        Assertion::Types(_)
        | Assertion::Values
        | Assertion::Numbers
        | Assertion::Lengths
        | Assertion::Pattern(_)
        | Assertion::Format(_)
        | Assertion::ItemCount
        | Assertion::UniqueItems
        | Assertion::Contains
        | Assertion::Required(_)
        | Assertion::Property(_)
        | Assertion::Additional
        | Assertion::Names
        | Assertion::PropertyCount
        | Assertion::Dependent(_)
        | Assertion::AnyOf
        | Assertion::OneOf
        | Assertion::Not
        | Assertion::Condition
        | Assertion::Undecided(_) => false,
    }
}

/// Returns a node without its assertions about unevaluated properties and items.
pub(super) fn without_the_rest(node: &Node) -> Node {
    let mut without = node.clone();
    without.objects.unevaluated = None;
    without.arrays.unevaluated = None;
    without
}

impl Taken {
    /// Returns whether the separated assertion includes another assertion.
    pub(super) fn is_of(&self, other: &Assertion) -> bool {
        self.assertion == *other
            || matches!((&self.assertion, other), (Assertion::Types(_), Assertion::Types(_)))
    }
}

/// Separates an assertion from a node; returns `None` if the node does not have this assertion.
pub(super) fn take(engine: &mut Engine, node: &mut Node, writer: Id, assertion: &Assertion) -> Option<Taken> {
    let nothing = Node::default();
    let mut asserted = Node::default();
    match assertion {
        Assertion::Types(_) => {
            std::mem::swap(&mut asserted.types, &mut node.types);
            if takes_integers(&node.numbers) {
                asserted.numbers.step = node.numbers.step.take();
                asserted.numbers.requires_lexeme = std::mem::take(&mut node.numbers.requires_lexeme);
            }
        }
        Assertion::Values => asserted.values = node.values.take(),
        Assertion::Numbers => {
            let step = node.numbers.step.take_if(|step| *step == Decimal::one());
            let is_bounded = !node.numbers.is_any();
            let requires_lexeme = std::mem::take(&mut node.numbers.requires_lexeme) && step.is_some();
            asserted.numbers = std::mem::take(&mut node.numbers);
            let rest = Numbers { step, requires_lexeme, ..Numbers::default() };
            if is_bounded {
                node.numbers = rest;
            } else {
                asserted.numbers = rest;
            }
        }
        Assertion::Lengths => {
            asserted.strings.min = std::mem::take(&mut node.strings.min);
            asserted.strings.max = node.strings.max.take();
        }
        Assertion::Pattern(pattern) => {
            asserted.strings.patterns = extract(&mut node.strings.patterns, |own| own == pattern);
        }
        Assertion::Format(format) => {
            asserted.strings.formats = extract(&mut node.strings.formats, |own| own == format);
        }
        Assertion::Items => take_items(engine, node, &mut asserted),
        Assertion::ItemCount => {
            asserted.arrays.min = std::mem::take(&mut node.arrays.min);
            asserted.arrays.max = node.arrays.max.take();
        }
        Assertion::UniqueItems => asserted.arrays.unique = std::mem::take(&mut node.arrays.unique),
        Assertion::Contains => asserted.arrays.contains = std::mem::take(&mut node.arrays.contains),
        Assertion::Required(name) => {
            asserted.objects.required = extract(&mut node.objects.required, |own| **own == **name);
        }
        Assertion::PropertyCount => {
            asserted.objects.min = std::mem::take(&mut node.objects.min);
            asserted.objects.max = node.objects.max.take();
        }
        Assertion::Names => asserted.objects.names = node.objects.names.take(),
        Assertion::Dependent(name) => {
            let Objects { dependent_required, dependent_schemas, .. } = &mut node.objects;
            asserted.objects.dependent_required = extract(dependent_required, |own| *own.0 == **name);
            asserted.objects.dependent_schemas = extract_named(dependent_schemas, |own| own == name);
        }
        Assertion::Property(name) => take_property(engine, node, &mut asserted, name),
        Assertion::Lacks(name) => take_lacking(engine, node, &mut asserted, name),
        Assertion::Additional => take_additional(engine, node, &mut asserted, writer),
        Assertion::AnyOf => asserted.any_of = std::mem::take(&mut node.any_of),
        Assertion::OneOf => asserted.one_of = std::mem::take(&mut node.one_of),
        Assertion::Not => asserted.not = std::mem::take(&mut node.not),
        Assertion::Condition => asserted.conditions = std::mem::take(&mut node.conditions),
        Assertion::Undecided(_) => asserted.unsupported = node.unsupported.take(),
        // The engine cannot separate this assertion from the rest of the node.
        Assertion::Unevaluated => return None,
    }
    (asserted != nothing).then(|| Taken { assertion: assertion.clone(), asserted })
}

fn takes_integers(numbers: &Numbers) -> bool {
    numbers.step.as_ref() == Some(&Decimal::one())
}

fn extract<T>(list: &mut Vec<T>, is_meant: impl Fn(&T) -> bool) -> Vec<T> {
    let (meant, rest) = std::mem::take(list).into_iter().partition(is_meant);
    *list = rest;
    meant
}

fn extract_named(named: &mut Named, is_meant: impl Fn(&str) -> bool) -> Named {
    let (meant, rest): (Vec<_>, Vec<_>) = named.iter().cloned().partition(|(name, _)| is_meant(name));
    *named = rest.into_iter().collect();
    meant.into_iter().collect()
}

/// Separates the item schemas that reject everything. If no item schema does so, separates all item schemas.
fn take_items(engine: &mut Engine, node: &mut Node, asserted: &mut Node) {
    let anything = engine.tree.boolean(true, Origin::default());
    let arrays = &mut node.arrays;
    let refuses = |id: &Id| engine.tree.is_false(*id);
    let takes_all = !arrays.prefix.iter().chain(&arrays.items).any(refuses);
    let mut prefix = Vec::with_capacity(arrays.prefix.len());
    for own in &mut arrays.prefix {
        let is_taken = takes_all || refuses(own);
        prefix.push(if is_taken { std::mem::replace(own, anything) } else { anything });
    }
    let rest = arrays.items.take_if(|items| takes_all || refuses(items));
    if prefix.iter().chain(&rest).any(|own| !engine.tree.is_true(*own)) {
        asserted.arrays.prefix = prefix;
        asserted.arrays.items = rest;
    }
}

fn take_property(engine: &mut Engine, node: &mut Node, asserted: &mut Node, name: &str) {
    let anything = engine.tree.boolean(true, Origin::default());
    let objects = &mut node.objects;
    let replaced = |named: &Named, meant: &dyn Fn(&str) -> bool| -> Named {
        named.iter().map(|(own, id)| (own.clone(), if meant(own) { anything } else { *id })).collect()
    };
    if let Some(rule) = objects.properties.of(name).filter(|rule| !engine.tree.is_true(*rule)) {
        objects.properties = replaced(&objects.properties, &|own| own == name);
        asserted.objects.properties = Named::from_iter([(Name::from(name), rule)]);
        return;
    }
    // The assertion comes from patterns: from the pattern with this text, or from the patterns that match the name.
    let is_named = objects.patterns.of(name).is_some();
    let mut matching: Vec<Name> = Vec::new();
    for (pattern, rule) in objects.patterns.iter() {
        let is_meant = if is_named {
            **pattern == *name
        } else {
            engine.patterns.is_match(pattern, name) != Truth::No && engine.tree.is_false(*rule)
        };
        if is_meant {
            matching.push(pattern.clone());
        }
    }
    let is_meant = |own: &str| matching.iter().any(|pattern| **pattern == *own);
    let meant = objects.patterns.iter().filter(|(own, _)| is_meant(own)).cloned();
    asserted.objects.patterns = meant.collect();
    objects.patterns = replaced(&objects.patterns, &is_meant);
}

/// Separates the rejection of one property that the reader does not declare.
fn take_lacking(engine: &mut Engine, node: &mut Node, asserted: &mut Node, name: &str) {
    let anything = engine.tree.boolean(true, Origin::default());
    let objects = &mut node.objects;
    let Some(rest) = objects.additional.filter(|_| objects.properties.of(name).is_none()) else { return };
    let declared = objects.properties.iter().cloned().chain([(Name::from(name), anything)]);
    objects.properties = declared.collect();
    asserted.objects.properties = Named::from_iter([(Name::from(name), rest)]);
}

/// Separates the schema for all properties that neither side declares. Properties that only the writer declares have
/// their own findings.
fn take_additional(engine: &mut Engine, node: &mut Node, asserted: &mut Node, writer: Id) {
    let Some(rest) = node.objects.additional.take() else { return };
    let anything = engine.tree.boolean(true, Origin::default());
    let objects = &mut node.objects;
    let free = |named: &Named| named.iter().map(|(own, _)| (own.clone(), anything)).collect::<Named>();
    asserted.objects.properties = free(&objects.properties);
    asserted.objects.patterns = free(&objects.patterns);
    asserted.objects.additional = Some(rest);
    let mut sent: BTreeSet<Name> = BTreeSet::new();
    for alternative in engine.alternatives(writer).iter() {
        sent.extend(explicit_names(alternative, None));
    }
    let mut declared: Vec<(Name, Id)> = objects.properties.iter().cloned().collect();
    for name in sent {
        let is_matched =
            objects.patterns.iter().any(|(own, _)| engine.patterns.is_match(own, &name) != Truth::No);
        if objects.properties.of(&name).is_none() && !is_matched {
            declared.push((name, rest));
        }
    }
    objects.properties = declared.into_iter().collect();
}
