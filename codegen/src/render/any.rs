//! Builds the view of the enum of a subject's versions, and of the conversions between them.

mod methods;
mod values;

use std::collections::BTreeMap;

use evschema_model::graph::DocumentId;

use super::types::Types;
use crate::names::type_name;
use crate::plan::{RustType, TypeId, root_name};
use crate::text::literal;
use crate::upcast::{Pair, PairBody, Rest, Signs, Source, Step, Versions};
use crate::view;
use methods::Methods;
use values::Values;

/// Returns the view of the versions of a subject, whose module has this name.
pub(super) fn any(types: &Types<'_, '_>, module: &str, versions: &Versions) -> Option<view::Any> {
    let newest = versions.events.last()?;
    let root = root_name(&newest.at.subject);
    let methods = Methods::of(types, &versions.steps, &root);
    let printer = Conversions { types, methods: &methods, names: names(types, &versions.steps) };
    let mut conversions = Vec::new();
    for (step_number, step) in versions.steps.iter().enumerate() {
        conversions.extend(printer.step(step_number, step));
    }
    let variants = versions.events.iter().enumerate().map(|(at, event)| {
        let path = types.event_path(event.document);
        let (latest, checked) = printer.latest(&versions.steps[at..], at);
        view::AnyVariant {
            name: type_name(&types.module(event.document)),
            docs: vec![format!("Version {}.", event.at.version)],
            rust_type: path,
            signs: signs(&event.signs),
            latest,
            checked,
        }
    });
    Some(view::Any {
        name: format!("Any{root}"),
        docs: vec![format!("An event of any version of `{}`.", newest.at.subject)],
        runtime: types.options.runtime.clone(),
        subject: literal(newest.at.subject.as_str()),
        glue: literal(&format!("{module}/any.glue.rs")),
        variants: variants.collect(),
        latest: types.event_path(newest.document),
        methods_of: if methods.is_empty() { String::new() } else { format!("{root}Upcasts") },
        methods: methods.view(),
        conversions,
    })
}

/// The names of the functions for conversions that are no `impl From`, by step and position.
type Names = BTreeMap<(usize, usize), String>;

fn names(types: &Types<'_, '_>, steps: &[Step]) -> Names {
    let mut names = Names::new();
    let mut taken = std::collections::BTreeSet::new();
    for (step_number, step) in steps.iter().enumerate() {
        let (old, new) = (types.module(step.old), types.module(step.new));
        for (at, pair) in step.pairs.iter().enumerate() {
            if pair.is_from || matches!(pair.body, PairBody::Pending) {
                continue;
            }
            let name = crate::names::field_name(&types.plan.definition(pair.new).name);
            let name = format!("{}_from_{old}_to_{new}", name.trim_start_matches("r#"));
            let mut unique = name.clone();
            let mut number = 1;
            while !taken.insert(unique.clone()) {
                number += 1;
                unique = format!("{name}_{number}");
            }
            names.insert((step_number, at), unique);
        }
    }
    names
}

/// Prints the conversions of a subject.
struct Conversions<'p, 'a, 'c> {
    types: &'p Types<'a, 'c>,
    methods: &'p Methods,
    names: Names,
}

impl Conversions<'_, '_, '_> {
    /// Returns the conversion of `event` through these steps, and whether people write a part of it. The first step has
    /// this number.
    fn latest(&self, steps: &[Step], first: usize) -> (String, bool) {
        let mut text = "event".to_owned();
        let mut checked = false;
        for (step_number, step) in (first..).zip(steps) {
            text = match &step.root {
                Ok(root) => self.values(step_number, step).pair(*root, &text),
                Err(_) => format!("upcasts.{}(&{text})", self.methods.name(step_number, None)),
            };
            checked |= !step.is_derived();
        }
        (text, checked)
    }

    fn values<'s>(&'s self, step_number: usize, step: &'s Step) -> Values<'s> {
        Values {
            plan: self.types.plan,
            pairs: &step.pairs,
            function: Box::new(move |at| self.names.get(&(step_number, at)).cloned()),
            path: Box::new(move |id| self.types.outside_name(step.new, id)),
        }
    }

    fn step(&self, step_number: usize, step: &Step) -> Vec<view::UpcastConversion> {
        let printed = step.pairs.iter().enumerate();
        printed
            .filter(|(_, pair)| !matches!(pair.body, PairBody::Pending))
            .map(|(at, pair)| {
                let lines = self.lines(step_number, step, at, pair);
                let uses_old = lines.iter().any(|line| line.contains("old"));
                view::UpcastConversion {
                    function: self.names.get(&(step_number, at)).cloned().unwrap_or_default(),
                    argument: if uses_old { "old" } else { "_" },
                    old: self.types.outside_name(step.old, pair.old),
                    new: self.types.outside_name(step.new, pair.new),
                    methods_of: if pair.needs_methods {
                        self.methods.of_trait.clone()
                    } else {
                        String::new()
                    },
                    lines,
                }
            })
            .collect()
    }

    fn lines(&self, step_number: usize, step: &Step, at: usize, pair: &Pair) -> Vec<String> {
        let values = self.values(step_number, step);
        let path = |home: DocumentId, id: TypeId| self.types.outside_name(home, id);
        let (old, new) = (path(step.old, pair.old), path(step.new, pair.new));
        let mut lines = Vec::new();
        match &pair.body {
            PairBody::Struct { fields, rest } => {
                let (before, after) = values.structs(pair);
                let mut entries = Vec::new();
                for (number, (source, field)) in fields.iter().zip(&after.fields).enumerate() {
                    if matches!(source, Source::Method(_)) {
                        let method = self.methods.name(step_number, Some((at, number)));
                        lines.push(format!("let value_{number} = upcasts.{method}(&old);"));
                        entries.push(format!("{}: value_{number},", field.name));
                    } else {
                        let value = values.source(source, before, field);
                        entries.push(format!("{}: {value},", field.name));
                    }
                }
                match rest {
                    Rest::None => {}
                    Rest::Method(_) => {
                        let method = self.methods.name(step_number, Some((at, fields.len())));
                        lines.push(format!("let rest = upcasts.{method}(&old);"));
                        entries.push("rest,".to_owned());
                    }
                    Rest::Empty => entries.push("rest: ::core::default::Default::default(),".to_owned()),
                    Rest::Kept { conversion, without } => {
                        entries.push(format!("rest: {},", values.rest(conversion, without)));
                    }
                }
                lines.push(format!("{new} {{"));
                lines.extend(entries);
                lines.push("}".to_owned());
            }
            PairBody::Texts(positions) => {
                let (before, after) = values.constants(pair);
                lines.push("match old {".to_owned());
                for (variant, to) in before.iter().zip(positions) {
                    lines.push(format!("{old}::{variant} => {new}::{},", after[*to]));
                }
                lines.push("}".to_owned());
            }
            PairBody::Union(variants) => {
                let (before, after) = values.unions(pair);
                lines.push("match old {".to_owned());
                for (variant, (to, conversion)) in before.iter().zip(variants) {
                    let to = &after[*to];
                    if matches!(variant.value.shape, RustType::Text(_)) {
                        lines.push(format!("{old}::{} => {new}::{},", variant.name, to.name));
                        continue;
                    }
                    let value = values.boxed(conversion, "value", variant.boxed, to.boxed);
                    lines.push(format!("{old}::{}(value) => {new}::{}({value}),", variant.name, to.name));
                }
                lines.push("}".to_owned());
            }
            PairBody::Newtype(conversion) => {
                lines.push(format!("{new}({})", values.of(conversion, "old.0")));
            }
            PairBody::Pending => {}
        }
        lines
    }
}

/// Returns signs in Rust syntax.
fn signs(signs: &Signs) -> String {
    let case = super::types::case(&signs.case);
    let list = |texts: &[String]| texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ");
    let constants = signs.constants.iter();
    let constants: Vec<String> =
        constants.map(|(name, texts)| format!("({}, &[{}])", literal(name), list(texts))).collect();
    format!("rt::Signs {{ case: {case}, constants: &[{}] }}", constants.join(", "))
}
