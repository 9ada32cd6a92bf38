//! Translates applicators into property conditions, when a program is decoded.

use super::property_conditions::{PropertyCondition, RECORDED_MAX};
use crate::bit_set::BitSet;
use crate::kinds::Kinds;
use crate::program::node::{
    AdditionalProperties, Applicators, ChecksWhileReading, Node, ObjectKeywords, Property,
};
use crate::program::node_id::{NodeId, index};
use crate::reject::Reason;

/// Replaces an applicator by a property condition if its result depends only on the properties of the object.
pub(crate) fn extract(nodes: &mut [Node]) {
    let extracted: Vec<Extracted> =
        nodes.iter().map(|node| Extractor::new(nodes, node).applicators()).collect();
    for (node, extracted) in nodes.iter_mut().zip(extracted) {
        let (Some(object), Some(applicators)) = (&mut node.object, &mut node.applicators) else { continue };
        if !extracted.conditions.is_empty() {
            node.source.applicators = Some((**applicators).clone());
        }
        for (applicator, condition, reason) in extracted.conditions {
            object.conditions.push((condition, reason));
            match applicator {
                Applicator::AllOf(part) => applicators.all_of = without(&applicators.all_of, part),
                Applicator::AnyOf => applicators.any_of = Box::default(),
                Applicator::OneOf => applicators.one_of = Box::default(),
                Applicator::Not => applicators.not = None,
                Applicator::If => applicators.condition = None,
            }
        }
        object.recorded = extracted.recorded.into();
        if applicators.is_empty() {
            node.applicators = None;
            if node.checks_while_reading == ChecksWhileReading::OwnKeywords {
                node.checks_while_reading = ChecksWhileReading::All;
            }
        }
    }
}

fn without(parts: &[NodeId], removed: NodeId) -> Box<[NodeId]> {
    parts.iter().copied().filter(|part| *part != removed).collect()
}

/// The conditions extracted from one node.
#[derive(Default)]
struct Extracted {
    conditions: Vec<(Applicator, PropertyCondition, Reason)>,
    /// The properties whose values the conditions read.
    recorded: Vec<u16>,
}

/// The keyword that a condition replaces.
enum Applicator {
    /// One part of an `allOf`.
    AllOf(NodeId),
    AnyOf,
    OneOf,
    Not,
    If,
}

/// Maximum number of parts visited for one node. References can lead to the same part more than once.
const PARTS_MAX: usize = 500;

/// Translates the applicators of one node. Each method returns `None` if the applicator depends on more than the
/// properties of the object.
struct Extractor<'n> {
    nodes: &'n [Node],
    node: &'n Node,
    properties: &'n [Property],
    recorded: Vec<u16>,
    parts_left: usize,
}

impl<'n> Extractor<'n> {
    fn new(nodes: &'n [Node], node: &'n Node) -> Self {
        let properties = node.object.as_ref().map_or(&[][..], |object| &object.properties);
        Self { nodes, node, properties, recorded: Vec::new(), parts_left: PARTS_MAX }
    }

    fn applicators(mut self) -> Extracted {
        let Some(applicators) = &self.node.applicators else { return Extracted::default() };
        if self.node.object.is_none() || !self.node.variants.is_empty() {
            return Extracted::default();
        }
        let mut conditions = Vec::new();
        for part in &applicators.all_of {
            let condition = self.try_extract(|extractor| extractor.part(*part));
            conditions
                .extend(condition.map(|condition| (Applicator::AllOf(*part), condition, Reason::Required)));
        }
        let any_of =
            self.try_extract(|extractor| extractor.parts(&applicators.any_of).map(PropertyCondition::Any));
        conditions.extend(any_of.map(|condition| (Applicator::AnyOf, condition, Reason::AnyOf)));
        let one_of = self
            .try_extract(|extractor| extractor.parts(&applicators.one_of).map(PropertyCondition::ExactlyOne));
        conditions.extend(one_of.map(|condition| (Applicator::OneOf, condition, Reason::OneOf)));
        let not = self.try_extract(|extractor| extractor.not(applicators));
        conditions.extend(not.map(|condition| (Applicator::Not, condition, Reason::Not)));
        let if_else = self.try_extract(|extractor| extractor.if_else(applicators));
        conditions.extend(if_else.map(|condition| (Applicator::If, condition, Reason::Required)));
        Extracted { conditions, recorded: self.recorded }
    }

    /// Returns the condition of an applicator, if the condition is right for values of every kind. Otherwise records no
    /// properties for the applicator.
    fn try_extract(
        &mut self,
        extract: impl FnOnce(&mut Self) -> Option<PropertyCondition>,
    ) -> Option<PropertyCondition> {
        let recorded = self.recorded.len();
        let condition = extract(self)
            .filter(|condition| self.node.kinds == Kinds::OBJECT || condition.holds_for_other_kinds());
        if condition.is_none() {
            self.recorded.truncate(recorded);
        }
        condition
    }

    /// Returns the conditions of several parts; `None` for no parts.
    fn parts(&mut self, children: &[NodeId]) -> Option<Box<[PropertyCondition]>> {
        if children.is_empty() {
            return None;
        }
        children.iter().map(|child| self.part(*child)).collect()
    }

    fn not(&mut self, applicators: &Applicators) -> Option<PropertyCondition> {
        Some(PropertyCondition::Not(Box::new(self.part(applicators.not?)?)))
    }

    fn if_else(&mut self, applicators: &Applicators) -> Option<PropertyCondition> {
        let (condition, then, otherwise) = applicators.condition?;
        let mut branch = |child: Option<NodeId>| match child {
            Some(child) => self.part(child),
            None => Some(PropertyCondition::ArePresent(BitSet::default())),
        };
        Some(PropertyCondition::If(Box::new([branch(Some(condition))?, branch(then)?, branch(otherwise)?])))
    }

    fn part(&mut self, child: NodeId) -> Option<PropertyCondition> {
        self.parts_left = self.parts_left.checked_sub(1)?;
        let NodeId { link: None, number } = child else { return None };
        let node = self.nodes.get(index(number))?;
        if !node.depends_only_on_named_properties() {
            return None;
        }
        let mut all = Vec::new();
        if let Some(object) = &node.object {
            all.push(PropertyCondition::ArePresent(self.required(object)?));
            for property in object.properties.iter().filter(|property| property.is_declared) {
                all.extend(self.property(property)?);
            }
        }
        if let Some(applicators) = &node.applicators {
            for part in &applicators.all_of {
                all.push(self.part(*part)?);
            }
            if !applicators.any_of.is_empty() {
                all.push(PropertyCondition::Any(self.parts(&applicators.any_of)?));
            }
            if !applicators.one_of.is_empty() {
                all.push(PropertyCondition::ExactlyOne(self.parts(&applicators.one_of)?));
            }
            if applicators.not.is_some() {
                all.push(self.not(applicators)?);
            }
            if applicators.condition.is_some() {
                all.push(self.if_else(applicators)?);
            }
        }
        Some(if all.len() == 1 { all.remove(0) } else { PropertyCondition::All(all.into()) })
    }

    fn required(&self, object: &ObjectKeywords) -> Option<BitSet> {
        let properties = object.properties.iter().enumerate();
        let required = properties.filter(|(number, _)| object.required.contains(*number));
        required.map(|(_, property)| self.own_number(property)).collect()
    }

    /// Returns the condition of a declared property of a part: `Some(None)` if the part does not restrict the property.
    fn property(&mut self, property: &Property) -> Option<Option<PropertyCondition>> {
        let number = self.own_number(property)?;
        // If the object itself declares the property, the property is evaluated in any case.
        if !self.properties[number].is_declared {
            return None;
        }
        let Some(node) = property.node else { return Some(None) };
        let number = u16::try_from(number).ok()?;
        let recorded = self.recorded.iter().position(|known| *known == number).unwrap_or_else(|| {
            self.recorded.push(number);
            self.recorded.len() - 1
        });
        (recorded < RECORDED_MAX).then_some(Some(PropertyCondition::Satisfies(recorded, node)))
    }

    /// Returns the number of a part's property among the properties of the object itself.
    fn own_number(&self, property: &Property) -> Option<usize> {
        self.properties.iter().position(|own| own.name.text() == property.name.text())
    }
}

impl Node {
    /// Returns whether the keywords of the node depend on nothing but properties that they name.
    fn depends_only_on_named_properties(&self) -> bool {
        self.kinds == Kinds::ALL
            && self.string.is_none()
            && self.number.is_none()
            && self.array.is_none()
            && self.enum_values.is_none()
            && self.unless_null.is_none()
            && self.object.as_ref().is_none_or(|object| object.depends_only_on_named_properties())
            && self.applicators.as_ref().is_none_or(|applicators| applicators.is_context_free())
    }
}

impl ObjectKeywords {
    fn depends_only_on_named_properties(&self) -> bool {
        self.patterns.is_empty()
            && matches!(self.additional, AdditionalProperties::Unconstrained)
            && self.property_names.is_none()
            && self.min_properties == 0
            && self.max_properties.is_none()
            && self.dependent_required.is_empty()
            && self.dependent_schemas.is_empty()
    }
}

impl Applicators {
    /// Returns whether the result depends neither on the dynamic scope nor on evaluated properties and items.
    fn is_context_free(&self) -> bool {
        self.dynamic_ref.is_none()
            && self.resource.is_none()
            && self.unevaluated_properties.is_none()
            && self.unevaluated_items.is_none()
    }

    fn is_empty(&self) -> bool {
        self.is_context_free()
            && self.all_of.is_empty()
            && self.any_of.is_empty()
            && self.one_of.is_empty()
            && self.not.is_none()
            && self.condition.is_none()
    }
}
