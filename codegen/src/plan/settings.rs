//! The types that settings request instead of the planned ones.

mod names;
mod resolve;

use evschema_model::graph::Place;
use evschema_model::{FieldSettings, FormatType};
use serde_json::Value;

use super::definitions::{Body, External, RustType, TypeRef};
use super::path::TypePath;
use super::requests::{Requests, alone};
use super::typing::{Hint, Planner};
use crate::shape::{Conjunction, Expression, Kinds};

impl<'c> Planner<'_, 'c> {
    /// Returns the user's type for the values of an expression, if a setting replaces the type.
    pub(super) fn replacement(
        &mut self,
        expression: &Expression,
        conjunction: &Conjunction,
    ) -> Option<TypeRef> {
        if self.requests.replaced.is_empty() {
            return None;
        }
        let direct = if let Expression::Schema(place) = expression { Some(*place) } else { None };
        let place = direct
            .filter(|place| self.requests.replaced.contains_key(place))
            .or_else(|| self.requested_place(conjunction))?;
        let text = self.requests.replaced.get(&place)?.1.clone();
        let kinds = self.shapes.facts_of(conjunction).kinds;
        if kinds.without(Kinds::NULL).is_empty() {
            return None;
        }
        self.requests.used.insert(place);
        let shape = RustType::External(External { text, is_string: false });
        Some(TypeRef { shape, nullable: kinds.has(Kinds::NULL) })
    }

    /// Returns the schema whose settings apply to the type of a conjunction. `place` is the schema of the type, if it is
    /// one schema.
    pub(super) fn asked(&mut self, place: Option<Place>, conjunction: &Conjunction) -> Option<Place> {
        if place.is_some_and(|place| self.requests.settings.contains_key(&place)) {
            return place;
        }
        let asked = self.with_request(conjunction, |requests, alone| requests.asked.get(alone).copied());
        asked.or(place)
    }

    /// Returns the schema with a replaced or wrapped type that has the same type as a conjunction, apart from `null`.
    fn requested_place(&mut self, conjunction: &Conjunction) -> Option<Place> {
        self.with_request(conjunction, |requests, alone| requests.places.get(alone).copied())
    }

    /// Returns the schema that `find` returns for the key of a schema alone, if the schema has the same type as a
    /// conjunction, apart from `null`.
    fn with_request(
        &mut self,
        conjunction: &Conjunction,
        find: fn(&Requests, &Conjunction) -> Option<Place>,
    ) -> Option<Place> {
        if self.requests.places.is_empty() && self.requests.asked.is_empty() {
            return None;
        }
        let alone = alone(conjunction);
        let place = find(&self.requests, &alone)?;
        let mut kinds =
            |conjunction: &Conjunction| self.shapes.facts_of(conjunction).kinds.without(Kinds::NULL);
        (kinds(conjunction) == kinds(&alone)).then_some(place)
    }

    /// Returns the Rust type for strings that have a format with a type of its own.
    pub(super) fn format_type(&self, conjunction: &Conjunction) -> RustType {
        let formats = &self.requests.options.formats;
        let format = conjunction.own.iter().find_map(|place| {
            if formats.is_empty() {
                return None;
            }
            formats.get(self.documents.annotation(*place, "format")?.as_str()?)
        });
        format.map_or(RustType::String, |format| {
            RustType::External(External { text: formatted(format), is_string: true })
        })
    }

    /// Returns the wrapper of a scalar, if a setting requests one for its schema. Otherwise returns the scalar.
    pub(super) fn wrapper_of(&mut self, shape: RustType, conjunction: &Conjunction) -> RustType {
        if matches!(shape, RustType::Named(_) | RustType::Json | RustType::Null)
            || matches!(&shape, RustType::External(external) if !external.is_string)
        {
            return shape;
        }
        let Some(place) = self.requested_place(conjunction).filter(|at| self.requests.wrapped.contains(at))
        else {
            return shape;
        };
        let is_composed = matches!(
            shape,
            RustType::List(_) | RustType::Array(..) | RustType::Map(_) | RustType::Tuple { .. }
        );
        if is_composed
            && self.requests.settings_of(Some(place)).and_then(|settings| settings.newtype) != Some(true)
        {
            return shape;
        }
        match self.wrappers.get(&place) {
            Some((known, id)) if *known == shape => return RustType::Named(*id),
            Some(_) | None => {}
        }
        let tokens: Vec<String> = self.documents.pointer(place).tokens().collect();
        let hint = Hint {
            home: self.documents.document(place),
            path: TypePath::of_pointer(&tokens),
            place: Some(place),
            asked: Some(place),
            is_member: false,
        };
        let docs = self.docs_of(conjunction, &Expression::Schema(place), &hint);
        let inner = TypeRef::plain(shape.clone());
        let id = self.define(&hint, docs, Body::Newtype { inner, boxed: false });
        self.wrappers.insert(place, (shape, id));
        RustType::Named(id)
    }

    /// Returns the settings for a field of the type of a schema.
    pub(super) fn field_settings(&self, of: Option<Place>, json: &str) -> Option<&FieldSettings> {
        self.requests.settings_of(of)?.fields.get(json)
    }

    /// Returns the name that a schema gives its type or its field by the keyword `x-rust-name`.
    fn rust_name(&self, place: Place) -> Option<&'c Value> {
        self.documents.annotation(place, "x-rust-name")
    }
}

/// Returns the wrapper of the runtime for strings of a format.
fn formatted(format: &FormatType) -> String {
    /// Types whose own `Display` is not the text of a format of JSON Schema.
    const RFC_3339: [&str; 3] = ["time::OffsetDateTime", "time::Date", "chrono::DateTime<"];
    match format {
        FormatType::Path(of) => {
            let of = of.trim();
            let bare = of.trim_start_matches("::");
            let is_rfc_3339 = RFC_3339.iter().any(|known| match known.strip_suffix('<') {
                Some(generic) => bare.starts_with(known) || bare == generic,
                None => bare == *known,
            });
            if is_rfc_3339 {
                format!("rt::Formatted<{of}, rt::Rfc3339>")
            } else {
                format!("rt::Formatted<{of}>")
            }
        }
        FormatType::With { of, text } => format!("rt::Formatted<{}, {}>", of.trim(), text.trim()),
    }
}
