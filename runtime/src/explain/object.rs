//! Violations of the keywords for objects.

use super::message::{Unexpected, brief, plural};
use super::schema::{Schema, Source};
use super::walk::{Stop, Walk};
use crate::bit_set::BitSet;
use crate::json::Json;
use crate::program::{AdditionalProperties, NodeRef, ObjectKeywords};

impl Walk<'_> {
    pub(super) fn object(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        source: &Source,
        start: usize,
    ) -> Result<(), Stop> {
        self.checker.lexer.enter()?;
        let mut present = BitSet::default();
        let mut unexpected = Unexpected::default();
        let mut count = 0;
        let rejects_names = source.own.keyword("propertyNames") == Some(&Json::Bool(false));
        while let Some((name, name_start)) = self.checker.lexer.next_property(count == 0)? {
            let value_start = self.start();
            if self.property(node_ref, object, source, &name, &mut present)? {
                unexpected.push(&name);
            }
            if let Some(names) = object.property_names
                && !rejects_names
            {
                self.rewind(name_start);
                self.property_name(node_ref.child(names), source, start)?;
            }
            self.rewind(value_start);
            self.checker.lexer.skip()?;
            count += 1;
        }
        if rejects_names && object.property_names.is_some() && 0 < count {
            let message = |value: &str| format!("False schema does not allow {value}");
            self.report(start, &source.own, &["propertyNames"], "falseSchema", message)?;
        }
        if !unexpected.is_empty() {
            unexpected.quote();
            self.reject(start, &source.own, "additionalProperties", |_, _| {
                unexpected.message("Additional properties")
            })?;
        }
        self.presence(object, source, &present, start)?;
        self.count(object, source, count, start)?;
        self.dependencies(node_ref, object, source, &present, start)
    }

    /// Adds the violations of a property's value. Returns whether the object rejects the property itself.
    fn property(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        source: &Source,
        name: &str,
        present: &mut BitSet,
    ) -> Result<bool, Stop> {
        let found = object.find_property(name, 0);
        if let Some(found) = found {
            present.insert(found);
        }
        let declared = found.and_then(|found| object.properties.get(found)).filter(|found| found.is_declared);
        let mut is_known = declared.is_some();
        if let Some(node) = declared.and_then(|declared| declared.node) {
            self.inner(name, node_ref.child(node), source, &["properties", name])?;
        }
        for (pattern, node) in &object.patterns {
            if pattern.is_match(name, &mut self.checker.state.budget)? {
                is_known = true;
                self.inner(name, node_ref.child(*node), source, &["patternProperties", pattern.source()])?;
            }
        }
        match object.additional {
            _ if is_known => Ok(false),
            AdditionalProperties::Unconstrained | AdditionalProperties::Accepted => Ok(false),
            AdditionalProperties::Rejected => Ok(true),
            AdditionalProperties::Checked(node) => {
                self.inner(name, node_ref.child(node), source, &["additionalProperties"])?;
                Ok(false)
            }
        }
    }

    /// Adds the violations of the name at the current position. They are violations of the object at `start`.
    fn property_name(&mut self, node_ref: NodeRef, source: &Source, start: usize) -> Result<(), Stop> {
        let before = self.findings.len();
        let result = self.child(node_ref, source, &["propertyNames"]);
        let value = self.excerpt(start);
        for finding in self.findings.iter_mut().skip(before) {
            finding.keyword = "propertyNames";
            finding.start = start;
            finding.value.clone_from(&value);
        }
        result
    }

    /// Adds a violation for each property that is required and missing.
    fn presence(
        &mut self,
        object: &'static ObjectKeywords,
        source: &Source,
        present: &BitSet,
        start: usize,
    ) -> Result<(), Stop> {
        for (number, property) in object.properties.iter().enumerate() {
            if !object.required.contains(number) || present.contains(number) {
                continue;
            }
            let name = property.name.text();
            let mut is_found = false;
            for schema in source.schemas() {
                let required = schema.keyword("required").and_then(Json::as_array).unwrap_or_default();
                if required.iter().any(|required| required.as_str() == Some(name)) {
                    is_found = true;
                    self.missing(start, schema, &["required"], name)?;
                }
            }
            if !is_found {
                self.missing(start, &source.own, &["required"], name)?;
            }
        }
        Ok(())
    }

    fn missing(&mut self, start: usize, schema: &Schema, path: &[&str], name: &str) -> Result<(), Stop> {
        let name = brief(&Json::String(name.to_owned()));
        self.report(start, schema, path, "required", |_| format!("{name} is a required property"))
    }

    /// Adds the violations of `minProperties` and `maxProperties`.
    fn count(
        &mut self,
        object: &ObjectKeywords,
        source: &Source,
        count: usize,
        start: usize,
    ) -> Result<(), Stop> {
        let is_few = count < object.min_properties;
        let is_many = object.max_properties.is_some_and(|max| max < count);
        for (is_violated, keyword, words) in
            [(is_few, "minProperties", "less"), (is_many, "maxProperties", "more")]
        {
            if !is_violated {
                continue;
            }
            let message = |value: &str, limit: &Json| {
                format!("{value} has {words} than {}", plural(limit, "property", "properties"))
            };
            let is_violated = |limit: &Json| match (limit, is_few) {
                (Json::Number(limit), true) => usize::try_from(limit).map_or(true, |limit| count < limit),
                (Json::Number(limit), false) => usize::try_from(limit).is_ok_and(|limit| limit < count),
                _ => false,
            };
            let mut is_found = false;
            for schema in source.schemas() {
                if schema.keyword(keyword).is_some_and(is_violated) {
                    is_found = true;
                    self.reject(start, schema, keyword, message)?;
                }
            }
            if !is_found {
                self.reject(start, &source.own, keyword, message)?;
            }
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        node_ref: NodeRef,
        object: &'static ObjectKeywords,
        source: &Source,
        present: &BitSet,
        start: usize,
    ) -> Result<(), Stop> {
        let own = &source.own;
        let keyword = |keyword| if own.keyword(keyword).is_some() { keyword } else { "dependencies" };
        let name_of = |number: u16| object.properties.get(usize::from(number)).map(|own| own.name.text());
        for (property, others) in &object.dependent_required {
            let missing = others.iter().filter(|other| !present.contains(usize::from(**other)));
            for name in missing.filter_map(|other| name_of(*other)) {
                if present.contains(usize::from(*property)) {
                    self.missing(start, own, &[keyword("dependentRequired")], name)?;
                }
            }
        }
        for (property, node) in &object.dependent_schemas {
            if present.contains(usize::from(*property)) {
                self.rewind(start);
                let path = [keyword("dependentSchemas"), name_of(*property).unwrap_or_default()];
                self.child(node_ref.child(*node), source, &path)?;
            }
        }
        Ok(())
    }
}
