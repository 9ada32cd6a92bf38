//! Finds the schema of each key in the settings, and checks the settings.

use std::collections::{BTreeSet, HashMap};

use evschema_model::graph::{DocumentId, Place};
use evschema_model::{FormatType, SchemaKey, TypeSettings};

use crate::disk::Problem;
use crate::options::TypeOptions;
use crate::plan::Body;
use crate::plan::requests::{Requests, alone, wrong};
use crate::plan::typing::Planner;
use crate::shape::{Conjunction, Expression};
use crate::syntax;

impl Planner<'_, '_> {
    /// Adds the settings for types. Call this function before planning. `ids` are all documents of the plan.
    pub(crate) fn request(&mut self, options: &TypeOptions, ids: &BTreeSet<DocumentId>) {
        self.requests = Requests { options: options.clone(), ..Requests::default() };
        self.requests.problems = syntax_problems(options);
        for (key, settings) in &options.settings {
            for place in self.places_of(&format!("gen.types.\"{key}\""), key, ids) {
                self.requests.settings.insert(place, (key.clone(), settings.clone()));
            }
        }
        for (key, path) in &options.replace {
            for place in self.places_of(&format!("gen.replace.\"{key}\""), key, ids) {
                self.requests.replaced.insert(place, (key.clone(), path.trim().to_owned()));
            }
        }
        if options.newtypes {
            let definitions = self.documents.definitions(ids);
            self.requests.wrapped.extend(definitions);
        }
        for (place, (_, settings)) in &self.requests.settings {
            match settings.newtype {
                Some(true) => self.requests.wrapped.insert(*place),
                Some(false) => self.requests.wrapped.remove(place),
                None => continue,
            };
        }
        let places = self.requests.replaced.keys().chain(&self.requests.wrapped).copied();
        self.requests.places = self.by_key(places.collect());
        self.requests.asked = self.by_key(self.requests.settings.keys().copied().collect());
    }

    /// Returns schemas by the key of the type that the planner would give them.
    fn by_key(&self, places: BTreeSet<Place>) -> HashMap<Conjunction, Place> {
        let mut by_key = HashMap::new();
        for place in places {
            let conjunction = self.shapes.conjunction(&Expression::Schema(place));
            // A schema without conditions has the same key as every other schema without conditions.
            if self.shapes.entry(place) == place && !conjunction.is_anything() {
                by_key.insert(alone(&conjunction), place);
            }
        }
        by_key
    }

    /// Returns the schemas of a key, one for each document that has its place.
    fn places_of(&mut self, setting: &str, key: &SchemaKey, ids: &BTreeSet<DocumentId>) -> Vec<Place> {
        let of_subject: Vec<DocumentId> = ids
            .iter()
            .copied()
            .filter(|document| self.documents.schema(*document).at().subject == key.subject)
            .collect();
        let mut places = Vec::new();
        let mut problem = None;
        for document in &of_subject {
            let found = key.pointer.find(self.documents.schema(*document).value());
            let Some(place) = found.and_then(|value| self.documents.place_of(value)) else { continue };
            let entry = self.shapes.entry(place);
            if place == entry {
                places.push(place);
            } else if key.pointer.as_str().is_empty() {
                // The event has the type of the schema that its root refers to, or a wrapper of this type.
                places.push(place);
                places.extend((self.documents.document(entry) == *document).then_some(entry));
            } else {
                let at = self.documents.schema(self.documents.document(entry)).at();
                let target =
                    SchemaKey { subject: at.subject.clone(), pointer: self.documents.pointer(entry).clone() };
                problem = Some(wrong(
                    setting,
                    &format!("this schema is only a reference to `{target}`"),
                    &format!("use the key `{target}`"),
                ));
            }
        }
        if places.is_empty() && problem.is_none() {
            problem = Some(if of_subject.is_empty() {
                wrong(
                    setting,
                    &format!("no generated version belongs to the subject `{}`", key.subject),
                    "correct the subject, or remove the setting",
                )
            } else {
                wrong(
                    setting,
                    &format!("no generated version of `{}` has the place `{}`", key.subject, key.pointer),
                    "correct the JSON Pointer, or remove the setting",
                )
            });
        }
        self.requests.problems.extend(problem);
        places
    }

    /// Returns all problems of the settings and of the names in schemas. Call this function after planning.
    pub(crate) fn request_problems(&mut self) -> Vec<Problem> {
        self.give_requests();
        let mut problems = std::mem::take(&mut self.requests.problems);
        problems.extend(self.unused_settings());
        problems.extend(self.name_problems());
        let mut seen = BTreeSet::new();
        problems.retain(|problem| seen.insert((problem.path.clone(), problem.diagnostic.to_string())));
        problems
    }

    /// Returns a problem for each setting that has no effect.
    fn unused_settings(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let has_problem = |setting: &str| {
            self.requests.problems.iter().any(|problem| problem.diagnostic.message.contains(setting))
        };
        for (key, settings) in &self.requests.options.settings {
            let setting = format!("gen.types.\"{key}\"");
            let is_of_key =
                |place: &Place| self.requests.settings.get(place).is_some_and(|(known, _)| known == key);
            if !self.requests.settings.keys().any(is_of_key) || has_problem(&setting) {
                continue;
            }
            let types: Vec<&Body> = self
                .plan()
                .definitions
                .iter()
                .filter(|definition| definition.asked.as_ref().is_some_and(is_of_key))
                .map(|definition| &definition.body)
                .collect();
            let only_keeps_scalar = TypeSettings { newtype: Some(false), ..TypeSettings::default() };
            if types.is_empty() && *settings == only_keeps_scalar {
                continue;
            }
            if types.is_empty() {
                problems.push(wrong(
                    &setting,
                    "no generated type belongs to this schema",
                    "if the values are strings, numbers or booleans, add `newtype = true`; otherwise remove \
                     the setting",
                ));
                continue;
            }
            if settings.newtype == Some(true)
                && !types.iter().any(|body| matches!(body, Body::Newtype { .. }))
            {
                problems.push(wrong(
                    &format!("{setting}.newtype"),
                    "the type of this schema is not a wrapper, because it already has a name",
                    "remove the setting",
                ));
            }
            problems.extend(unused_fields(&setting, settings, &types));
        }
        for key in self.requests.options.replace.keys() {
            let setting = format!("gen.replace.\"{key}\"");
            let mut places = self.requests.replaced.iter().filter(|(_, (known, _))| known == key).peekable();
            let exists = places.peek().is_some();
            if exists
                && !places.any(|(place, _)| self.requests.used.contains(place))
                && !has_problem(&setting)
            {
                problems.push(wrong(
                    &setting,
                    "no generated type contains a value of this schema",
                    "use the key of a schema that an event refers to, or remove the setting",
                ));
            }
        }
        problems
    }
}

fn unused_fields(setting: &str, settings: &TypeSettings, types: &[&Body]) -> Vec<Problem> {
    let has_field = |name: &String| {
        types.iter().any(|body| {
            matches!(body, Body::Struct(body) if body.names.iter().take(body.fields.len()).any(|own| own == name))
        })
    };
    let missing = settings.fields.keys().filter(|name| !has_field(name));
    missing
        .map(|name| {
            wrong(
                &format!("{setting}.fields.\"{name}\""),
                "the type has no field for this property",
                "use the name of a property in JSON",
            )
        })
        .collect()
}

/// Returns a problem for each text in the settings that is not the Rust syntax that its place requires.
fn syntax_problems(options: &TypeOptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut check = |setting: &str, found: Result<(), &str>, help: &str| {
        if let Err(message) = found {
            problems.push(wrong(setting, message, help));
        }
    };
    let mut lists = |setting: &str, derives: &[String], attributes: &[String]| {
        for derive in derives {
            check(
                &format!("{setting}.derives"),
                syntax::check_derive(derive),
                &format!("replace `{derive}` by a path such as `utoipa::ToSchema`"),
            );
        }
        for attribute in attributes {
            check(
                &format!("{setting}.attributes"),
                syntax::check_attribute(attribute),
                &format!("replace `{attribute}` by an attribute such as `#[must_use]`, in one line"),
            );
        }
    };
    lists("gen", &options.derives, &options.attributes);
    for (key, settings) in &options.settings {
        let setting = format!("gen.types.\"{key}\"");
        lists(&setting, &settings.derives, &settings.attributes);
        for (name, field) in &settings.fields {
            lists(&format!("{setting}.fields.\"{name}\""), &[], &field.attributes);
        }
    }
    const PATH: &str = "use the path of a type, such as `crate::money::Money`";
    for (key, path) in &options.replace {
        check(&format!("gen.replace.\"{key}\""), syntax::check_type(path), PATH);
    }
    for (name, format) in &options.formats {
        let paths: Vec<&str> = match format {
            FormatType::Path(of) => vec![of],
            FormatType::With { of, text } => vec![of, text],
        };
        for path in paths {
            check(&format!("gen.formats.\"{name}\""), syntax::check_type(path), PATH);
        }
    }
    problems
}
