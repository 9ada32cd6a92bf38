//! Builds the view of types: every Rust type, attribute and expression as text.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::Coordinates;
use evschema_model::graph::{DocumentId, Documents};

use super::literals::literal_text;
use crate::defaults::Defaults;
use crate::options::Options;
use crate::plan::{
    Body, Borrowed, Case, Field, Form, IntegerVariant, Module, Plan, RustType, Struct, TextVariant, TypeId,
    TypeRef, UnionVariant, root_name,
};
use crate::program::Program;
use crate::text::literal;
use crate::upcast::Literal;
use crate::view;

/// The module in which a type is printed, and the form of the type.
#[derive(Debug, Clone, Copy)]
struct Scope {
    home: DocumentId,
    /// Whether strings are borrowed from the event.
    borrows: bool,
    /// Whether the type is printed beside the modules of the subject's versions, not in the module of the document.
    is_outside: bool,
}

impl Scope {
    /// Returns the scope beside the module of a document.
    fn outside(home: DocumentId) -> Self {
        Self { home, borrows: false, is_outside: true }
    }
}

/// The data for printing types.
pub(super) struct Types<'a, 'c> {
    pub(super) documents: &'a Documents<'c>,
    pub(super) plan: &'a Plan,
    pub(super) programs: &'a BTreeMap<DocumentId, Program>,
    pub(super) modules: &'a BTreeMap<DocumentId, Module>,
    pub(super) options: &'a Options,
    /// The borrowed forms, if the options request them.
    pub(super) borrowed: Option<&'a Borrowed>,
    /// The defaults that the types offer.
    pub(super) defaults: &'a Defaults,
}

impl Types<'_, '_> {
    /// Returns the types that are printed in a document's module.
    pub(super) fn of(&self, home: DocumentId) -> Vec<view::Type> {
        let modules = self.constructors(home);
        modules.into_iter().flat_map(|(id, module)| self.forms(id, home, module)).collect()
    }

    /// Returns the name of a document's event, if its type has another name.
    pub(super) fn aliases(&self, home: DocumentId) -> Vec<view::Alias> {
        let name = root_name(&self.documents.schema(home).at().subject);
        let events = self.plan.events.iter().filter(|event| event.document == home);
        let roots = events.map(|event| self.plan.definition(event.root));
        // If the settings or the schema rename the event's type, its usual name is not used.
        let roots = roots.filter(|root| root.name != name && root.requested.name.is_none());
        roots.map(|root| view::Alias { name: name.clone(), of: root.name.clone() }).collect()
    }

    /// Returns the names of printed types without strings; empty if the options do not request borrowed forms.
    pub(super) fn textless(&self, types: &[view::Type]) -> Vec<String> {
        if self.borrowed.is_none() {
            return Vec::new();
        }
        let borrows: BTreeSet<&String> = types.iter().filter_map(|one| one.owned.as_ref()).collect();
        let all = types.iter().filter(|one| one.owned.is_none() && !borrows.contains(&one.name));
        all.map(|one| one.name.clone()).collect()
    }

    /// Returns a type, and its borrowed form if it has one.
    fn forms(&self, id: TypeId, home: DocumentId, module: String) -> Vec<view::Type> {
        let definition = self.plan.definition(id);
        let name = &definition.name;
        let borrowed = self.borrowed.filter(|all| all.has(id)).map(|all| all.name(home, name));
        let body = |borrows| self.body(id, Scope { home, borrows, is_outside: false });
        let event = self.event(id, borrowed.as_deref());
        let mut forms = vec![view::Type {
            name: name.clone(),
            module: Some(module),
            docs: definition.docs.clone(),
            derives: derive_list(&definition.body, &definition.requested.derives),
            attributes: trimmed(&definition.requested.attributes),
            location: self.location(id),
            event,
            ..body(false)
        }];
        if let Some(borrowed) = borrowed {
            forms.push(view::Type {
                name: borrowed,
                lifetime: "<'a>",
                docs: vec![format!("[`{name}`] with strings borrowed from the event.")],
                derives: derive_list(&definition.body, &[]),
                owned: Some(name.clone()),
                ..body(true)
            });
        }
        forms
    }

    /// Returns the location of the schema whose node checks a value of a type alone.
    fn location(&self, id: TypeId) -> Option<String> {
        let definition = self.plan.definition(id);
        let program = self.programs.get(&definition.home)?;
        let place = definition.place.filter(|place| program.of_types.contains(place))?;
        Some(literal(self.documents.pointer(place).as_str()))
    }

    /// Returns the re-exports of a document's module: the types of other documents that its types contain, and the
    /// modules of their constructors.
    pub(super) fn uses(&self, home: DocumentId) -> Vec<view::Use> {
        let mut uses = Vec::new();
        for (id, module, name) in self.imported_constructors(home) {
            if let Some(path) = self.path(home, self.plan.definition(id).home, &module) {
                let path = if module == name { path } else { format!("{path} as {name}") };
                uses.push(view::Use { path });
            }
        }
        for (id, name) in self.plan.imports.get(&home).into_iter().flatten() {
            let definition = self.plan.definition(*id);
            let mut add = |printed: &str, name: &str| {
                if let Some(path) = self.path(home, definition.home, printed) {
                    let path = if printed == name { path } else { format!("{path} as {name}") };
                    uses.push(view::Use { path });
                }
            };
            add(&definition.name, name);
            if let Some(all) = self.borrowed.filter(|all| all.has(*id)) {
                add(&all.name(definition.home, &definition.name), &all.name(home, name));
            }
        }
        // In the order of rustfmt: names in small letters are before the others.
        uses.sort_by_cached_key(|used| {
            let (folder, item) = used.path.rsplit_once("::").unwrap_or_default();
            (folder.to_owned(), item.starts_with(char::is_uppercase), item.to_owned())
        });
        uses
    }

    /// Returns the path of an item in another document's module; `None` if this module is not printed.
    pub(super) fn path(&self, from: DocumentId, to: DocumentId, item: &str) -> Option<String> {
        if from == to {
            return Some(item.to_owned());
        }
        let there = self.modules.get(&to)?;
        Some(if self.modules.get(&from)?.subject == there.subject {
            format!("super::{}::{item}", there.version)
        } else {
            format!("super::super::{}::{}::{item}", there.subject, there.version)
        })
    }

    /// Returns the content of a type, without its name.
    fn body(&self, id: TypeId, scope: Scope) -> view::Type {
        let mut one = view::Type::default();
        match &self.plan.definition(id).body {
            Body::Struct(body) => one.record = Some(self.record(id, body, scope)),
            Body::Texts(variants) => one.texts = Some(texts(variants)),
            Body::Integers(variants) => one.integers = Some(integers(variants)),
            Body::Union(variants) => {
                let variants = variants.iter().map(|variant| self.variant(variant, scope)).collect();
                one.alternatives = Some(view::Union { variants });
            }
            Body::Newtype { inner, boxed } => one.newtype = Some(self.text(inner, *boxed, scope)),
        }
        one
    }

    fn event(&self, id: TypeId, borrowed: Option<&str>) -> Option<view::Event> {
        let event = self.plan.events.iter().find(|event| event.root == id)?;
        let schema = self.documents.schema(event.document);
        Some(view::Event {
            subject: literal(schema.at().subject.as_str()),
            version: literal(&schema.at().version.to_string()),
            digest: literal(schema.digest().as_str()),
            dataschema: literal(&dataschema(schema.at(), self.options)),
            borrowed: borrowed.map(str::to_owned),
        })
    }

    fn record(&self, id: TypeId, body: &Struct, scope: Scope) -> view::Struct {
        let with_field = body.fields.iter().zip(&body.names);
        let mut fields: Vec<view::Field> =
            with_field.map(|(field, json)| self.field(field, json, scope)).collect();
        let setters: Vec<String> = fields.iter().filter_map(|field| field.setter.clone()).collect();
        for (at, (field, planned)) in fields.iter_mut().zip(&body.fields).enumerate() {
            let default = self.defaults.get(&(id, at)).filter(|_| !scope.borrows);
            field.default = default.map(|default| self.offered(planned, default, &setters, scope));
        }
        let also = body.names.iter().skip(body.fields.len()).map(|name| literal(name)).collect();
        let rest = body.rest.as_ref();
        let rest = rest.map(|value| view::Rest { rust_type: map(scope, &self.text(value, false, scope)) });
        view::Struct { fields, also, rest }
    }

    fn field(&self, field: &Field, json: &str, scope: Scope) -> view::Field {
        let bare = TypeRef { nullable: false, ..field.value.clone() };
        let inner = self.text(&bare, field.boxed, scope);
        // The value of a required property may be `null`.
        let inner = if self.plan.form(field) == Form::Nullable { format!("Option<{inner}>") } else { inner };
        let (rust_type, mode) = match self.plan.form(field) {
            Form::Required | Form::Nullable => (inner.clone(), "required"),
            Form::Maybe => (format!("rt::Maybe<{inner}>"), "maybe"),
            Form::Optional => (format!("Option<{inner}>"), "optional"),
        };
        let bare_name = field.name.trim_start_matches("r#");
        let setter = (!field.required && !scope.borrows).then(|| format!("with_{bare_name}"));
        // If a property has only one value, `new` needs no argument for it.
        let is_constant = mode == "required" && self.plan.is_constant(&field.value);
        let mode = if is_constant { "constant" } else { mode };
        let value = if field.required { rust_type.clone() } else { inner };
        view::Field {
            name: field.name.clone(),
            // Only the owned form has the documentation of a property.
            docs: if scope.borrows { Vec::new() } else { field.docs.clone() },
            attributes: field_attributes(field, scope),
            json: literal(json),
            mode,
            setter,
            rust_type,
            value,
            default: None,
        }
    }

    /// Returns the function that offers the default of a property.
    fn offered(&self, field: &Field, default: &Literal, setters: &[String], scope: Scope) -> view::Default {
        let mut function = format!("{}_or_default", field.name.trim_start_matches("r#"));
        if setters.contains(&function) {
            function.push('_');
        }
        let value = literal_text(self.plan, &|id| self.name(id, scope), default);
        view::Default { function, value: if field.boxed { format!("Box::new({value})") } else { value } }
    }

    fn variant(&self, variant: &UnionVariant, scope: Scope) -> view::Variant {
        let (rust_type, content) = match &variant.value.shape {
            RustType::Text(text) => (None, format!("[{}]", literal(text))),
            RustType::OnlyProperty { name, of } => {
                let of = self.text(of, variant.boxed, scope);
                let content = format!(" {{ {}: {of} }}", literal(name));
                (Some(of), content)
            }
            RustType::Bool
            | RustType::Fixed(_)
            | RustType::Integer
            | RustType::Number
            | RustType::String
            | RustType::Null
            | RustType::Json
            | RustType::List(_)
            | RustType::Map(_)
            | RustType::Array(..)
            | RustType::Tuple { .. }
            | RustType::External(_)
            | RustType::Named(_) => {
                let of = self.text(&variant.value, variant.boxed, scope);
                let content = format!("({of})");
                (Some(of), content)
            }
        };
        view::Variant {
            name: variant.name.clone(),
            docs: if scope.borrows { Vec::new() } else { variant.docs.clone() },
            attributes: attributes(variant.deprecated),
            case: rust_type.is_some().then(|| case(&variant.case)),
            rust_type,
            content,
        }
    }

    /// Returns a type in Rust syntax, for use in the module of a document.
    pub(super) fn named_in(&self, home: DocumentId, value: &TypeRef) -> String {
        self.text(value, false, Scope { home, borrows: false, is_outside: false })
    }

    /// Returns the type of a field, for use beside the module of a document.
    pub(super) fn outside_field(&self, home: DocumentId, field: &Field, json: &str) -> String {
        self.field(field, json, Scope::outside(home)).rust_type
    }

    /// Returns a type, for use beside the module of a document.
    pub(super) fn outside_text(&self, home: DocumentId, value: &TypeRef) -> String {
        self.text(value, false, Scope::outside(home))
    }

    /// Returns the path of a type that a document's module declares or re-exports, for use beside the module.
    pub(super) fn outside_name(&self, home: DocumentId, id: TypeId) -> String {
        self.name(id, Scope::outside(home))
    }

    /// Returns the path of a document's event, for use beside the module of the document.
    pub(super) fn event_path(&self, document: DocumentId) -> String {
        let event = self.plan.events.iter().find(|event| event.document == document);
        let root = event.map(|event| self.plan.definition(event.root));
        let name = match root.filter(|root| root.requested.name.is_some()) {
            Some(root) => root.name.clone(),
            // The type, or another name of the type.
            None => root_name(&self.documents.schema(document).at().subject),
        };
        format!("{}::{name}", self.module(document))
    }

    /// Returns the name of a document's module inside the module of its subject.
    pub(super) fn module(&self, document: DocumentId) -> String {
        self.modules.get(&document).map(|module| module.version.clone()).unwrap_or_default()
    }

    /// Returns the version of a document.
    pub(super) fn version(&self, document: DocumentId) -> String {
        self.documents.schema(document).at().version.to_string()
    }

    /// Returns a type in Rust syntax.
    fn text(&self, value: &TypeRef, boxed: bool, scope: Scope) -> String {
        let element = |value: &TypeRef| self.text(value, false, scope);
        let bare = match &value.shape {
            RustType::Bool => "bool".to_owned(),
            RustType::Fixed(width) => width.name().to_owned(),
            RustType::Integer => "rt::Integer".to_owned(),
            RustType::Number => "rt::Number".to_owned(),
            RustType::String if scope.borrows => "rt::Cow<'a, str>".to_owned(),
            RustType::String => "String".to_owned(),
            RustType::Null => "()".to_owned(),
            RustType::Json => "rt::Json".to_owned(),
            RustType::List(of) => format!("Vec<{}>", element(of)),
            RustType::Map(of) => map(scope, &element(of)),
            RustType::Array(of, length) => format!("[{}; {length}]", element(of)),
            RustType::Tuple { items, required } => {
                let item = |(at, item): (usize, &TypeRef)| {
                    let of = element(item);
                    if at < *required { of } else { format!("rt::Trailing<{of}>") }
                };
                format!("({})", items.iter().enumerate().map(item).collect::<Vec<_>>().join(", "))
            }
            RustType::Named(id) => self.name(*id, scope),
            // The type of the variant's content.
            RustType::OnlyProperty { of, .. } => element(of),
            RustType::Text(_) => "()".to_owned(),
            RustType::External(external) => external.text.clone(),
        };
        let bare = if boxed { format!("Box<{bare}>") } else { bare };
        if value.nullable { format!("Option<{bare}>") } else { bare }
    }

    /// Returns the name of a type in the module of the scope.
    fn name(&self, id: TypeId, scope: Scope) -> String {
        if scope.is_outside {
            let inside = self.name(id, Scope { is_outside: false, ..scope });
            return format!("{}::{inside}", self.module(scope.home));
        }
        let definition = self.plan.definition(id);
        let imported = || self.plan.imports.get(&scope.home).and_then(|imports| imports.get(&id));
        let owned = if definition.home == scope.home { Some(&definition.name) } else { imported() };
        let Some(owned) = owned.filter(|_| self.modules.contains_key(&definition.home)) else {
            return "rt::Json".to_owned();
        };
        match self.borrowed.filter(|all| scope.borrows && all.has(id)) {
            Some(all) => format!("{}<'a>", all.name(scope.home, owned)),
            None => owned.clone(),
        }
    }
}

/// Returns the attributes of a field. Only the owned form has the attributes that settings request.
fn field_attributes(field: &Field, scope: Scope) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(attributes(field.deprecated));
    if !scope.borrows {
        all.extend(trimmed(&field.attributes));
    }
    all
}

fn trimmed(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.trim().to_owned()).collect()
}

/// Returns the traits that a type derives, as the content of `#[derive(…)]`. A long list is on lines of its own, as
/// rustfmt prints it.
fn derive_list(body: &Body, requested: &[String]) -> String {
    /// Maximum number of characters of a line.
    const LINE_CHARACTERS_MAX: usize = 100;
    /// The indentation of a type in the module of its version.
    const INDENTATION: usize = 4;
    let mut traits: Vec<&str> = derives(body).split(", ").collect();
    for one in requested.iter().map(|one| one.trim()) {
        if !traits.contains(&one) {
            traits.push(one);
        }
    }
    let list = traits.join(", ");
    if INDENTATION + "#[derive()]".len() + list.chars().count() <= LINE_CHARACTERS_MAX {
        return list;
    }
    let mut lines = vec![String::new()];
    for one in traits {
        let line = lines.last().map_or(0, |line| line.chars().count());
        let is_full = LINE_CHARACTERS_MAX < 2 * INDENTATION + line + " ,".len() + one.chars().count();
        match lines.last_mut() {
            Some(last) if !is_full || last.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&format!("{one},"));
            }
            Some(_) | None => lines.push(format!("{one},")),
        }
    }
    format!("\n{}\n", lines.join("\n"))
}

/// Returns the traits that the generator chooses for a type, separated by commas.
fn derives(body: &Body) -> &'static str {
    let is_single = match body {
        Body::Texts(variants) => variants.len() == 1,
        Body::Integers(variants) => variants.len() == 1,
        Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => false,
    };
    match body {
        Body::Texts(_) | Body::Integers(_) if is_single => {
            "Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash"
        }
        Body::Texts(_) | Body::Integers(_) => "Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash",
        Body::Newtype { inner, .. } if is_ordered(inner) => {
            "Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash"
        }
        Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => "Debug, Clone, PartialEq, Eq, Hash",
    }
}

/// Returns whether the values of a type have an order: strings, numbers and booleans.
fn is_ordered(value: &TypeRef) -> bool {
    let is_unordered = matches!(
        value.shape,
        RustType::Null
            | RustType::Json
            | RustType::List(_)
            | RustType::Map(_)
            | RustType::Array(..)
            | RustType::Tuple { .. }
            | RustType::Named(_)
            | RustType::External(_)
    );
    !is_unordered && !value.nullable
}

fn map(scope: Scope, of: &str) -> String {
    if scope.borrows { format!("rt::MapRef<'a, {of}>") } else { format!("rt::Map<{of}>") }
}

fn texts(variants: &[TextVariant]) -> view::Texts {
    let text = |variant: &TextVariant| view::Text {
        name: variant.name.clone(),
        text: literal(&variant.text),
        docs: variant.docs.clone(),
        attributes: attributes(variant.deprecated),
    };
    view::Texts { single: variants.len() == 1, variants: variants.iter().map(text).collect() }
}

fn integers(variants: &[IntegerVariant]) -> view::Integers {
    let integer = |variant: &IntegerVariant| view::Integer {
        name: variant.name.clone(),
        integer: variant.integer.to_string(),
        docs: variant.docs.clone(),
        attributes: attributes(variant.deprecated),
    };
    view::Integers { single: variants.len() == 1, variants: variants.iter().map(integer).collect() }
}

fn attributes(deprecated: bool) -> Vec<String> {
    if deprecated { vec!["#[deprecated]".to_owned()] } else { Vec::new() }
}

pub(super) fn case(case: &Case) -> String {
    let list = |names: &[String]| names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ");
    let mut text = match case.kinds.split_first() {
        None => "rt::Case::ANY".to_owned(),
        Some((first, others)) => {
            let others: String = others.iter().map(|kind| format!(".or(rt::Case::{kind})")).collect();
            format!("rt::Case::{first}{others}")
        }
    };
    if !case.required.is_empty() {
        text.push_str(&format!(".requires(&[{}])", list(&case.required)));
    }
    if let Some(known) = &case.known {
        text.push_str(&format!(".knows(&[{}])", list(known)));
    }
    if !case.tags.is_empty() {
        let tags: Vec<String> = case
            .tags
            .iter()
            .map(|(name, texts)| format!("({}, &[{}])", literal(name), list(texts)))
            .collect();
        text.push_str(&format!(".tagged(&[{}])", tags.join(", ")));
    }
    text
}

/// Returns the URL of a version's schema.
fn dataschema(at: &Coordinates, options: &Options) -> String {
    let path = format!("/schemas/{}/{}.json", at.subject, at.version);
    match &options.dataschema_base {
        Some(base) => format!("{}{path}", base.trim_end_matches('/')),
        None => path,
    }
}
