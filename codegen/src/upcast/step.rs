//! The steps between versions, and their conversions.

use std::collections::BTreeSet;

use evschema_model::Coordinates;
use evschema_model::graph::DocumentId;

use super::literal::Literal;
use crate::plan::{Case, TypeId};

/// The generated versions of one subject, and the steps between them.
#[derive(Debug)]
pub(crate) struct Versions {
    /// The versions, oldest first. The list has at least one version.
    pub(crate) events: Vec<VersionEvent>,
    /// The steps, each from a version to the next.
    pub(crate) steps: Vec<Step>,
}

/// One generated version of a subject.
#[derive(Debug)]
pub(crate) struct VersionEvent {
    pub(crate) document: DocumentId,
    pub(crate) at: Coordinates,
    pub(crate) signs: Signs,
}

/// The content by which the events of a version differ from those of other versions of the subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signs {
    pub(crate) case: Case,
    /// Properties with constants, each with the JSON texts of its possible values.
    pub(crate) constants: Vec<(String, Vec<String>)>,
}

/// The step from one version to the next.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) old: DocumentId,
    pub(crate) new: DocumentId,
    /// All conversions of the step. [`Conversion::Pair`] has a position in this list.
    pub(crate) pairs: Vec<Pair>,
    /// The position of the conversion of the event; the reason if the step is one method.
    pub(crate) root: Result<usize, String>,
}

/// The conversion of a named type.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) old: TypeId,
    pub(crate) new: TypeId,
    pub(crate) body: PairBody,
    /// Whether the conversion needs a method that people implement.
    pub(crate) needs_methods: bool,
    /// Whether the conversion is an `impl From`. Others are private functions.
    pub(crate) is_from: bool,
}

/// The content of a conversion of a named type.
#[derive(Debug, Clone)]
pub(crate) enum PairBody {
    /// One entry for each field of the new struct, in order.
    Struct {
        fields: Vec<Source>,
        rest: Rest,
    },
    /// For each variant of the old enum, the position of the variant with the same string.
    Texts(Vec<usize>),
    /// For each variant of the old enum, the position of the new variant, and the conversion of its value.
    Union(Vec<(usize, Conversion)>),
    Newtype(Conversion),
    /// The conversion is being planned.
    Pending,
}

/// The value of a field of the new struct.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The value of a field of the old struct.
    Old { field: usize, conversion: Conversion, default: Option<Literal> },
    /// A constant or a default.
    Literal(Literal),
    /// A constant that is present if this optional field of the old struct is present.
    Constant { field: usize, value: Literal },
    /// The property is absent.
    Absent,
    /// People write the value, for this reason.
    Method(String),
}

/// The properties without a field.
#[derive(Debug, Clone)]
pub(crate) enum Rest {
    /// The new struct has no such properties.
    None,
    /// The new struct keeps such properties, but the old one does not.
    Empty,
    /// Both structs keep such properties. The names are those of fields that only the new struct has.
    Kept { conversion: Conversion, without: Vec<String> },
    /// People write the properties, for this reason.
    Method(String),
}

/// The conversion of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// Both types are the same.
    Same,
    /// The new type implements `From` of the old type: a wider number.
    Into,
    /// An enum of strings becomes a string.
    Text,
    /// A named type, by its position in [`Step::pairs`].
    Pair(usize),
    List(Box<Conversion>),
    Map(Box<Conversion>),
    Tuple(Vec<Conversion>),
    /// Both values may be `null`.
    Nullable(Box<Conversion>),
    /// Only the new value may be `null`.
    Some(Box<Conversion>),
}

impl Conversion {
    /// Returns whether the value does not change.
    pub(crate) fn is_same(&self) -> bool {
        *self == Self::Same
    }

    /// Returns the conversion of a container with values of this conversion; the same if the values do not change.
    pub(super) fn unless_same(self, container: impl FnOnce(Self) -> Self) -> Self {
        if self.is_same() { self } else { container(self) }
    }

    /// Adds the positions of all named types to a list.
    fn add_pairs(&self, pairs: &mut Vec<usize>) {
        match self {
            Self::Same | Self::Into | Self::Text => {}
            Self::Pair(at) => pairs.push(*at),
            Self::List(of) | Self::Map(of) | Self::Nullable(of) | Self::Some(of) => of.add_pairs(pairs),
            Self::Tuple(parts) => parts.iter().for_each(|part| part.add_pairs(pairs)),
        }
    }
}

impl Pair {
    /// Returns the positions of the conversions that this conversion uses directly.
    pub(crate) fn parts(&self) -> Vec<usize> {
        let mut parts = Vec::new();
        match &self.body {
            PairBody::Struct { fields, rest } => {
                for field in fields {
                    if let Source::Old { conversion, .. } = field {
                        conversion.add_pairs(&mut parts);
                    }
                }
                if let Rest::Kept { conversion, .. } = rest {
                    conversion.add_pairs(&mut parts);
                }
            }
            PairBody::Union(variants) => {
                variants.iter().for_each(|(_, conversion)| conversion.add_pairs(&mut parts));
            }
            PairBody::Newtype(conversion) => conversion.add_pairs(&mut parts),
            PairBody::Texts(_) | PairBody::Pending => {}
        }
        parts
    }

    /// Returns whether the conversion itself has a method, apart from its parts.
    pub(crate) fn has_methods(&self) -> bool {
        match &self.body {
            PairBody::Struct { fields, rest } => {
                matches!(rest, Rest::Method(_))
                    || fields.iter().any(|field| matches!(field, Source::Method(_)))
            }
            PairBody::Texts(_) | PairBody::Union(_) | PairBody::Newtype(_) | PairBody::Pending => false,
        }
    }
}

impl Step {
    /// Returns whether generated code converts every event without a method of people.
    pub(crate) fn is_derived(&self) -> bool {
        self.root.as_ref().is_ok_and(|root| !self.pairs[*root].needs_methods)
    }
}

/// Returns the positions that these positions lead to, directly or through others, with themselves.
pub(super) fn reachable(pairs: &[Pair], from: &[usize]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = from.to_vec();
    while let Some(at) = open.pop() {
        if found.insert(at) {
            open.extend(pairs[at].parts());
        }
    }
    found
}
