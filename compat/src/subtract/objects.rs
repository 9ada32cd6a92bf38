//! Subtraction of object assertions.

use std::rc::Rc;

use crate::alternatives::{Alternative, AlternativeObjects, PropertyLayer, explicit_names};
use crate::engine::Engine;
use crate::tree::{Id, Node};
use crate::truth::Truth;

impl Engine {
    /// Adds the objects of an alternative that violate an object assertion of the node.
    pub(super) fn subtract_objects(
        &mut self,
        alternative: &Alternative,
        node: &Node,
        left: &mut Vec<Alternative>,
    ) {
        let reader = &node.objects;
        for name in reader.required.iter().filter(|name| !alternative.objects.required.contains(*name)) {
            left.push(self.lacking(alternative, name));
        }
        if alternative.objects.min < reader.min {
            let most = reader.min - 1;
            left.push(
                alternative.with_objects(|own| own.max = Some(own.max.map_or(most, |max| max.min(most)))),
            );
        }
        if let Some(max) = reader.max
            && alternative.objects.max.is_none_or(|own| max < own)
        {
            left.push(alternative.with_objects(|own| own.min = own.min.max(max + 1)));
        }
        self.subtract_properties(alternative, node, left);
        if reader.names.is_some_and(|names| !self.names_covered(alternative, names)) {
            left.push(alternative.widened());
        }
        for (name, needed) in &reader.dependent_required {
            let having = self.having(alternative, name);
            for other in needed.iter().filter(|other| !having.objects.required.contains(*other)) {
                left.push(self.lacking(&having, other));
            }
        }
        for (name, schema) in reader.dependent_schemas.iter() {
            let having = self.having(alternative, name);
            left.extend(self.subtract(&having, *schema));
        }
        if let Some(unevaluated) = reader.unevaluated
            && !self.unevaluated_covered(alternative, node, unevaluated, 0)
        {
            left.push(alternative.widened());
        }
    }

    fn subtract_properties(&mut self, alternative: &Alternative, node: &Node, left: &mut Vec<Alternative>) {
        let layer = PropertyLayer::of(&node.objects);
        if alternative.objects.layers.contains(&layer) {
            return;
        }
        let mut unsure = false;
        for name in explicit_names(alternative, Some(&layer)) {
            let mut rules: Vec<Id> = layer.declared(&name).into_iter().collect();
            for (pattern, schema) in layer.patterns.iter() {
                match self.patterns.is_match(pattern, &name) {
                    Truth::Yes => rules.push(*schema),
                    Truth::No => {}
                    Truth::Unknown => unsure = true,
                }
            }
            if rules.is_empty() {
                rules.extend(layer.additional);
            }
            for rule in rules {
                let written = self.property_schema(&alternative.objects, &name);
                if !self.covers(written, rule) {
                    let other = self.negation(rule);
                    let having = self.having(alternative, &name);
                    left.push(having.with_property(&name, other));
                }
            }
        }
        if unsure || !self.cells_covered(alternative, &layer) {
            left.push(alternative.widened());
            self.subtract_unnamed_properties(alternative, &layer, left);
        }
    }

    /// Adds objects with a property that no schema states literally and that a layer rejects. They only show where to
    /// search for witnesses. They are not the whole difference, because other such names exist.
    fn subtract_unnamed_properties(
        &mut self,
        alternative: &Alternative,
        layer: &PropertyLayer,
        left: &mut Vec<Alternative>,
    ) {
        for name in self.fresh_names(alternative, layer, 1) {
            let mut rules: Vec<Id> = Vec::new();
            for (pattern, schema) in layer.patterns.iter() {
                if self.patterns.is_match(pattern, &name) == Truth::Yes {
                    rules.push(*schema);
                }
            }
            if rules.is_empty() {
                rules.extend(layer.additional);
            }
            for rule in rules {
                let other = self.negation(rule);
                let having = self.having(alternative, &name);
                left.push(having.with_property(&name, other));
            }
        }
    }

    /// Returns the objects of an alternative without a property of this name.
    pub(crate) fn lacking(&mut self, alternative: &Alternative, name: &str) -> Alternative {
        let nothing = self.tree.boolean(false, Default::default());
        alternative.with_property(name, nothing)
    }
}

impl Alternative {
    fn with_objects(&self, change: impl FnOnce(&mut AlternativeObjects)) -> Self {
        let mut alternative = self.clone();
        change(Rc::make_mut(&mut alternative.objects));
        alternative
    }
}
