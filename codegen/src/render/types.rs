//! Builds the view of types: every Rust type, attribute and expression as text.

use std::collections::{BTreeMap, BTreeSet};

use super::dataschema;
use super::layout::filled;
use crate::atlas::{Atlas, DocumentId};
use crate::options::Options;
use crate::plan::{
    Body, Borrowed, Case, Field, Module, Plan, RustType, SHARED, StandIn, Struct, TextVariant, TypeId,
    TypeRef, UnionVariant,
};
use crate::text::literal;
use crate::view;

/// The module in which a type is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Document(DocumentId),
    /// The module of types that several documents share.
    Shared,
}

/// The module in which a type is printed, and the form of the type.
#[derive(Debug, Clone, Copy)]
struct Scope {
    home: Home,
    /// Whether strings are borrowed from the event.
    borrows: bool,
}

/// The data for printing types.
pub(super) struct Types<'a, 'c> {
    pub(super) atlas: &'a Atlas<'c>,
    pub(super) plan: &'a Plan,
    pub(super) modules: &'a BTreeMap<DocumentId, Module>,
    pub(super) options: &'a Options,
    /// The names of borrowed forms, if the options request them.
    pub(super) borrowed: Option<&'a Borrowed>,
}

impl Types<'_, '_> {
    /// Returns the types that are printed in a document's module.
    pub(super) fn of(&self, home: DocumentId) -> Vec<view::Type> {
        let all = self.plan.definitions.iter().enumerate();
        all.filter(|(_, definition)| definition.home == home && definition.stands_in.is_none())
            .flat_map(|(at, definition)| {
                let borrowed = self.borrowed.and_then(|borrowed| borrowed.name(TypeId(at)));
                self.forms(TypeId(at), &definition.name, borrowed, Home::Document(home))
            })
            .collect()
    }

    /// Returns the types that several modules share.
    pub(super) fn shared(&self) -> Vec<view::Type> {
        let all = self.plan.shared.iter().enumerate().flat_map(|(at, shared)| {
            let borrowed = self.borrowed.and_then(|borrowed| borrowed.shared(at));
            self.forms(shared.of, &shared.name, borrowed, Home::Shared)
        });
        all.collect()
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
    fn forms(&self, id: TypeId, name: &str, borrowed: Option<&str>, home: Home) -> Vec<view::Type> {
        let body = |borrows| self.body(id, Scope { home, borrows });
        let event = self.event(id, borrowed);
        let docs = self.plan.definition(id).docs.clone();
        let mut forms = vec![view::Type { name: name.to_owned(), docs, event, ..body(false) }];
        if let Some(borrowed) = borrowed {
            let docs = vec![format!("[`{name}`] with strings borrowed from the event.")];
            let owned = Some(name.to_owned());
            forms.push(view::Type { name: format!("{borrowed}<'a>"), docs, owned, ..body(true) });
        }
        forms
    }

    /// Returns the re-exports of a document's module. A type is re-exported if another module contains it, or if it has
    /// another name there.
    pub(super) fn uses(&self, home: DocumentId) -> Vec<view::Use> {
        let (mut shared, mut neighbours) = (Vec::new(), Vec::new());
        let add = |names: &mut Vec<String>, printed: &str, name: &str| {
            let is_same = printed == name;
            names.push(if is_same { name.to_owned() } else { format!("{printed} as {name}") });
        };
        let definitions = self.plan.definitions.iter().enumerate();
        for (at, definition) in definitions.filter(|(_, definition)| definition.home == home) {
            let borrowed = self.borrowed.and_then(|all| Some((all, all.name(TypeId(at))?)));
            match definition.stands_in {
                Some(StandIn::Shared(at)) => {
                    add(&mut shared, &self.plan.shared[at].name, &definition.name);
                    if let Some((printed, name)) =
                        borrowed.and_then(|(all, name)| Some((all.shared(at)?, name)))
                    {
                        add(&mut shared, printed, name);
                    }
                }
                Some(StandIn::Neighbour(id)) => {
                    add(&mut neighbours, &self.plan.definition(id).name, &definition.name);
                    if let Some((printed, name)) =
                        borrowed.and_then(|(all, name)| Some((all.name(id)?, name)))
                    {
                        add(&mut neighbours, printed, name);
                    }
                }
                None => {}
            }
        }
        let all = [(format!("super::super::{SHARED}"), shared), ("self".to_owned(), neighbours)];
        all.into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(path, mut names)| {
                names.sort();
                view::Use { path, names }
            })
            .collect()
    }

    /// Returns the path of an item in another document's module; `None` if this module is not printed.
    pub(super) fn path(&self, from: Home, to: DocumentId, item: &str) -> Option<String> {
        if from == Home::Document(to) {
            return Some(item.to_owned());
        }
        let there = self.modules.get(&to)?;
        let Home::Document(from) = from else {
            return Some(format!("super::{}::{}::{item}", there.subject, there.version));
        };
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
            Body::Texts(variants) => one.texts = Some(texts(&self.plan.definition(id).name, variants)),
            Body::Union(variants) => {
                let variants = variants.iter().enumerate();
                let variants = variants.map(|(at, v)| self.variant(at, v, scope)).collect();
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
        let fields: Vec<view::Field> =
            body.fields.iter().map(|field| self.field(field, &body.names[field.at], scope)).collect();
        let mut arguments: Vec<view::Argument> = fields
            .iter()
            .filter(|field| field.mode == "required")
            .map(|field| view::Argument { name: field.name.clone(), rust_type: field.rust_type.clone() })
            .collect();
        // The order of properties changes neither the meaning of a schema nor its digest.
        arguments.sort_by(|a, b| a.name.cmp(&b.name));
        let rest = body.rest.as_ref().map(|(name, value)| view::Rest {
            name: name.clone(),
            rust_type: map(scope, &self.text(value, false, scope)),
        });
        let names: Vec<String> = body.names.iter().map(|name| literal(name)).collect();
        let names_more = names.len() != fields.len();
        view::Struct { names, names_more, fields, arguments, rest }
    }

    fn field(&self, field: &Field, json: &str, scope: Scope) -> view::Field {
        let bare = TypeRef { nullable: false, ..field.value.clone() };
        let inner = self.text(&bare, field.boxed, scope);
        let takes_null = self.plan.takes_null(&bare);
        let (rust_type, mode) = match (field.required, field.value.nullable, takes_null) {
            (true, true, _) => (format!("Option<{inner}>"), "required"),
            (true, false, _) => (inner.clone(), "required"),
            (false, true, false) => (format!("rt::Maybe<{inner}>"), "maybe"),
            (false, _, _) => (format!("Option<{inner}>"), "optional"),
        };
        let bare_name = field.name.trim_start_matches("r#");
        let setter = (!field.required).then(|| format!("with_{}", bare_name.trim_end_matches('_')));
        // If a property has only one value, `new` needs no argument for it.
        let is_constant = mode == "required" && self.plan.is_constant(&field.value);
        let mode = if is_constant { "constant" } else { mode };
        view::Field {
            name: field.name.clone(),
            // Only the owned form has the documentation of a property.
            docs: if scope.borrows { Vec::new() } else { field.docs.clone() },
            rust_type,
            json: literal(json),
            at: field.at,
            mode,
            setter,
            value: inner,
        }
    }

    fn variant(&self, at: usize, variant: &UnionVariant, scope: Scope) -> view::Variant {
        view::Variant {
            at,
            name: variant.name.clone(),
            docs: if scope.borrows { Vec::new() } else { variant.docs.clone() },
            rust_type: self.text(&variant.value, variant.boxed, scope),
            case: case(&variant.case),
        }
    }

    /// Returns a type in Rust syntax, for use in the module of a document.
    pub(super) fn named_in(&self, home: DocumentId, value: &TypeRef) -> String {
        self.text(value, false, Scope { home: Home::Document(home), borrows: false })
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
                format!("({},)", parts.iter().map(element).collect::<Vec<_>>().join(", "))
            }
            RustType::Named(id) => self.name(*id, scope),
        };
        let bare = if boxed { format!("Box<{bare}>") } else { bare };
        if value.nullable { format!("Option<{bare}>") } else { bare }
    }

    /// Returns the path of a type, for use in the module of the scope.
    fn name(&self, id: TypeId, scope: Scope) -> String {
        let definition = self.plan.definition(id);
        let shared = match (scope.home, definition.stands_in) {
            (Home::Shared, Some(StandIn::Shared(at))) => Some(at),
            _ => None,
        };
        let borrowed = self.borrowed.filter(|_| scope.borrows).and_then(|all| match shared {
            Some(at) => all.shared(at),
            None => all.name(id),
        });
        let owned = shared.map_or(&definition.name, |at| &self.plan.shared[at].name);
        let name = borrowed.map_or_else(|| owned.clone(), |name| format!("{name}<'a>"));
        match shared {
            Some(_) => name,
            None => self.path(scope.home, definition.home, &name).unwrap_or_else(|| "rt::Json".to_owned()),
        }
    }
}

fn map(scope: Scope, of: &str) -> String {
    if scope.borrows { format!("rt::MapRef<'a, {of}>") } else { format!("rt::Map<{of}>") }
}

fn texts(name: &str, variants: &[TextVariant]) -> view::Texts {
    /// Maximum number of characters of a line of variants, without its indentation.
    const WIDTH_MAX: usize = 88;
    /// Maximum number of characters of the enum's name and its variants together, if they are on one line.
    const BEHIND_NAME_MAX: usize = 78;
    let text =
        |variant: &TextVariant| view::Text { name: variant.name.clone(), text: literal(&variant.text) };
    let variants: Vec<view::Text> = variants.iter().map(text).collect();
    let parts: Vec<String> = variants.iter().map(|one| format!("{} = {},", one.name, one.text)).collect();
    let lines = filled(&parts, WIDTH_MAX);
    let line = match lines.as_slice() {
        [only] if name.len() + only.chars().count() <= BEHIND_NAME_MAX => {
            Some(only.trim_end_matches(',').to_owned())
        }
        _ => None,
    };
    view::Texts { single: variants.len() == 1, variants, line, lines }
}

fn case(case: &Case) -> String {
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
