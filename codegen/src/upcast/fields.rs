//! Converts structs field by field.

use evschema_model::Version;
use evschema_model::graph::{Names, Place};
use serde_json::Value;

use super::convert::{Converter, Side};
use super::describe::{Described, described, literals, member, others};
use super::literal::{Literal, literal};
use super::step::{PairBody, Rest, Source};
use crate::plan::{Field, Form, Struct, TypeRef};
use crate::shape::own_literals;

impl Converter<'_, '_> {
    /// Returns the conversion of a struct. The keywords of the object itself are proven, except those about properties.
    ///
    /// # Errors
    ///
    /// The reason why the struct cannot be converted field by field.
    pub(super) fn structs(
        &mut self,
        (old, from): (&Struct, &Described),
        (new, to): (&Struct, &Described),
    ) -> Result<PairBody, String> {
        self.check_presence(new, to)?;
        let mut fields = Vec::new();
        for (field, name) in new.fields.iter().zip(&new.names) {
            let places = member(self.documents, &to.own, name);
            let new_field = NewField { field, name, places };
            fields.push(self.source((old, from), new, &new_field));
        }
        let used = |source: &Source| match source {
            Source::Old { field, .. } | Source::Constant { field, .. } => Some(*field),
            Source::Literal(_) | Source::Absent | Source::Method(_) => None,
        };
        let all: Vec<usize> = fields.iter().filter_map(used).collect();
        for source in &mut fields {
            if used(source).is_some_and(|at| 1 < all.iter().filter(|other| **other == at).count()) {
                *source =
                    Source::Method("several new properties are renamed from the same old one".to_owned());
            }
        }
        let rest = self.rest((old, from), (new, to));
        Ok(PairBody::Struct { fields, rest })
    }

    /// Returns an error if the new type does not ensure the properties that the new schema requires.
    fn check_presence(&self, new: &Struct, to: &Described) -> Result<(), String> {
        let ensured = |name: &str| {
            new.fields.iter().zip(&new.names).any(|(field, known)| known == name && field.required)
        };
        for place in &to.own {
            let keywords = self.documents.keywords(*place);
            for name in keywords.required().into_iter().flat_map(Names::iter) {
                if !ensured(name) {
                    return Err(format!("the new schema requires `{}`", name.escape_debug()));
                }
            }
            if let Some(least) = keywords.min_properties() {
                let count = new.fields.iter().filter(|field| field.required).count();
                let is_met = least.as_u64().and_then(|least| usize::try_from(least).ok());
                if is_met.is_none_or(|least| count < least) {
                    return Err("the new schema has `minProperties`".to_owned());
                }
            }
        }
        Ok(())
    }

    fn source(&mut self, old: (&Struct, &Described), new: &Struct, field: &NewField<'_>) -> Source {
        match self.old_name(old.0, new, field) {
            Err(why) => Source::Method(why),
            Ok(Some(from)) => self.kept(old, from, field).unwrap_or_else(Source::Method),
            Ok(None) => self.added(field).unwrap_or_else(Source::Method),
        }
    }

    /// Returns the old field with the value of a new field: the field with the same name, or one that the new schema
    /// renames.
    fn old_name(&self, old: &Struct, new: &Struct, field: &NewField<'_>) -> Result<Option<usize>, String> {
        let of = |name: &str| old.names[..old.fields.len()].iter().position(|known| known == name);
        if let Some(same) = of(field.name) {
            return Ok(Some(same));
        }
        let mut found = Vec::new();
        for name in self.former_names(&field.places) {
            found.extend(of(name).map(|at| (at, name)));
        }
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [] => Ok(None),
            [(_, name)] if new.names.iter().any(|known| known == name) => Err(format!(
                "`x-evschema-renamed-from` names `{}`, which the new schema still has",
                name.escape_debug()
            )),
            [(at, _)] => Ok(Some(*at)),
            _ => Err("`x-evschema-renamed-from` names several old properties".to_owned()),
        }
    }

    fn former_names(&self, places: &[Place]) -> Vec<&str> {
        let mut names = Vec::new();
        for place in places {
            match self.documents.annotation(*place, "x-evschema-renamed-from") {
                Some(Value::String(name)) => names.push(name.as_str()),
                Some(Value::Array(all)) => names.extend(all.iter().filter_map(Value::as_str)),
                Some(_) | None => {}
            }
        }
        names
    }

    /// Returns the source of a field that the old struct has.
    fn kept(
        &mut self,
        (old, from): (&Struct, &Described),
        at: usize,
        field: &NewField<'_>,
    ) -> Result<Source, String> {
        let old_field = &old.fields[at];
        let old_places = member(self.documents, &from.own, &old.names[at]);
        if let Some(source) = self.constant((old_field, &old_places), at, field) {
            return source;
        }
        let side = |places: &Vec<Place>, rust_type: &TypeRef| Side {
            places: places.clone(),
            rust_type: rust_type.clone(),
        };
        let conversion =
            self.not_null(&side(&old_places, &old_field.value), &side(&field.places, &field.field.value))?;
        if !self.plan.form(old_field).becomes(self.plan.form(field.field)) {
            return Err("an old value may be `null`".to_owned());
        }
        if old_field.required || !field.field.required {
            return Ok(Source::Old { field: at, conversion, default: None });
        }
        let default = self
            .default(field)
            .map_err(|why| format!("the property was optional, and the new schema requires it; {why}"))?;
        Ok(Source::Old { field: at, conversion, default: Some(default) })
    }

    /// Returns the source of a constant that replaces another constant. Only the version of a schema is replaced. Any
    /// other constant has a meaning, such as a currency, and people decide about its old value. Returns `None` if the
    /// value is no such constant.
    fn constant(
        &self,
        (old, old_places): (&Field, &[Place]),
        at: usize,
        field: &NewField<'_>,
    ) -> Option<Result<Source, String>> {
        let before = self.only_value(old_places)?;
        let value = self.only_value(&field.places)?;
        let is_nullable = old.value.nullable || field.field.value.nullable;
        if before == value || is_nullable || self.accepts(&field.places, before) == Some(true) {
            return None;
        }
        if !self.is_own_version(old_places, before) || !self.is_own_version(&field.places, value) {
            return Some(Err(format!(
                "the constant {before} became {value}, and is not the schema's version"
            )));
        }
        let value = self.accepted_literal(field, value)?;
        Some(Ok(match (old.required, field.field.required) {
            (_, true) | (true, false) => Source::Literal(value),
            (false, false) => Source::Constant { field: at, value },
        }))
    }

    /// Returns whether a constant is the version of the document that contains it, or the version of the document's
    /// line: in 2.3.0, both `2.3` and `v2` are.
    fn is_own_version(&self, places: &[Place], constant: &Value) -> bool {
        let Some(text) = constant.as_str() else { return false };
        let own = described(self.documents, places).own;
        let mut stated = own.iter().filter(|place| own_literals(self.documents, **place).is_some());
        stated.all(|place| {
            let version = &self.documents.schema(self.documents.document(*place)).at().version;
            let line = version.line();
            version.is_spelt_by(text) || Version::new(line.major, line.minor, 0).is_spelt_by(text)
        })
    }

    /// Returns the only value that some schemas accept, if it is a scalar.
    fn only_value(&self, places: &[Place]) -> Option<&Value> {
        let found = described(self.documents, places);
        let listed = literals(self.documents, &found.own)?;
        match listed.as_slice() {
            [only] if !only.is_array() && !only.is_object() => Some(*only),
            _ => None,
        }
    }

    /// Returns the source of a field that the old struct does not have.
    fn added(&self, field: &NewField<'_>) -> Result<Source, String> {
        if !field.field.required {
            return Ok(Source::Absent);
        }
        let constant = self.only_value(&field.places).and_then(|only| self.accepted_literal(field, only));
        match constant {
            Some(constant) => Ok(Source::Literal(constant)),
            None => self
                .default(field)
                .map(Source::Literal)
                .map_err(|why| format!("the property is new and required; {why}")),
        }
    }

    /// Returns the default of a property, if the new schema accepts it.
    fn default(&self, field: &NewField<'_>) -> Result<Literal, String> {
        let mut own = field.places.clone();
        own.extend(described(self.documents, &field.places).own);
        let mut defaults: Vec<&Value> =
            own.iter().filter_map(|place| self.documents.annotation(*place, "default")).collect();
        defaults.dedup();
        match defaults.as_slice() {
            [] => Err("it has no `default`".to_owned()),
            [only] if self.accepts(&field.places, only) != Some(true) => {
                Err("the schema does not accept its own `default`".to_owned())
            }
            [only] => self
                .accepted_literal(field, only)
                .ok_or_else(|| "generated code cannot write its `default`".to_owned()),
            _ => Err("it has several `default`s".to_owned()),
        }
    }

    fn accepted_literal(&self, field: &NewField<'_>, value: &Value) -> Option<Literal> {
        let is_accepted = !field.field.boxed && self.accepts(&field.places, value) == Some(true);
        is_accepted.then(|| literal(self.plan, &field.field.value, value))?
    }

    fn rest(&mut self, (old, from): (&Struct, &Described), (new, to): (&Struct, &Described)) -> Rest {
        let Some(new_type) = &new.rest else { return Rest::None };
        let Some(old_type) = &old.rest else { return Rest::Empty };
        let side = |described: &Described, rust_type: &TypeRef| Side {
            places: others(self.documents, &described.own),
            rust_type: rust_type.clone(),
        };
        let (from, to) = (side(from, old_type), side(to, new_type));
        let without: Vec<String> =
            new.names.iter().filter(|name| !old.names.contains(name)).cloned().collect();
        match self.value(&from, &to) {
            Ok(conversion) => Rest::Kept { conversion, without },
            Err(why) => Rest::Method(format!("the properties without a field: {why}")),
        }
    }
}

/// A field of the new struct.
struct NewField<'f> {
    field: &'f Field,
    /// The name of the property.
    name: &'f str,
    /// The schemas of the property.
    places: Vec<Place>,
}

impl Form {
    /// Returns whether a field of this form can become a field of another form. Between an optional and a required field,
    /// this needs a default.
    fn becomes(self, new: Self) -> bool {
        match self {
            Self::Required | Self::Optional => true,
            Self::Nullable | Self::Maybe => matches!(new, Self::Nullable | Self::Maybe),
        }
    }
}
