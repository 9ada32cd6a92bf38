//! The names that settings and schemas give to types and fields.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::Place;
use evschema_model::{Code, Diagnostic};
use serde_json::Value;

use crate::disk::Problem;
use crate::names::{Style, distinct_beside};
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
            let place = self.plan().definitions[at].place;
            let all = &self.requests.options;
            let mut requested =
                Requested { name: None, derives: all.derives.clone(), attributes: all.attributes.clone() };
            if let Some(settings) = self.requests.settings_of(place) {
                requested.name.clone_from(&settings.name);
                requested.derives.extend(settings.derives.iter().cloned());
                requested.attributes.extend(settings.attributes.iter().cloned());
            }
            let keyword = place.filter(|place| !self.is_property(*place)).and_then(|at| self.rust_name(at));
            requested.name = requested.name.or_else(|| keyword?.as_str().map(str::to_owned));
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
            let settings = self.field_settings(of, json).and_then(|settings| settings.name.clone());
            let requested = settings.or_else(|| {
                let own = places.iter().filter(|place| self.is_property(**place));
                own.filter_map(|place| self.rust_name(*place)?.as_str()).next().map(str::to_owned)
            });
            if let Some(name) = requested {
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

    /// Returns whether a schema is the schema of a property.
    fn is_property(&self, place: Place) -> bool {
        let tokens: Vec<String> = self.documents.pointer(place).tokens().collect();
        matches!(tokens.as_slice(), [.., folder, _] if folder == "properties")
    }

    /// Returns the problems of all requested names.
    pub(super) fn name_problems(&self) -> Vec<Problem> {
        let mut problems = self.invalid_names();
        for (key, (_, settings)) in self.requests.settings.values().map(|one| (&one.0, one)) {
            let setting = format!("gen.types.\"{key}\"");
            let mut check = |setting: String, name: &Option<String>, check: Check| {
                if let Some(Err(message)) = name.as_deref().map(check) {
                    problems.push(wrong(&setting, message, "choose another name"));
                }
            };
            check(format!("{setting}.name"), &settings.name, syntax::check_type_name);
            for (json, field) in &settings.fields {
                check(format!("{setting}.fields.\"{json}\".name"), &field.name, syntax::check_field_name);
            }
        }
        problems.extend(self.equal_types());
        problems.extend(self.equal_fields());
        let mut seen = BTreeSet::new();
        problems.retain(|problem| seen.insert((problem.path.clone(), problem.diagnostic.to_string())));
        problems
    }

    /// Returns a problem for each `x-rust-name` that is not a name.
    fn invalid_names(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut check = |place: Place, check: Check| {
            let Some(value) = self.rust_name(place) else { return };
            let found = match value {
                Value::String(name) => check(name),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    Err("the name is not a string")
                }
            };
            if let Err(message) = found {
                problems.push(self.at_keyword(place, &format!("`x-rust-name`: {message}")));
            }
        };
        for place in self.plan().definitions.iter().filter_map(|definition| definition.place) {
            if !self.is_property(place) {
                check(place, syntax::check_type_name);
            }
            for (_, property) in self.documents.keywords(place).properties() {
                check(*property, syntax::check_field_name);
            }
        }
        problems
    }

    /// Returns a problem for each name that types of two schemas of one module request, and for each request for the name
    /// of the event's type.
    fn equal_types(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut known: BTreeMap<_, Place> = BTreeMap::new();
        for definition in &self.plan().definitions {
            let (Some(name), Some(place)) = (&definition.requested.name, definition.place) else { continue };
            let root = root_name(&self.documents.schema(definition.home).at().subject);
            let first = *known.entry((definition.home, name)).or_insert(place);
            let message = if first != place {
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
