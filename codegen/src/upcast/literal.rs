//! Constants and defaults of schemas as values of generated types.

use serde_json::Value;

use crate::plan::{Body, Plan, RustType, TypeId, TypeRef};

/// A value of a generated type that code can write without a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Bool(bool),
    /// An integer of a Rust type.
    Plain(i64),
    /// An integer of any size, which fits an `i64`.
    Integer(i64),
    /// The text of a JSON number.
    Number(String),
    Text(String),
    /// The only value of a type, or the absent value of an option.
    None,
    Some(Box<Literal>),
    Unit,
    /// A variant of an enum of strings, by its position.
    Variant(TypeId, usize),
    List(Vec<Literal>),
    Map(Vec<(String, Literal)>),
    /// One value for each field of a struct; absent properties have none.
    Struct(TypeId, Vec<Option<Literal>>),
    Newtype(TypeId, Box<Literal>),
    Json(Value),
}

/// Returns a JSON value as a value of a type; `None` if the type cannot hold it, or if code cannot write it.
pub(super) fn literal(plan: &Plan, rust_type: &TypeRef, value: &Value) -> Option<Literal> {
    if rust_type.nullable {
        return if value.is_null() {
            Some(Literal::None)
        } else {
            let inner = TypeRef { nullable: false, ..rust_type.clone() };
            Some(Literal::Some(Box::new(literal(plan, &inner, value)?)))
        };
    }
    Some(match &rust_type.shape {
        RustType::Bool => Literal::Bool(value.as_bool()?),
        RustType::Fixed(_) => Literal::Plain(value.as_i64()?),
        RustType::Integer => Literal::Integer(value.as_i64()?),
        RustType::Number => Literal::Number(value.as_number()?.to_string()),
        RustType::String => Literal::Text(value.as_str()?.to_owned()),
        RustType::Null => value.is_null().then_some(Literal::Unit)?,
        RustType::Json => Literal::Json(value.clone()),
        RustType::List(of) => Literal::List(
            value.as_array()?.iter().map(|item| literal(plan, of, item)).collect::<Option<_>>()?,
        ),
        RustType::Map(of) => {
            let members = value.as_object()?.iter();
            Literal::Map(
                members
                    .map(|(name, value)| Some((name.clone(), literal(plan, of, value)?)))
                    .collect::<Option<_>>()?,
            )
        }
        RustType::Tuple { .. }
        | RustType::Array(..)
        | RustType::OnlyProperty { .. }
        | RustType::Text(_)
        | RustType::External(_) => {
            return None;
        }
        RustType::Named(id) => named(plan, *id, value)?,
    })
}

fn named(plan: &Plan, id: TypeId, value: &Value) -> Option<Literal> {
    Some(match &plan.definition(id).body {
        Body::Texts(variants) => {
            let text = value.as_str()?;
            Literal::Variant(id, variants.iter().position(|variant| variant.text == text)?)
        }
        Body::Integers(variants) => {
            let integer = value.as_i64()?;
            Literal::Variant(id, variants.iter().position(|variant| variant.integer == integer)?)
        }
        Body::Struct(body) if body.rest.is_none() => {
            let members = value.as_object()?;
            let known = &body.names[..body.fields.len()];
            if members.keys().any(|name| !known.contains(name)) {
                return None;
            }
            let mut fields = Vec::new();
            for (field, name) in body.fields.iter().zip(known) {
                // A box or an optional `null` needs no constant so far.
                if field.boxed || (!field.required && field.value.nullable) {
                    return None;
                }
                fields.push(match members.get(name) {
                    Some(value) => Some(literal(plan, &field.value, value)?),
                    None if field.required => return None,
                    None => None,
                });
            }
            Literal::Struct(id, fields)
        }
        Body::Newtype { inner, boxed: false } => Literal::Newtype(id, Box::new(literal(plan, inner, value)?)),
        Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => return None,
    })
}
