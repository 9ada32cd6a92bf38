//! The view of types: every Rust type, attribute and expression as text.

use std::collections::BTreeMap;

use super::dataschema;
use super::layout::filled;
use crate::atlas::{Atlas, DocumentId};
use crate::plan::{
    Body, Case, Definition, Field, Module, Plan, RustType, SHARED, StandIn, Struct, TextVariant, TypeId,
    TypeRef, UnionVariant,
};
use crate::text::literal;
use crate::{Options, view};

/// The module that a type is printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Document(DocumentId),
    /// That of the types that several documents have alike.
    Shared,
}

/// All that is needed to print a type.
pub(super) struct Types<'a, 'c> {
    pub(super) atlas: &'a Atlas<'c>,
    pub(super) plan: &'a Plan,
    pub(super) modules: &'a BTreeMap<DocumentId, Module>,
    pub(super) options: &'a Options,
}

impl Types<'_, '_> {
    /// Returns the types that are printed in a document's module.
    pub(super) fn of(&self, home: DocumentId) -> Vec<view::Type> {
        let all = self.plan.definitions.iter().enumerate();
        all.filter(|(_, definition)| definition.home == home && definition.stands_in.is_none())
            .map(|(at, definition)| self.one(TypeId(at), definition, Home::Document(home)))
            .collect()
    }

    /// Returns the types that several modules have alike.
    pub(super) fn shared(&self) -> Vec<view::Type> {
        let all = self.plan.shared.iter().map(|shared| {
            let one = self.one(shared.of, self.plan.definition(shared.of), Home::Shared);
            view::Type { name: shared.name.clone(), ..one }
        });
        all.collect()
    }

    /// Returns the names in a document's module of types that are printed elsewhere, or there under
    /// another name.
    pub(super) fn uses(&self, home: DocumentId) -> Vec<view::Use> {
        let (mut shared, mut neighbours) = (Vec::new(), Vec::new());
        let add = |names: &mut Vec<String>, printed: &str, name: &str| {
            let is_same = printed == name;
            names.push(if is_same { name.to_owned() } else { format!("{printed} as {name}") });
        };
        for definition in self.plan.definitions.iter().filter(|definition| definition.home == home) {
            match definition.stands_in {
                Some(StandIn::Shared(at)) => add(&mut shared, &self.plan.shared[at].name, &definition.name),
                Some(StandIn::Neighbour(id)) => {
                    add(&mut neighbours, &self.plan.definition(id).name, &definition.name);
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

    /// Returns the path of an item in another document's module; `None` if that is not printed.
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

    fn one(&self, id: TypeId, definition: &Definition, home: Home) -> view::Type {
        let mut one = view::Type {
            name: definition.name.clone(),
            docs: definition.docs.clone(),
            record: None,
            texts: None,
            alternatives: None,
            newtype: None,
            event: self.event(id),
        };
        match &definition.body {
            Body::Struct(body) => one.record = Some(self.record(body, home)),
            Body::Texts(variants) => one.texts = Some(texts(&definition.name, variants)),
            Body::Union(variants) => {
                let variants = variants.iter().enumerate();
                let variants = variants.map(|(at, v)| self.variant(at, v, home)).collect();
                one.alternatives = Some(view::Union { variants });
            }
            Body::Newtype { inner, boxed } => one.newtype = Some(self.text(inner, *boxed, home)),
        }
        one
    }

    fn event(&self, id: TypeId) -> Option<view::Event> {
        let event = self.plan.events.iter().find(|event| event.root == id)?;
        let schema = self.atlas.schema(event.document);
        Some(view::Event {
            subject: literal(schema.at().subject.as_str()),
            version: literal(&schema.at().version.to_string()),
            digest: literal(schema.digest().as_str()),
            dataschema: literal(&dataschema(schema.at(), self.options)),
        })
    }

    fn record(&self, body: &Struct, home: Home) -> view::Struct {
        let fields: Vec<view::Field> =
            body.fields.iter().map(|field| self.field(field, &body.names[field.at], home)).collect();
        let mut arguments: Vec<view::Argument> = fields
            .iter()
            .filter(|field| field.mode == "required")
            .map(|field| view::Argument { name: field.name.clone(), rust_type: field.rust_type.clone() })
            .collect();
        // A schema says the same in any order of its members, and has the same digest.
        arguments.sort_by(|a, b| a.name.cmp(&b.name));
        let rest = body.rest.as_ref().map(|(name, value)| view::Rest {
            name: name.clone(),
            rust_type: format!("rt::Map<{}>", self.text(value, false, home)),
        });
        let names: Vec<String> = body.names.iter().map(|name| literal(name)).collect();
        let names_more = names.len() != fields.len();
        view::Struct { names, names_more, fields, arguments, rest }
    }

    fn field(&self, field: &Field, json: &str, home: Home) -> view::Field {
        let bare = TypeRef { nullable: false, ..field.value.clone() };
        let inner = self.text(&bare, field.boxed, home);
        let takes_null = self.plan.takes_null(&bare);
        let (rust_type, mode) = match (field.required, field.value.nullable, takes_null) {
            (true, true, _) => (format!("Option<{inner}>"), "required"),
            (true, false, _) => (inner.clone(), "required"),
            (false, true, false) => (format!("rt::Maybe<{inner}>"), "maybe"),
            (false, _, _) => (format!("Option<{inner}>"), "optional"),
        };
        let bare_name = field.name.trim_start_matches("r#");
        let setter = (!field.required).then(|| format!("with_{}", bare_name.trim_end_matches('_')));
        // What has but one value needs not be told.
        let is_constant = mode == "required" && self.plan.is_constant(&field.value);
        let mode = if is_constant { "constant" } else { mode };
        view::Field {
            name: field.name.clone(),
            docs: field.docs.clone(),
            rust_type,
            json: literal(json),
            at: field.at,
            mode,
            setter,
            value: inner,
        }
    }

    fn variant(&self, at: usize, variant: &UnionVariant, home: Home) -> view::Variant {
        view::Variant {
            at,
            name: variant.name.clone(),
            docs: variant.docs.clone(),
            rust_type: self.text(&variant.value, variant.boxed, home),
            case: case(&variant.case),
        }
    }

    /// Returns a type as Rust writes it.
    pub(super) fn text(&self, value: &TypeRef, boxed: bool, home: Home) -> String {
        let element = |value: &TypeRef| self.text(value, false, home);
        let bare = match &value.shape {
            RustType::Bool => "bool".to_owned(),
            RustType::I64 => "i64".to_owned(),
            RustType::Integer => "rt::Integer".to_owned(),
            RustType::Number => "rt::Number".to_owned(),
            RustType::String => "String".to_owned(),
            RustType::Null => "()".to_owned(),
            RustType::Json => "rt::Json".to_owned(),
            RustType::List(of) => format!("Vec<{}>", element(of)),
            RustType::Map(of) => format!("rt::Map<{}>", element(of)),
            RustType::Tuple(parts) => {
                format!("({},)", parts.iter().map(element).collect::<Vec<_>>().join(", "))
            }
            RustType::Named(id) => {
                let definition = self.plan.definition(*id);
                match (home, definition.stands_in) {
                    (Home::Shared, Some(StandIn::Shared(at))) => self.plan.shared[at].name.clone(),
                    _ => self
                        .path(home, definition.home, &definition.name)
                        .unwrap_or_else(|| "rt::Json".to_owned()),
                }
            }
        };
        let bare = if boxed { format!("Box<{bare}>") } else { bare };
        if value.nullable { format!("Option<{bare}>") } else { bare }
    }
}

fn texts(name: &str, variants: &[TextVariant]) -> view::Texts {
    /// Widest line of variants, without what is before them; alone, and behind the name.
    const WIDTH_MAX: usize = 88;
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
