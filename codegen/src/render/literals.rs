//! Prints values of generated types as Rust expressions.

use serde_json::Value;

use crate::plan::{Body, Plan, TypeId};
use crate::text::literal;
use crate::upcast::Literal;

/// Returns a value in Rust syntax. `path` returns the path of a type.
pub(super) fn literal_text(plan: &Plan, path: &dyn Fn(TypeId) -> String, value: &Literal) -> String {
    let text = |value: &Literal| literal_text(plan, path, value);
    match value {
        Literal::Bool(value) => value.to_string(),
        Literal::Plain(value) => value.to_string(),
        Literal::Integer(value) => format!("rt::Integer::from({value}_i64)"),
        Literal::Number(text) => format!("rt::private::number({})", literal(text)),
        Literal::Text(text) => format!("{}.to_owned()", literal(text)),
        Literal::None => "None".to_owned(),
        Literal::Some(value) => format!("Some({})", text(value)),
        Literal::Unit => "()".to_owned(),
        Literal::Variant(id, at) => {
            let names = variant_names(plan, *id);
            format!("{}::{}", path(*id), names.get(*at).copied().unwrap_or_default())
        }
        Literal::List(items) => {
            format!("vec![{}]", items.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Literal::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("({}.to_owned(), {})", literal(name), text(value)))
                .collect();
            format!("[{}].into_iter().collect()", members.join(", "))
        }
        Literal::Struct(id, values) => {
            let Body::Struct(body) = &plan.definition(*id).body else { return String::new() };
            let fields = body.fields.iter().zip(values).map(|(field, value)| match value {
                None => format!("{}: None", field.name),
                Some(value) if field.required => format!("{}: {}", field.name, text(value)),
                Some(value) => format!("{}: Some({})", field.name, text(value)),
            });
            format!("{} {{ {} }}", path(*id), fields.collect::<Vec<_>>().join(", "))
        }
        Literal::Newtype(id, value) => format!("{}({})", path(*id), text(value)),
        Literal::Json(value) => json(value),
    }
}

/// Returns the names of the variants of an enum of strings or integers.
pub(super) fn variant_names(plan: &Plan, id: TypeId) -> Vec<&str> {
    match &plan.definition(id).body {
        Body::Texts(variants) => variants.iter().map(|variant| variant.name.as_str()).collect(),
        Body::Integers(variants) => variants.iter().map(|variant| variant.name.as_str()).collect(),
        Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => Vec::new(),
    }
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
