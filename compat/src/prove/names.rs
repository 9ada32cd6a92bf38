//! Determines which names properties can have.
//!
//! The schemas of a property depend on its name. The engine divides the names that no schema states literally into
//! **cells**: all names of a cell match the same patterns. Every schema object treats all properties of a cell alike,
//! so the engine compares a cell as if it were one property. With automata, the engine finds and drops cells that
//! contain no name. If a pattern has no automaton, the engine assumes that a name may or may not match it. This only
//! makes the writer wider.

use std::rc::Rc;

use serde_json::Value;

use crate::alternatives::{Alternative, PropertyLayer, explicit_names};
use crate::engine::Engine;
use crate::pattern::one_of_texts;
use crate::tree::{Id, Name, Types};
use crate::truth::Truth;

/// The names that match the same patterns, with the writer's schema for properties with such names.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) every: Vec<Name>,
    pub(crate) none: Vec<Name>,
    pub(crate) schema: Id,
}

/// The maximum number of patterns that define the cells of an object.
const PATTERNS_MAX: usize = 24;

/// The maximum number of cells of an object.
const CELLS_MAX: usize = 128;

/// The number of cells that the engine divides in one step.
const CELLS_IN_A_STEP: u64 = 4;

/// The maximum number of names that the engine lists, if only finitely many names are possible.
const LISTED_MAX: usize = 64;

impl Cell {
    /// Returns whether all names of the cell match a pattern.
    pub(crate) fn is_within(&self, pattern: &Name) -> bool {
        self.every.contains(pattern)
    }

    /// Returns whether no name of the cell matches a pattern.
    pub(crate) fn excludes(&self, pattern: &Name) -> bool {
        self.none.contains(pattern)
    }
}

impl Engine {
    /// Returns the cells of the names that neither the writer nor a layer of the reader states literally. The list
    /// excludes cells in which the writer has no properties.
    pub(crate) fn cells(&mut self, alternative: &Alternative, reader: &PropertyLayer) -> Vec<Cell> {
        let Some(allowed) = self.allowed_names(alternative) else { return Vec::new() };
        let mut patterns: Vec<Name> = Vec::new();
        let layers = alternative.objects.layers.iter().chain([reader]);
        for (pattern, _) in layers.flat_map(|layer| layer.patterns.iter()) {
            // The engine ignores the patterns after the limit.
            if PATTERNS_MAX < patterns.len() {
                break;
            }
            if !patterns.contains(pattern) {
                patterns.push(Rc::clone(pattern));
            }
        }
        let spelt = if patterns.is_empty() && allowed.is_empty() {
            String::new()
        } else {
            spelt_out(&explicit_names(alternative, Some(reader)))
        };
        let mut open = vec![(Vec::new(), Vec::new())];
        for pattern in patterns.iter().take(PATTERNS_MAX) {
            // Without fuel, the engine ignores the other patterns.
            if !self.spend(open.len() as u64 / CELLS_IN_A_STEP) {
                break;
            }
            let mut next = Vec::new();
            for (every, none) in open {
                let with: Vec<Name> = [every.as_slice(), std::slice::from_ref(pattern)].concat();
                let without: Vec<Name> = [none.as_slice(), std::slice::from_ref(pattern)].concat();
                if self.has_names(&with, &none, &allowed, &spelt) {
                    next.push((with, none));
                }
                if self.has_names(&every, &without, &allowed, &spelt) {
                    next.push((every, without));
                }
            }
            open = next;
            if CELLS_MAX < open.len() {
                break;
            }
        }
        if patterns.is_empty() && !allowed.is_empty() {
            open.retain(|(every, none)| self.has_names(every, none, &allowed, &spelt));
        }
        let mut cells = Vec::new();
        for (every, none) in open {
            let schema = self.cell_schema(alternative, &every, &none);
            if !self.has_no_value(schema, 0) {
                cells.push(Cell { every, none, schema });
            }
        }
        cells
    }

    /// Returns the schema that certainly applies to the writer's properties of a cell.
    fn cell_schema(&mut self, alternative: &Alternative, every: &[Name], none: &[Name]) -> Id {
        let mut rules: Vec<Id> = Vec::new();
        for layer in &alternative.objects.layers {
            rules.extend(layer.patterns.iter().filter(|(own, _)| every.contains(own)).map(|(_, id)| *id));
            if layer.patterns.iter().all(|(own, _)| none.contains(own)) {
                rules.extend(layer.additional);
            }
        }
        self.tree.all(rules)
    }

    fn has_names(&mut self, every: &[Name], none: &[Name], allowed: &[String], spelt: &str) -> bool {
        let every: Vec<String> = every.iter().map(ToString::to_string).chain(allowed.to_vec()).collect();
        let mut none: Vec<String> = none.iter().map(ToString::to_string).collect();
        if !spelt.is_empty() && !every.is_empty() {
            none.push(spelt.to_owned());
        }
        (every.is_empty() && none.is_empty()) || !self.patterns.is_empty(&every, &none)
    }

    /// Returns patterns that the writer's names match. Returns `None` if the writer has only names that a schema states
    /// literally.
    fn allowed_names(&mut self, alternative: &Alternative) -> Option<Vec<String>> {
        let mut patterns = Vec::new();
        for names in alternative.objects.names.iter() {
            let alternatives = self.alternatives(*names);
            let mut texts = Vec::new();
            for alternative in alternatives.iter() {
                let only = alternative.only(Types::STRING);
                if !only.types.is_empty() && !self.is_empty(&only) {
                    texts.push(only);
                }
            }
            let listed: Option<Vec<Name>> = texts
                .iter()
                .map(|text| text.values.as_ref())
                .collect::<Option<Vec<_>>>()
                .map(|lists| lists.iter().flat_map(|list| list.iter()).filter_map(name_of).collect());
            if let Some(listed) = listed {
                if listed.is_empty() {
                    return None;
                }
                patterns.push(spelt_out(&listed));
            } else if let [only] = texts.as_slice() {
                patterns.extend(only.strings.as_patterns());
            }
        }
        Some(patterns)
    }

    /// Returns the property names that an object of the writer can have, if they are few and known.
    pub(crate) fn possible_names(&mut self, alternative: &Alternative) -> Option<Vec<Name>> {
        let mut names = explicit_names(alternative, None);
        let allowed = self.allowed_names(alternative);
        for cell in self.cells(alternative, &PropertyLayer::default()) {
            let every: Vec<String> =
                cell.every.iter().map(ToString::to_string).chain(allowed.iter().flatten().cloned()).collect();
            let none: Vec<String> = cell.none.iter().map(ToString::to_string).collect();
            if every.is_empty() {
                return None;
            }
            names.extend(
                self.patterns.words(&every, &none, LISTED_MAX)?.iter().map(|word| word.as_str().into()),
            );
        }
        names.sort();
        names.dedup();
        names.retain(|name| !self.cannot_have(alternative, name));
        Some(names)
    }

    /// Returns names that no schema states literally, at most `many` of each cell.
    pub(crate) fn fresh_names(
        &mut self,
        alternative: &Alternative,
        reader: &PropertyLayer,
        many: usize,
    ) -> Vec<String> {
        let allowed = self.allowed_names(alternative).unwrap_or_default();
        let mut taken: Vec<String> =
            explicit_names(alternative, Some(reader)).iter().map(ToString::to_string).collect();
        let mut fresh = Vec::new();
        for cell in self.cells(alternative, reader) {
            let every: Vec<String> =
                cell.every.iter().map(ToString::to_string).chain(allowed.iter().cloned()).collect();
            let plain = every.is_empty() && cell.none.is_empty();
            for at in 0..many {
                let name = if plain {
                    let number = if at == 0 { String::new() } else { at.to_string() };
                    Some(format!("extra{number}")).filter(|name| !taken.contains(name))
                } else {
                    let mut none: Vec<String> = cell.none.iter().map(ToString::to_string).collect();
                    if !taken.is_empty() {
                        none.push(one_of_texts(taken.iter().map(String::as_str)));
                    }
                    // The function avoids the empty name, because people overlook it in an example.
                    self.patterns
                        .find(&every, &none, 1, None)
                        .or_else(|| self.patterns.find(&every, &none, 0, None))
                };
                let Some(name) = name else { break };
                taken.push(name.clone());
                fresh.push(name);
            }
        }
        fresh
    }

    /// Returns whether no object of the writer has a property of this name.
    pub(crate) fn cannot_have(&mut self, alternative: &Alternative, name: &str) -> bool {
        let schema = self.property_schema(&alternative.objects, name);
        self.has_no_value(schema, 0)
            || alternative
                .objects
                .names
                .iter()
                .any(|names| self.accepts(*names, &Value::from(name)) == Truth::No)
    }
}

fn spelt_out(names: &[Name]) -> String {
    if names.is_empty() { String::new() } else { one_of_texts(names.iter().map(|name| &**name)) }
}

fn name_of(value: &Value) -> Option<Name> {
    value.as_str().map(Name::from)
}
