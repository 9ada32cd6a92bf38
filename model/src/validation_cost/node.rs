//! A node of the cost graph, read from the schema graph.

use foldhash::HashMap;
use serde_json::Value;

use super::weights;
use super::{Measure, PER_BYTE_OF};
use crate::limits;
use crate::patterns::Cost;

/// A subschema, and the subschemas that the validator applies from it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// To the same value.
    pub(super) here: Vec<u32>,
    /// To the property with a certain name.
    pub(super) named: HashMap<String, u32>,
    /// To each property, whatever its name.
    pub(super) each_member: Vec<u32>,
    /// To the name of each property.
    pub(super) names: Vec<u32>,
    /// To the first items, one for each.
    pub(super) leading_items: Vec<u32>,
    /// To each item.
    pub(super) each_item: Vec<u32>,
    /// Whether items must differ.
    pub(super) is_unique: bool,
    /// The number of branches of its unions.
    pub(super) branches: u64,
    /// Whether a path to it leads through a union.
    pub(super) is_in_union: bool,
    /// Whether the validator applies the other keywords once more, to find the parts that they did not evaluate.
    pub(super) goes_twice: bool,
    /// Steps that its own keywords take beyond the first.
    pub(super) own: u64,
    /// Steps that lengths and formats take for each kilobyte of a string.
    pub(super) per_kilobyte: u64,
    /// The costs of its patterns for strings.
    pub(super) patterns: Vec<Cost>,
    /// The costs of its patterns for property names.
    pub(super) name_patterns: Vec<Cost>,
    /// The number of its own keywords.
    pub(super) keywords: u64,
    /// Errors that its own keywords can report beyond the first.
    pub(super) own_errors: u64,
}

impl Node {
    /// Returns all subschemas that the validator applies from here.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> {
        let lists = [&self.here, &self.each_member, &self.names, &self.leading_items, &self.each_item];
        lists.into_iter().flatten().chain(self.named.values()).copied()
    }

    /// Returns the cost of the node itself on each path, whatever the value.
    pub(super) fn weight(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Steps => 1 + self.own + self.name_patterns.len() as u64,
            Measure::StepsPerByte => {
                let patterns = self.patterns.iter().chain(&self.name_patterns);
                patterns
                    .map(|cost| cost.steps(PER_BYTE_OF as usize).div_ceil(PER_BYTE_OF))
                    .fold(self.per_kilobyte.div_ceil(PER_BYTE_OF), u64::saturating_add)
            }
            Measure::Errors => 1 + self.own_errors,
            Measure::ErrorsInUnions if self.is_in_union => 1 + self.own_errors,
            Measure::ErrorsInUnions => 0,
            // Each error in a union keeps a copy of its value.
            Measure::CopiedBytes if self.is_in_union => 1 + self.keywords + self.own_errors + self.branches,
            Measure::CopiedBytes => self.branches,
        }
    }

    /// Returns the cost of the node itself for a value.
    pub(super) fn weight_for(&self, measure: Measure, value: &Value) -> u64 {
        let weight = self.weight(measure);
        let texts = |costs: &[Cost], text: &str| costs.iter().map(|cost| cost.steps(text.len())).sum::<u64>();
        match (measure, value) {
            (Measure::Steps, Value::String(text)) => {
                let own = (text.len() as u64).saturating_mul(self.per_kilobyte) / PER_BYTE_OF;
                weight.saturating_add(own).saturating_add(texts(&self.patterns, text))
            }
            (Measure::Steps, Value::Object(members))
                if limits::VALIDATION_STEPS_MAX
                    < (members.len() as u64).saturating_mul(self.name_patterns.len() as u64) =>
            {
                u64::MAX
            }
            (Measure::Steps, Value::Array(items)) if self.is_unique => {
                weight.saturating_add(weights::unique_steps(items))
            }
            (Measure::Steps, Value::Object(members)) if !self.name_patterns.is_empty() => members
                .keys()
                .map(|name| texts(&self.name_patterns, name) + self.name_patterns.len() as u64)
                .fold(weight, u64::saturating_add),
            _ => weight,
        }
    }
}
