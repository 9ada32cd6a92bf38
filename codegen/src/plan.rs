//! The plan of the generated code: every name, type and literal settled, nothing printed.

mod borrowed;
mod boxes;
mod constraints;
mod modules;
mod readers;
mod sharing;
mod typing;
mod unions;

pub(crate) use borrowed::Borrowed;
pub(crate) use modules::{Module, SHARED, modules};
pub(crate) use typing::Planner;

use crate::atlas::{DocumentId, Place};

/// A type of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

/// A Rust type, and whether `null` is accepted beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TypeRef {
    pub(crate) shape: RustType,
    pub(crate) nullable: bool,
}

/// The type of a value that is not `null`, or of any value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum RustType {
    Bool,
    /// An integer whose bounds fit.
    I64,
    Integer,
    Number,
    String,
    /// `null` alone.
    Null,
    /// Any value, `null` among them.
    Json,
    List(Box<TypeRef>),
    Map(Box<TypeRef>),
    Tuple(Vec<TypeRef>),
    Named(TypeId),
}

/// A named type.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// The document in whose module it lives.
    pub(crate) home: DocumentId,
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) body: Body,
    /// The type that is printed for it, where it is not itself.
    pub(crate) stands_in: Option<StandIn>,
}

/// The one of several equal types that is printed; the others are other names of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandIn {
    /// A type of the same module.
    Neighbour(TypeId),
    /// A type of [`Plan::shared`], by its number.
    Shared(usize),
}

/// A type that several modules have alike, in a module of its own.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) name: String,
    /// One of the equal definitions.
    pub(crate) of: TypeId,
}

/// What a named type consists of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Body {
    Struct(Struct),
    /// An enum of texts.
    Texts(Vec<TextVariant>),
    /// An enum of types that are told apart by a case each.
    Union(Vec<UnionVariant>),
    /// A struct around another type.
    Newtype {
        inner: TypeRef,
        boxed: bool,
    },
}

/// An object with fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Struct {
    /// Every member that the schema names; the linked form has them in the same order.
    pub(crate) names: Vec<String>,
    pub(crate) fields: Vec<Field>,
    /// The field that keeps the members no schema names, and their type.
    pub(crate) rest: Option<(String, TypeRef)>,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    /// Its position among the names of the struct.
    pub(crate) at: usize,
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) value: TypeRef,
    pub(crate) required: bool,
    /// Whether the value is boxed, because its type contains this one.
    pub(crate) boxed: bool,
}

/// A text that an enum accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TextVariant {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A type that an enum accepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct UnionVariant {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) value: TypeRef,
    pub(crate) case: Case,
    /// The one alternative that it is of, where there is but one.
    pub(crate) place: Option<Place>,
    pub(crate) boxed: bool,
}

/// What tells a variant from the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Case {
    /// Names of the runtime's constants, joined by "or".
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

/// All that will be printed.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) definitions: Vec<Definition>,
    pub(crate) shared: Vec<Shared>,
    pub(crate) events: Vec<Event>,
}

impl TypeRef {
    pub(crate) fn plain(shape: RustType) -> Self {
        Self { shape, nullable: false }
    }
}

impl Plan {
    pub(crate) fn definition(&self, id: TypeId) -> &Definition {
        &self.definitions[id.0]
    }

    /// Tells whether `null` is a value of a type.
    pub(crate) fn takes_null(&self, value: &TypeRef) -> bool {
        value.nullable
            || match &value.shape {
                RustType::Json | RustType::Null => true,
                RustType::Named(id) => match &self.definition(*id).body {
                    // A newtype is never around itself, so that this ends.
                    Body::Newtype { inner, boxed } => *boxed || self.takes_null(inner),
                    Body::Struct(_) | Body::Texts(_) => false,
                    Body::Union(variants) => variants.iter().any(|variant| variant.case.takes_null()),
                },
                RustType::Bool
                | RustType::I64
                | RustType::Integer
                | RustType::Number
                | RustType::String
                | RustType::List(_)
                | RustType::Map(_)
                | RustType::Tuple(_) => false,
            }
    }

    /// Tells whether a type has but one value, which a constructor need not be told.
    pub(crate) fn is_constant(&self, value: &TypeRef) -> bool {
        match (&value.shape, value.nullable) {
            (RustType::Named(id), false) => {
                matches!(&self.definition(*id).body, Body::Texts(texts) if texts.len() == 1)
            }
            _ => false,
        }
    }
}

impl Case {
    fn takes_null(&self) -> bool {
        self.kinds.iter().any(|kind| matches!(*kind, "NULL" | "ANY"))
    }
}
