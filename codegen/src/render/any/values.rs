//! Prints conversions of values as Rust expressions.

use serde_json::Value;

use crate::plan::{Body, Field, Form, Plan, Struct, TypeId, UnionVariant};
use crate::text::literal;
use crate::upcast::{Conversion, Literal, Pair, Source};

/// Prints the values of one step.
pub(super) struct Values<'s> {
    pub(super) plan: &'s Plan,
    pub(super) pairs: &'s [Pair],
    /// Returns the function of a conversion; `None` if the conversion is an `impl From`.
    pub(super) function: Box<dyn Fn(usize) -> Option<String> + 's>,
    /// Returns the path of a new type.
    pub(super) path: Box<dyn Fn(TypeId) -> String + 's>,
}

static EMPTY: Struct = Struct { names: Vec::new(), fields: Vec::new(), rest: None };

impl<'s> Values<'s> {
    pub(super) fn structs(&self, pair: &Pair) -> (&'s Struct, &'s Struct) {
        let of = |id| match &self.plan.definition(id).body {
            Body::Struct(body) => body,
            Body::Texts(_) | Body::Integers(_) | Body::Union(_) | Body::Newtype { .. } => &EMPTY,
        };
        (of(pair.old), of(pair.new))
    }

    /// Returns the names of the variants of two enums of strings or integers.
    pub(super) fn constants(&self, pair: &Pair) -> (Vec<&'s str>, Vec<&'s str>) {
        (self.names(pair.old), self.names(pair.new))
    }

    fn names(&self, id: TypeId) -> Vec<&'s str> {
        match &self.plan.definition(id).body {
            Body::Texts(variants) => variants.iter().map(|variant| variant.name.as_str()).collect(),
            Body::Integers(variants) => variants.iter().map(|variant| variant.name.as_str()).collect(),
            Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => Vec::new(),
        }
    }

    pub(super) fn unions(&self, pair: &Pair) -> (&'s [UnionVariant], &'s [UnionVariant]) {
        let of = |id| match &self.plan.definition(id).body {
            Body::Union(variants) => variants.as_slice(),
            Body::Struct(_) | Body::Texts(_) | Body::Integers(_) | Body::Newtype { .. } => &[],
        };
        (of(pair.old), of(pair.new))
    }

    /// Returns the value of a field of the new struct.
    pub(super) fn source(&self, source: &Source, old: &Struct, new: &Field) -> String {
        match source {
            Source::Absent => match self.plan.form(new) {
                Form::Maybe => "rt::Maybe::Absent".to_owned(),
                Form::Required | Form::Nullable | Form::Optional => "None".to_owned(),
            },
            Source::Literal(value) if new.required => self.literal(value),
            Source::Literal(value) => format!("Some({})", self.literal(value)),
            Source::Constant { field, value } => {
                format!("old.{}.map(|_| {})", old.fields[*field].name, self.literal(value))
            }
            Source::Old { field, conversion, default } => {
                self.kept(&old.fields[*field], new, conversion, default.as_ref())
            }
            // The caller prints a call of the method.
            Source::Method(_) => String::new(),
        }
    }

    fn kept(&self, old: &Field, new: &Field, conversion: &Conversion, default: Option<&Literal>) -> String {
        let from = format!("old.{}", old.name);
        let is_same = conversion.is_same() && old.boxed == new.boxed;
        let value = |text: &str| self.boxed(conversion, text, old.boxed, new.boxed);
        let default = default.map(|value| self.literal(value)).unwrap_or_default();
        match (self.plan.form(old), self.plan.form(new)) {
            (Form::Required, Form::Required) => value(&from),
            (Form::Required, Form::Nullable | Form::Optional) => format!("Some({})", value(&from)),
            (Form::Required, Form::Maybe) => format!("rt::Maybe::Value({})", value(&from)),
            (Form::Nullable, Form::Nullable)
            | (Form::Optional, Form::Optional)
            | (Form::Maybe, Form::Maybe)
                if is_same =>
            {
                from
            }
            (Form::Nullable, Form::Nullable) | (Form::Optional, Form::Optional) => {
                format!("{from}.map(|value| {})", value("value"))
            }
            (Form::Nullable, Form::Maybe) => {
                format!("{from}.map_or(rt::Maybe::Null, |value| rt::Maybe::Value({}))", value("value"))
            }
            (Form::Optional, Form::Maybe) => {
                format!("{from}.map_or(rt::Maybe::Absent, |value| rt::Maybe::Value({}))", value("value"))
            }
            (Form::Optional, Form::Required) => {
                format!("{from}.map_or_else(|| {default}, |value| {})", value("value"))
            }
            (Form::Optional, Form::Nullable) => {
                format!("{from}.map_or_else(|| {default}, |value| Some({}))", value("value"))
            }
            (Form::Maybe, Form::Maybe) => format!(
                "match {from} {{ rt::Maybe::Absent => rt::Maybe::Absent, rt::Maybe::Null => rt::Maybe::Null, \
                 rt::Maybe::Value(value) => rt::Maybe::Value({}) }}",
                value("value")
            ),
            (Form::Maybe, Form::Nullable) => format!(
                "match {from} {{ rt::Maybe::Absent => {default}, rt::Maybe::Null => None, \
                 rt::Maybe::Value(value) => Some({}) }}",
                value("value")
            ),
            // INVARIANT: the plan of the step has no such pair; see `Form::becomes`.
            (Form::Nullable, Form::Required | Form::Optional)
            | (Form::Maybe, Form::Required | Form::Optional) => from,
        }
    }

    /// Returns the conversion of properties without a field.
    pub(super) fn rest(&self, conversion: &Conversion, without: &[String]) -> String {
        let filter = if without.is_empty() {
            String::new()
        } else {
            let names: Vec<String> = without.iter().map(|name| literal(name)).collect();
            format!(".filter(|(name, _)| ![{}].contains(&name.as_str()))", names.join(", "))
        };
        match (conversion.is_same(), without.is_empty()) {
            (true, true) => "old.rest".to_owned(),
            (true, false) => format!("old.rest.into_iter(){filter}.collect()"),
            (false, _) => format!(
                "old.rest.into_iter(){filter}.map(|(name, value)| (name, {})).collect()",
                self.of(conversion, "value")
            ),
        }
    }

    /// Returns the conversion of a value that may be in a box before and after.
    pub(super) fn boxed(&self, conversion: &Conversion, value: &str, old: bool, new: bool) -> String {
        if conversion.is_same() && old == new {
            return value.to_owned();
        }
        let inner = if old { format!("*{value}") } else { value.to_owned() };
        let inner = self.of(conversion, &inner);
        if new { format!("Box::new({inner})") } else { inner }
    }

    /// Returns the conversion of a value.
    pub(super) fn of(&self, conversion: &Conversion, value: &str) -> String {
        match conversion {
            Conversion::Same => value.to_owned(),
            Conversion::Into => format!("{}.into()", plain(value)),
            Conversion::Text => format!("{}.as_str().to_owned()", plain(value)),
            Conversion::Pair(at) => self.pair(*at, value),
            Conversion::List(of) => {
                format!("{}.into_iter().map(|value| {}).collect()", plain(value), self.of(of, "value"))
            }
            Conversion::Map(of) => format!(
                "{}.into_iter().map(|(name, value)| (name, {})).collect()",
                plain(value),
                self.of(of, "value")
            ),
            Conversion::Tuple(parts) => {
                let parts = parts.iter().enumerate();
                let parts: Vec<String> =
                    parts.map(|(at, part)| self.of(part, &format!("value.{at}"))).collect();
                let comma = if parts.len() == 1 { "," } else { "" };
                format!("{{ let value = {value}; ({}{comma}) }}", parts.join(", "))
            }
            Conversion::Nullable(of) => format!("{}.map(|value| {})", plain(value), self.of(of, "value")),
            Conversion::Some(of) => format!("Some({})", self.of(of, value)),
        }
    }

    /// Returns the conversion of a named type.
    pub(super) fn pair(&self, at: usize, value: &str) -> String {
        let pair = &self.pairs[at];
        match (self.function)(at) {
            Some(function) if pair.needs_methods => format!("{function}({value}, upcasts)"),
            Some(function) => format!("{function}({value})"),
            None => format!("{}::from({value})", (self.path)(pair.new)),
        }
    }

    /// Returns a literal in Rust syntax.
    fn literal(&self, value: &Literal) -> String {
        match value {
            Literal::Bool(value) => value.to_string(),
            Literal::Plain(value) => value.to_string(),
            Literal::Integer(value) => format!("rt::Integer::from({value}_i64)"),
            Literal::Number(text) => format!("rt::private::number({})", literal(text)),
            Literal::Text(text) => format!("{}.to_owned()", literal(text)),
            Literal::None => "None".to_owned(),
            Literal::Some(value) => format!("Some({})", self.literal(value)),
            Literal::Unit => "()".to_owned(),
            Literal::Variant(id, at) => {
                let names = self.names(*id);
                format!("{}::{}", (self.path)(*id), names.get(*at).copied().unwrap_or_default())
            }
            Literal::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.literal(item)).collect();
                format!("vec![{}]", items.join(", "))
            }
            Literal::Map(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("({}.to_owned(), {})", literal(name), self.literal(value)))
                    .collect();
                format!("[{}].into_iter().collect()", members.join(", "))
            }
            Literal::Struct(id, values) => {
                let Body::Struct(body) = &self.plan.definition(*id).body else { return String::new() };
                let fields = body.fields.iter().zip(values).map(|(field, value)| match value {
                    None => format!("{}: None", field.name),
                    Some(value) if field.required => format!("{}: {}", field.name, self.literal(value)),
                    Some(value) => format!("{}: Some({})", field.name, self.literal(value)),
                });
                format!("{} {{ {} }}", (self.path)(*id), fields.collect::<Vec<_>>().join(", "))
            }
            Literal::Newtype(id, value) => format!("{}({})", (self.path)(*id), self.literal(value)),
            Literal::Json(value) => json(value),
        }
    }
}

/// Returns an expression on which a method can be called.
fn plain(value: &str) -> String {
    if value.starts_with('*') { format!("({value})") } else { value.to_owned() }
}

fn json(value: &Value) -> String {
    match value {
        Value::Null => "rt::Json::Null".to_owned(),
        Value::Bool(value) => format!("rt::Json::Bool({value})"),
        Value::Number(number) => {
            format!("rt::Json::Number(rt::private::number({}))", literal(&number.to_string()))
        }
        Value::String(text) => format!("rt::Json::String({}.to_owned())", literal(text)),
        Value::Array(items) => {
            format!("rt::Json::Array(vec![{}])", items.iter().map(json).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("({}.to_owned(), {})", literal(name), json(value)))
                .collect();
            format!("rt::Json::Object([{}].into_iter().collect())", members.join(", "))
        }
    }
}
