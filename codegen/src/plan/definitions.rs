//! The content of a plan: types, fields and variants.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::{DocumentId, Place};

use super::integers::Width;
use super::path::TypePath;

/// The identifier of a named type in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

/// A Rust type, and whether the value may also be `null`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TypeRef {
    pub(crate) shape: RustType,
    pub(crate) nullable: bool,
}

/// The Rust type of a value, without the `Option` for `null`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum RustType {
    Bool,
    /// An integer with a fixed number of bits.
    Fixed(Width),
    Integer,
    Number,
    String,
    /// Only `null`.
    Null,
    /// Any value, including `null`.
    Json,
    List(Box<TypeRef>),
    Map(Box<TypeRef>),
    /// An array with exactly this number of items, which all have the same type.
    Array(Box<TypeRef>, usize),
    /// An array whose items have a type each. Only the first `required` items must exist.
    Tuple {
        items: Vec<TypeRef>,
        required: usize,
    },
    Named(TypeId),
    /// An object that has only this property, and always this property. Only a variant of an enum has this type; the
    /// variant contains the value of the property.
    OnlyProperty {
        name: String,
        of: Box<TypeRef>,
    },
    /// Only this string. Only a variant of an enum has this type; the variant contains nothing.
    Text(String),
    /// A type that the settings name.
    External(External),
}

/// A type that the settings name, instead of a type of the generator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct External {
    /// The type in Rust syntax.
    pub(crate) text: String,
    /// Whether the type holds any string, and checks the string's conditions while it parses. Other types check nothing.
    pub(crate) is_string: bool,
}

/// A named type.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// The document whose module contains the type.
    pub(crate) home: DocumentId,
    /// The definition or property that the type describes.
    pub(crate) path: TypePath,
    /// The schema of the type's values, if it is one schema.
    pub(crate) place: Option<Place>,
    /// The schema whose settings apply to the type. If other schemas examine the values of this schema, several types
    /// have its settings.
    pub(crate) asked: Option<Place>,
    /// Its name in the module. Empty until the plan is complete.
    pub(crate) name: String,
    pub(crate) requested: Requested,
    pub(crate) docs: Vec<String>,
    pub(crate) body: Body,
}

/// The name, traits and attributes that settings or the schema request for a type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Requested {
    pub(crate) name: Option<String>,
    /// Traits that the type derives, in addition to the traits that the generator chooses.
    pub(crate) derives: Vec<String>,
    pub(crate) attributes: Vec<String>,
}

/// The content of a named type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Body {
    Struct(Struct),
    /// An enum of strings.
    Texts(Vec<TextVariant>),
    /// An enum of integers.
    Integers(Vec<IntegerVariant>),
    /// An enum of types. Each variant has a case, which distinguishes it from the other variants.
    Union(Vec<UnionVariant>),
    /// A struct that wraps another type.
    Newtype {
        inner: TypeRef,
        boxed: bool,
    },
}

/// An object with fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Struct {
    /// Every property that the schema names: first those with a field, in the order of the fields. The linked form lists
    /// the properties in the same order.
    pub(crate) names: Vec<String>,
    pub(crate) fields: Vec<Field>,
    /// The type of the properties that have no field, if the struct keeps them.
    pub(crate) rest: Option<TypeRef>,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    /// The attributes that the settings give the field.
    pub(crate) attributes: Vec<String>,
    pub(crate) deprecated: bool,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) value: TypeRef,
    pub(crate) required: bool,
    /// Whether the value is boxed, because the type of the value contains the type of this object.
    pub(crate) boxed: bool,
}

/// The only default of a property.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct DefaultValue {
    /// The place of the default in its document.
    pub(crate) value: Place,
    /// The schemas of the property. The default is offered only if all of them accept it.
    pub(crate) accepted_by: Vec<Place>,
}

/// The form of a field, which depends on whether its property may be absent or `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The value itself.
    Required,
    /// An `Option`; `None` is `null`.
    Nullable,
    /// An `Option`; `None` is an absent property.
    Optional,
    /// A `Maybe`: absent, `null` or a value.
    Maybe,
}

/// A string that an enum accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TextVariant {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) deprecated: bool,
    pub(crate) text: String,
}

/// An integer that an enum accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct IntegerVariant {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) deprecated: bool,
    pub(crate) integer: i64,
}

/// A type that an enum accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct UnionVariant {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) deprecated: bool,
    pub(crate) value: TypeRef,
    pub(crate) case: Case,
    /// The schema of the variant's alternative, if the variant has only one.
    pub(crate) place: Option<Place>,
    pub(crate) boxed: bool,
}

/// The conditions that distinguish a variant from the other variants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Case {
    /// The kinds that a value may have, as names of the runtime's constants.
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) required: Vec<String>,
    pub(crate) known: Option<Vec<String>>,
    pub(crate) tags: Vec<(String, Vec<String>)>,
}

/// An event: the type of a document's root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) document: DocumentId,
    pub(crate) root: TypeId,
}

/// All content of the generated code.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) definitions: Vec<Definition>,
    /// For each document, the types of other documents that its types use, with their names in its module.
    pub(crate) imports: BTreeMap<DocumentId, BTreeMap<TypeId, String>>,
    pub(crate) events: Vec<Event>,
    /// Whether types with strings have a second form that borrows the strings.
    pub(crate) borrows: bool,
    /// For each document, the names that a type and the borrowed form of another type would have. Neither has them.
    pub(crate) contested: BTreeMap<DocumentId, BTreeSet<String>>,
}

impl TypeRef {
    pub(crate) fn plain(shape: RustType) -> Self {
        Self { shape, nullable: false }
    }
}

impl Definition {
    /// Returns whether the type is that of its document's root.
    pub(crate) fn is_root(&self) -> bool {
        self.path == TypePath::root()
    }
}

impl Plan {
    pub(crate) fn definition(&self, id: TypeId) -> &Definition {
        &self.definitions[id.0]
    }

    /// Returns whether `null` is a value of a type.
    pub(crate) fn takes_null(&self, value: &TypeRef) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = value;
        loop {
            if next.nullable {
                return true;
            }
            let id = match &next.shape {
                RustType::Json | RustType::Null => return true,
                RustType::Named(id) => *id,
                RustType::Bool
                | RustType::Fixed(_)
                | RustType::Integer
                | RustType::Number
                | RustType::String
                | RustType::External(_)
                | RustType::List(_)
                | RustType::Map(_)
                | RustType::Array(..)
                | RustType::Tuple { .. }
                | RustType::OnlyProperty { .. }
                | RustType::Text(_) => return false,
            };
            match &self.definition(id).body {
                // A newtype that contains only itself has no value.
                Body::Newtype { inner, .. } if seen.insert(id) => next = inner,
                Body::Newtype { .. } | Body::Struct(_) | Body::Texts(_) | Body::Integers(_) => return false,
                Body::Union(variants) => return variants.iter().any(|variant| variant.case.takes_null()),
            }
        }
    }

    /// Returns the form of a field.
    pub(crate) fn form(&self, field: &Field) -> Form {
        let bare = TypeRef { nullable: false, ..field.value.clone() };
        match (field.required, field.value.nullable) {
            (true, true) => Form::Nullable,
            (true, false) => Form::Required,
            // The value itself can be `null`, so an `Option` has all three states.
            (false, true) if !self.takes_null(&bare) => Form::Maybe,
            (false, _) => Form::Optional,
        }
    }

    /// Returns whether values of a type contain values of a user's type, at any depth.
    pub(crate) fn holds_replaced(&self, value: &TypeRef) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![value];
        while let Some(next) = open.pop() {
            match &next.shape {
                RustType::External(external) if !external.is_string => return true,
                RustType::List(item) | RustType::Array(item, _) | RustType::Map(item) => open.push(item),
                RustType::Tuple { items, .. } => open.extend(items),
                RustType::Named(id) if seen.insert(*id) => match &self.definition(*id).body {
                    Body::Struct(body) => {
                        open.extend(body.fields.iter().map(|field| &field.value).chain(&body.rest));
                    }
                    Body::Union(variants) => open.extend(variants.iter().map(|variant| &variant.value)),
                    Body::Newtype { inner, .. } => open.push(inner),
                    Body::Texts(_) | Body::Integers(_) => {}
                },
                RustType::OnlyProperty { of, .. } => open.push(of),
                RustType::Named(_)
                | RustType::External(_)
                | RustType::Text(_)
                | RustType::Bool
                | RustType::Fixed(_)
                | RustType::Integer
                | RustType::Number
                | RustType::String
                | RustType::Null
                | RustType::Json => {}
            }
        }
        false
    }

    /// Returns whether a type has only one value. A constructor needs no argument for such a type.
    pub(crate) fn is_constant(&self, value: &TypeRef) -> bool {
        match (&value.shape, value.nullable) {
            (RustType::Named(id), false) => match &self.definition(*id).body {
                Body::Texts(variants) => variants.len() == 1,
                Body::Integers(variants) => variants.len() == 1,
                Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => false,
            },
            _ => false,
        }
    }
}

impl Case {
    fn takes_null(&self) -> bool {
        self.kinds.iter().any(|kind| matches!(*kind, "NULL" | "ANY"))
    }
}
