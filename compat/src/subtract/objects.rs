//! Objects that a schema refuses.

use std::rc::Rc;

use crate::engine::Engine;
use crate::eval::Truth;
use crate::flat::{Flat, FlatObjects, PropertyLayer};
use crate::prove::explicit_names;
use crate::tree::{Id, Node};

impl Engine {
    pub(super) fn subtract_objects(&mut self, flat: &Flat, node: &Node, left: &mut Vec<Flat>) {
        let reader = &node.objects;
        for name in reader.required.iter().filter(|name| !flat.objects.required.contains(*name)) {
            left.push(self.lacking(flat, name));
        }
        if flat.objects.min < reader.min {
            let most = reader.min - 1;
            left.push(flat.with_objects(|own| own.max = Some(own.max.map_or(most, |max| max.min(most)))));
        }
        if let Some(max) = reader.max
            && flat.objects.max.is_none_or(|own| max < own)
        {
            left.push(flat.with_objects(|own| own.min = own.min.max(max + 1)));
        }
        self.subtract_properties(flat, node, left);
        if reader.names.is_some_and(|names| !self.names_covered(flat, names)) {
            left.push(flat.widened());
        }
        for (name, needed) in &reader.dependent_required {
            let having = self.having(flat, name);
            for other in needed.iter().filter(|other| !having.objects.required.contains(*other)) {
                left.push(self.lacking(&having, other));
            }
        }
        for (name, schema) in reader.dependent_schemas.iter() {
            let having = self.having(flat, name);
            left.extend(self.subtract(&having, *schema));
        }
        if let Some(unevaluated) = reader.unevaluated
            && !self.unevaluated_covered(flat, node, unevaluated, 0)
        {
            left.push(flat.widened());
        }
    }

    fn subtract_properties(&mut self, flat: &Flat, node: &Node, left: &mut Vec<Flat>) {
        let layer = PropertyLayer::of(&node.objects);
        if flat.objects.layers.contains(&layer) {
            return;
        }
        let mut unsure = false;
        for name in explicit_names(flat, Some(&layer)) {
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
                let written = self.property_schema(&flat.objects, &name);
                if !self.covers(written, rule) {
                    let other = self.negation(rule);
                    let having = self.having(flat, &name);
                    left.push(having.with_property(&name, other));
                }
            }
        }
        if unsure || !self.cells_covered(flat, &layer) {
            left.push(flat.widened());
            self.subtract_unnamed_properties(flat, &layer, left);
        }
    }

    /// Adds objects with a property that nobody spells out and a layer refuses. They say where to
    /// look, not what is left: another such name would do as well.
    fn subtract_unnamed_properties(&mut self, flat: &Flat, layer: &PropertyLayer, left: &mut Vec<Flat>) {
        for name in self.fresh_names(flat, layer, 1) {
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
                let having = self.having(flat, &name);
                left.push(having.with_property(&name, other));
            }
        }
    }

    /// Returns the objects of an alternative that lack a property.
    pub(crate) fn lacking(&mut self, flat: &Flat, name: &str) -> Flat {
        let nothing = self.tree.boolean(false, Default::default());
        flat.with_property(name, nothing)
    }
}

impl Flat {
    fn with_objects(&self, change: impl FnOnce(&mut FlatObjects)) -> Self {
        let mut flat = self.clone();
        change(Rc::make_mut(&mut flat.objects));
        flat
    }
}
