//! Violations of `type`, `enum` and `const`, and of the keywords for strings and numbers.

use std::cmp::Ordering;

use super::message::{brief, enum_message, plural, type_message};
use super::schema::{Schema, Source};
use super::walk::{Stop, Walk};
use crate::document::Draft;
use crate::json::Json;
use crate::kinds::Kinds;
use crate::program::{Node, NumberKeywords, StringKeywords};
use crate::reject::Reason;

impl Walk<'_> {
    /// Adds the violations of `type`, `enum`, `const` and the schema `false`.
    pub(super) fn kinds_and_values(
        &mut self,
        node: &'static Node,
        source: &Source,
        start: usize,
    ) -> Result<(), Stop> {
        let kind = self.kind()?;
        let rejects_kind = !node.kinds.meets(kind);
        if !rejects_kind && node.enum_values.is_none() {
            return Ok(());
        }
        if node.kinds == Kinds::NONE && matches!(source.own.value, None | Some(Json::Bool(false))) {
            let message = |value: &str| format!("False schema does not allow {value}");
            return self.report(start, &source.own, &[], "falseSchema", message);
        }
        self.rewind(start);
        let value = match node.enum_values {
            Some(_) => Some(Json::read_from(&mut self.checker.lexer)?),
            None => None,
        };
        let before = self.findings.len();
        for schema in source.schemas() {
            if let Some(types) = schema.keyword("type").filter(|types| !self.has_kind(types, kind)) {
                self.reject(start, schema, "type", |value, _| type_message(value, types))?;
            }
            if let Some(value) = &value {
                self.values(schema, value, start)?;
            }
        }
        if before < self.findings.len() {
            return Ok(());
        }
        let rejects_value = value
            .is_some_and(|value| node.enum_values.as_ref().is_some_and(|values| !values.contains(&value)));
        match (rejects_kind, rejects_value) {
            (true, _) => self.reject(start, &source.own, "type", type_message),
            (false, true) => self.reject(start, &source.own, "enum", enum_message),
            (false, false) => Ok(()),
        }
    }

    /// Adds the violations of `enum` and `const` of one schema.
    fn values(&mut self, schema: &Schema, value: &Json, start: usize) -> Result<(), Stop> {
        let values = schema.keyword("enum").and_then(Json::as_array);
        if values.is_some_and(|values| !values.contains(value)) {
            self.reject(start, schema, "enum", enum_message)?;
        }
        let constant = schema.keyword("const").filter(|_| self.draft != Draft::Draft4);
        if constant.is_some_and(|constant| constant != value) {
            self.reject(start, schema, "const", |_, constant| format!("{} was expected", brief(constant)))?;
        }
        Ok(())
    }

    /// Returns the kind of the value at the current position.
    fn kind(&mut self) -> Result<Kinds, Stop> {
        let kinds = Kinds::starting(self.checker.lexer.peek());
        Ok(if kinds == Kinds::NUMBERS { self.checker.lexer.number()?.kind() } else { kinds })
    }

    /// Returns whether the value of a `type` has a kind.
    fn has_kind(&self, types: &Json, kind: Kinds) -> bool {
        let names = types.as_array().unwrap_or(std::slice::from_ref(types));
        names.iter().filter_map(Json::as_str).any(|name| {
            let is_plain = name == "integer" && self.draft == Draft::Draft4;
            Kinds::named(if is_plain { "plainInteger" } else { name }).is_some_and(|kinds| kinds.meets(kind))
        })
    }

    pub(super) fn string(
        &mut self,
        keywords: &StringKeywords,
        source: &Source,
        start: usize,
    ) -> Result<(), Stop> {
        let text = self.checker.lexer.string()?;
        let schema = &source.own;
        let length = text.chars().count();
        if length < keywords.min_length {
            self.reject(start, schema, "minLength", |value, limit| {
                format!("{value} is shorter than {}", plural(limit, "character", "characters"))
            })?;
        }
        if keywords.max_length.is_some_and(|max| max < length) {
            self.reject(start, schema, "maxLength", |value, limit| {
                format!("{value} is longer than {}", plural(limit, "character", "characters"))
            })?;
        }
        if let Some(pattern) = &keywords.pattern
            && !pattern.is_match(&text, &mut self.checker.state.budget)?
        {
            self.reject(start, schema, "pattern", |value, pattern| {
                format!("{value} does not match \"{}\"", pattern.as_str().unwrap_or_default())
            })?;
        }
        if keywords.format.is_some_and(|format| !format.accepts(&text)) {
            self.reject(start, schema, "format", |value, format| {
                format!("{value} is not a \"{}\"", format.as_str().unwrap_or_default())
            })?;
        }
        let content = keywords.check_content(&text);
        let compliant = |value: &str, name: &Json, what: &str| {
            format!("{value} is not compliant with \"{}\" {what}", name.as_str().unwrap_or_default())
        };
        match content {
            Err(Reason::ContentEncoding) => self.reject(start, schema, "contentEncoding", |value, name| {
                compliant(value, name, "content encoding")
            }),
            Err(Reason::ContentMediaType) => self.reject(start, schema, "contentMediaType", |value, name| {
                compliant(value, name, "media type")
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn number(
        &mut self,
        keywords: &NumberKeywords,
        source: &Source,
        start: usize,
    ) -> Result<(), Stop> {
        let number = self.checker.lexer.number()?;
        let schema = &source.own;
        if keywords.minimum.as_ref().is_some_and(|bound| bound.compare(&number) == Ordering::Less) {
            self.reject(start, schema, "minimum", |value, limit| {
                format!("{value} is less than the minimum of {}", brief(limit))
            })?;
        }
        if keywords.maximum.as_ref().is_some_and(|bound| bound.compare(&number) == Ordering::Greater) {
            self.reject(start, schema, "maximum", |value, limit| {
                format!("{value} is greater than the maximum of {}", brief(limit))
            })?;
        }
        let minimum = keywords.exclusive_minimum.as_ref();
        if minimum.is_some_and(|bound| bound.compare(&number) != Ordering::Greater) {
            // In draft 4, `exclusiveMinimum` is a flag beside `minimum`.
            let inclusive = schema.keyword("minimum");
            self.reject(start, schema, "exclusiveMinimum", |value, limit| {
                let limit = if *limit == Json::Bool(true) { inclusive.unwrap_or(limit) } else { limit };
                format!("{value} is less than or equal to the minimum of {}", brief(limit))
            })?;
        }
        let maximum = keywords.exclusive_maximum.as_ref();
        if maximum.is_some_and(|bound| bound.compare(&number) != Ordering::Less) {
            let inclusive = schema.keyword("maximum");
            self.reject(start, schema, "exclusiveMaximum", |value, limit| {
                let limit = if *limit == Json::Bool(true) { inclusive.unwrap_or(limit) } else { limit };
                format!("{value} is greater than or equal to the maximum of {}", brief(limit))
            })?;
        }
        if keywords.multiple_of.as_ref().is_some_and(|divisor| !divisor.divides(&number)) {
            self.reject(start, schema, "multipleOf", |value, divisor| {
                format!("{value} is not a multiple of {}", brief(divisor))
            })?;
        }
        Ok(())
    }
}
