//! Builds the view of types: every Rust type, attribute and expression as text.

use std::collections::{BTreeMap, BTreeSet};

use super::dataschema;
use crate::atlas::{Atlas, DocumentId};
use crate::link::Program;
use crate::names::{Style, distinct};
use crate::options::Options;
use crate::plan::{
    Body, Borrowed, Case, Field, Form, Module, Plan, RustType, Struct, TextVariant, TypeId, TypeRef,
    UnionVariant, root_name,
};
use crate::text::literal;
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
    pub(super) atlas: &'a Atlas<'c>,
    pub(super) plan: &'a Plan,
    pub(super) programs: &'a BTreeMap<DocumentId, Program>,
    pub(super) modules: &'a BTreeMap<DocumentId, Module>,
    pub(super) options: &'a Options,
    /// The borrowed forms, if the options request them.
    pub(super) borrowed: Option<&'a Borrowed>,
}

impl Types<'_, '_> {
    /// Returns the types that are printed in a document's module.
    pub(super) fn of(&self, home: DocumentId) -> Vec<view::Type> {
        let all = self.plan.definitions.iter().enumerate();
        let own: Vec<TypeId> =
            all.filter(|(_, definition)| definition.home == home).map(|(at, _)| TypeId(at)).collect();
        let names: Vec<&str> = own.iter().map(|id| self.plan.definition(*id).name.as_str()).collect();
        let modules = distinct(Style::Field, &names);
        own.iter().zip(modules).flat_map(|(id, module)| self.forms(*id, home, &module)).collect()
    }

    /// Returns the name of a document's event, if its type has another name.
    pub(super) fn aliases(&self, home: DocumentId) -> Vec<view::Alias> {
        let name = root_name(&self.atlas.schema(home).at().subject);
        let events = self.plan.events.iter().filter(|event| event.document == home);
        let roots = events.map(|event| &self.plan.definition(event.root).name).filter(|of| **of != name);
        roots.map(|of| view::Alias { name: name.clone(), of: of.clone() }).collect()
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
    fn forms(&self, id: TypeId, home: DocumentId, module: &str) -> Vec<view::Type> {
        let definition = self.plan.definition(id);
        let name = &definition.name;
        let borrowed = self.borrowed.filter(|all| all.has(id)).map(|all| all.name(home, name));
        let body = |borrows| self.body(id, Scope { home, borrows, is_outside: false });
        let event = self.event(id, borrowed.as_deref());
        // A module must not have the name of its type. Names without capital letters, such as `日本`, are equal.
        let module = if module == name { format!("{module}_") } else { module.to_owned() };
        let mut forms = vec![view::Type {
            name: name.clone(),
            module: Some(module),
            docs: definition.docs.clone(),
            derives: derives(&definition.body),
            location: self.location(id),
            event,
            ..body(false)
        }];
        if let Some(borrowed) = borrowed {
            forms.push(view::Type {
                name: borrowed,
                lifetime: "<'a>",
                docs: vec![format!("[`{name}`] with strings borrowed from the event.")],
                derives: derives(&definition.body),
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
        Some(literal(self.atlas.pointer(place).as_str()))
    }

    /// Returns the re-exports of a document's module: the types of other documents that its types contain.
    pub(super) fn uses(&self, home: DocumentId) -> Vec<view::Use> {
        let mut uses = Vec::new();
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
        uses.sort_by(|a, b| a.path.cmp(&b.path));
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
            Body::Struct(body) => one.record = Some(self.record(body, scope)),
            Body::Texts(variants) => one.texts = Some(texts(variants)),
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
        let schema = self.atlas.schema(event.document);
        Some(view::Event {
            subject: literal(schema.at().subject.as_str()),
            version: literal(&schema.at().version.to_string()),
            digest: literal(schema.digest().as_str()),
            dataschema: literal(&dataschema(schema.at(), self.options)),
            borrowed: borrowed.map(str::to_owned),
        })
    }

    fn record(&self, body: &Struct, scope: Scope) -> view::Struct {
        let with_field = body.fields.iter().zip(&body.names);
        let fields = with_field.map(|(field, json)| self.field(field, json, scope)).collect();
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
        view::Field {
            name: field.name.clone(),
            // Only the owned form has the documentation of a property.
            docs: if scope.borrows { Vec::new() } else { field.docs.clone() },
            rust_type,
            attributes: if field.deprecated { vec!["#[deprecated]".to_owned()] } else { Vec::new() },
            json: literal(json),
            mode,
            setter,
            value: inner,
        }
    }

    fn variant(&self, variant: &UnionVariant, scope: Scope) -> view::Variant {
        view::Variant {
            name: variant.name.clone(),
            docs: if scope.borrows { Vec::new() } else { variant.docs.clone() },
            rust_type: self.text(&variant.value, variant.boxed, scope),
            case: case(&variant.case),
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
        format!("{}::{}", self.module(document), root_name(&self.atlas.schema(document).at().subject))
    }

    /// Returns the name of a document's module inside the module of its subject.
    pub(super) fn module(&self, document: DocumentId) -> String {
        self.modules.get(&document).map(|module| module.version.clone()).unwrap_or_default()
    }

    /// Returns the version of a document.
    pub(super) fn version(&self, document: DocumentId) -> String {
        self.atlas.schema(document).at().version.to_string()
    }

    /// Returns a type in Rust syntax.
    fn text(&self, value: &TypeRef, boxed: bool, scope: Scope) -> String {
        let element = |value: &TypeRef| self.text(value, false, scope);
        let bare = match &value.shape {
            RustType::Bool => "bool".to_owned(),
            RustType::I64 => "i64".to_owned(),
            RustType::Integer => "rt::Integer".to_owned(),
            RustType::Number => "rt::Number".to_owned(),
            RustType::String if scope.borrows => "rt::Cow<'a, str>".to_owned(),
            RustType::String => "String".to_owned(),
            RustType::Null => "()".to_owned(),
            RustType::Json => "rt::Json".to_owned(),
            RustType::List(of) => format!("Vec<{}>", element(of)),
            RustType::Map(of) => map(scope, &element(of)),
            RustType::Tuple(parts) => {
                let comma = if parts.len() == 1 { "," } else { "" };
                format!("({}{comma})", parts.iter().map(element).collect::<Vec<_>>().join(", "))
            }
            RustType::Named(id) => self.name(*id, scope),
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

/// Returns the traits that a type derives, separated by commas.
fn derives(body: &Body) -> String {
    match body {
        Body::Texts(variants) if variants.len() == 1 => {
            "Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash"
        }
        Body::Texts(_) => "Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash",
        Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => "Debug, Clone, PartialEq, Eq, Hash",
    }
    .to_owned()
}

fn map(scope: Scope, of: &str) -> String {
    if scope.borrows { format!("rt::MapRef<'a, {of}>") } else { format!("rt::Map<{of}>") }
}

fn texts(variants: &[TextVariant]) -> view::Texts {
    let text = |variant: &TextVariant| view::Text {
        name: variant.name.clone(),
        text: literal(&variant.text),
        docs: Vec::new(),
    };
    view::Texts { single: variants.len() == 1, variants: variants.iter().map(text).collect() }
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
