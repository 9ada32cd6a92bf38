//! The names that settings and schemas give to types and fields.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::Place;
use evschema_model::{Code, Diagnostic};
use serde_json::Value;

use crate::disk::Problem;
use crate::names::{self, Style, distinct_beside};
use crate::plan::Requested;
use crate::plan::path::root_name;
use crate::plan::requests::wrong;
use crate::plan::typing::Planner;
use crate::syntax;

/// A check of the syntax of a name.
type Check = fn(&str) -> Result<(), &'static str>;

impl Planner<'_, '_> {
    /// Gives each type the name, traits and attributes that the settings or its schema request.
    pub(super) fn give_requests(&mut self) {
        for at in 0..self.plan().definitions.len() {
            let (place, asked) = (self.plan().definitions[at].place, self.plan().definitions[at].asked);
            let all = &self.requests.options;
            let mut requested =
                Requested { name: None, derives: all.derives.clone(), attributes: all.attributes.clone() };
            if let Some(settings) = self.requests.settings_of(asked) {
                requested.name.clone_from(&settings.name);
                requested.derives.extend(settings.derives.iter().cloned());
                requested.attributes.extend(settings.attributes.iter().cloned());
            }
            if requested.name.is_none()
                && let Some(place) = place.filter(|place| !self.is_property(*place))
            {
                requested.name = self.checked_name(place, check_type_name);
            }
            self.plan_mut().definitions[at].requested = requested;
        }
    }

    /// Returns the names of fields, in the order of their properties. A field has the name that the settings or the
    /// property's own schema request. `of` is the schema of the struct. `properties` are the properties with the places
    /// of their schemas.
    pub(in crate::plan) fn field_names(
        &mut self,
        of: Option<Place>,
        properties: &[(&str, Vec<Place>)],
    ) -> Vec<String> {
        let mut given: BTreeMap<usize, String> = BTreeMap::new();
        for (at, (json, places)) in properties.iter().enumerate() {
            if let Some(name) = self.requested_field(of, json, places) {
                given.insert(at, name);
            }
        }
        let reserved: BTreeSet<String> = given.values().cloned().collect();
        let others: Vec<&str> =
            (0..properties.len()).filter(|at| !given.contains_key(at)).map(|at| properties[at].0).collect();
        let mut others = distinct_beside(Style::Field, &others, &reserved).into_iter();
        let names = (0..properties.len()).map(|at| given.remove(&at).or_else(|| others.next()));
        names.map(Option::unwrap_or_default).collect()
    }

    /// Returns the name that the settings or a schema of a property request for its field, if it is a name.
    fn requested_field(&mut self, of: Option<Place>, json: &str, places: &[Place]) -> Option<String> {
        let settings = self.field_settings(of, json).and_then(|settings| settings.name.clone());
        if let Some(name) = settings {
            return syntax::check_field_name(&name).is_ok().then_some(name);
        }
        let mut own = places.iter().copied().filter(|place| self.is_property(*place));
        let named = own.find(|place| self.rust_name(*place).is_some())?;
        self.checked_name(named, syntax::check_field_name)
    }

    /// Returns the `x-rust-name` of a schema. If the keyword is not a name, reports a problem.
    fn checked_name(&mut self, place: Place, check: Check) -> Option<String> {
        let found = match self.rust_name(place)? {
            Value::String(name) => check(name).map(|()| name.clone()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err("the name is not a string")
            }
        };
        match found {
            Ok(name) => Some(name),
            Err(message) => {
                let problem = self.at_keyword(place, &format!("`x-rust-name`: {message}"));
                self.requests.problems.push(problem);
                None
            }
        }
    }

    /// Returns whether a schema is the schema of a property.
    fn is_property(&self, place: Place) -> bool {
        let tokens: Vec<String> = self.documents.pointer(place).tokens().collect();
        matches!(tokens.as_slice(), [.., folder, _] if folder == "properties")
    }

    /// Returns the problems of the names in the settings, and of equal names.
    pub(super) fn name_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, (_, settings)) in self.requests.settings.values().map(|one| (&one.0, one)) {
            let setting = format!("gen.types.\"{key}\"");
            let mut check = |setting: String, name: &Option<String>, check: Check| {
                if let Some(Err(message)) = name.as_deref().map(check) {
                    problems.push(wrong(&setting, message, "choose another name"));
                }
            };
            check(format!("{setting}.name"), &settings.name, check_type_name);
            for (json, field) in &settings.fields {
                check(format!("{setting}.fields.\"{json}\".name"), &field.name, syntax::check_field_name);
            }
        }
        problems.extend(self.equal_types());
        problems.extend(self.equal_fields());
        problems
    }

    /// Returns a problem for each name that types of two schemas of one module request, and for each request for the name
    /// of the event's type. Also returns a problem if a setting names a schema that has several types.
    fn equal_types(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut known: BTreeMap<_, Place> = BTreeMap::new();
        for definition in &self.plan().definitions {
            let place = definition.asked.or(definition.place);
            let (Some(name), Some(place)) = (&definition.requested.name, place) else { continue };
            let root = root_name(&self.documents.schema(definition.home).at().subject);
            let first = known.insert((definition.home, name), place);
            let is_setting = self.requests.settings_of(Some(place)).is_some_and(|one| one.name.is_some());
            let message = if first == Some(place) && is_setting {
                format!(
                    "several types have the name `{name}`, because a keyword such as `contains` or `if` also \
                     examines some values of the schema"
                )
            } else if let Some(first) = first.filter(|first| *first != place) {
                format!("the type of `{}` has the same name `{name}`", self.key(first))
            } else if *name == root && !definition.is_root() {
                format!("`{name}` is the name of the event's type")
            } else {
                continue;
            };
            problems.push(self.at_name(place, &message));
        }
        problems
    }

    /// Returns a problem for each name that two fields of one struct have.
    fn equal_fields(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for definition in &self.plan().definitions {
            let crate::plan::Body::Struct(body) = &definition.body else { continue };
            let mut known: BTreeMap<&str, &str> = BTreeMap::new();
            for (field, json) in body.fields.iter().zip(&body.names) {
                let Some(first) = known.insert(&field.name, json) else { continue };
                let message = format!(
                    "the properties `{first}` and `{json}` have the same field name `{}`",
                    field.name
                );
                problems.push(match definition.place {
                    Some(place) => self.at_name(place, &message),
                    None => self.at_keyword(self.documents.root(definition.home), &message),
                });
            }
        }
        problems
    }

    /// Returns a problem of a name at the place of its request: the setting, or the keyword in the schema.
    fn at_name(&self, place: Place, message: &str) -> Problem {
        match self.requests.settings.get(&place) {
            Some((key, settings)) if settings.name.is_some() || !settings.fields.is_empty() => {
                wrong(&format!("gen.types.\"{key}\""), message, "choose another name")
            }
            Some(_) | None => self.at_keyword(place, message),
        }
    }

    /// Returns a problem of the `x-rust-name` in a schema.
    fn at_keyword(&self, place: Place, message: &str) -> Problem {
        let schema = self.documents.schema(self.documents.document(place));
        let mut pointer = self.documents.pointer(place).clone();
        if self.rust_name(place).is_some() {
            pointer.push("x-rust-name");
        }
        let diagnostic = Diagnostic::new(Code::BadSetting, message)
            .position(schema.document().position(&pointer))
            .at(pointer)
            .help("choose another name, here or in `gen.types` of the manifest");
        let at = schema.at();
        Problem { path: format!("{}/{}.json", at.subject, at.version).into(), diagnostic }
    }

    /// Returns the text that names a schema in messages.
    fn key(&self, place: Place) -> String {
        let at = self.documents.schema(self.documents.document(place)).at();
        format!("{}#{}", at.subject, self.documents.pointer(place))
    }
}

/// Returns an error if a text cannot be the name of a generated type.
fn check_type_name(text: &str) -> Result<(), &'static str> {
    syntax::check_type_name(text)?;
    if text == names::RUNTIME || names::PRIMITIVES.contains(&text) {
        return Err("generated code uses this name with another meaning");
    }
    Ok(())
}
