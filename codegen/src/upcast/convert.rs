//! Pairs the types of two versions, and proves that converted values are accepted.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use evschema_model::graph::{DocumentId, Documents, Keyword, Place};
use evschema_model::{Catalog, Formats};
use serde_json::Value;

use super::describe::{Described, described, items, kinds, literals, others, targets};
use super::judge::accepts;
use super::same::same_conditions;
use super::step::{Conversion, Pair, PairBody, Rest, Source, Step, reachable};
use super::wider::meets;
use crate::plan::{Body, IntegerVariant, Plan, RustType, Struct, TextVariant, TypeId, TypeRef, UnionVariant};
use crate::shape::{Expression, Kinds, SchemaKeywords, Shapes};

/// Maximum number of pairs of types that one step converts. In a larger step, the other parts are methods.
const PAIRS_MAX: usize = 2_000;

/// The schemas that apply to a value, and its type.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub(super) places: Vec<Place>,
    pub(super) rust_type: TypeRef,
}

/// A pair of named types, with the schemas of their values. Without schemas, equal texts prove that the new schema
/// accepts the values of the old one, and the conversion changes no value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    old: TypeId,
    new: TypeId,
    places: Option<(Vec<Place>, Vec<Place>)>,
}

/// Answers of the validator.
type Accepted = HashMap<(Vec<Place>, String), Option<bool>>;

/// Plans one step.
pub(super) struct Converter<'a, 'c> {
    pub(super) catalog: &'a Catalog,
    pub(super) documents: &'a Documents<'c>,
    pub(super) plan: &'a Plan,
    pub(super) formats: Formats,
    shapes: Shapes<'a, 'c>,
    pairs: Vec<Pair>,
    known: HashMap<Key, usize>,
    /// The pairs that cannot be converted, with the reason.
    failed: HashMap<Key, String>,
    /// The answers of the validator, by schemas and by the text of the value.
    accepted: RefCell<Accepted>,
    /// Whether a pair has failed that another pair may already use.
    has_new_failure: bool,
}

impl<'a, 'c> Converter<'a, 'c> {
    pub(super) fn new(
        catalog: &'a Catalog,
        documents: &'a Documents<'c>,
        plan: &'a Plan,
        formats: Formats,
    ) -> Self {
        Self {
            catalog,
            documents,
            plan,
            formats,
            shapes: Shapes::new(documents, false),
            pairs: Vec::new(),
            known: HashMap::new(),
            failed: HashMap::new(),
            accepted: RefCell::default(),
            has_new_failure: false,
        }
    }

    /// Returns the step between the events of two documents.
    pub(super) fn step(mut self, old: DocumentId, new: DocumentId) -> Step {
        let root = loop {
            // A pair counts as convertible while it is being planned. If it fails later, everything is planned again.
            self.has_new_failure = false;
            self.pairs.clear();
            self.known.clear();
            let root = self.root(old, new);
            self.namesakes(old, new);
            if !self.has_new_failure {
                break root;
            }
        };
        self.mark_methods();
        self.mark_from(old, new, root.as_ref().ok().copied());
        self.without_unused(old, new, root)
    }

    fn root(&mut self, old: DocumentId, new: DocumentId) -> Result<usize, String> {
        let event = |document| self.plan.events.iter().find(|event| event.document == document);
        let (Some(from), Some(to)) = (event(old), event(new)) else {
            return Err("one of the versions has no type".to_owned());
        };
        let side = |id: TypeId, document: DocumentId| Side {
            places: vec![self.documents.root(document)],
            rust_type: TypeRef::plain(RustType::Named(id)),
        };
        let (from, to) = (side(from.root, old), side(to.root, new));
        match self.value(&from, &to)? {
            Conversion::Pair(at) => Ok(at),
            Conversion::Same
            | Conversion::Into
            | Conversion::Text
            | Conversion::List(_)
            | Conversion::Map(_)
            | Conversion::Tuple(_)
            | Conversion::Nullable(_)
            | Conversion::Some(_) => Err("the events of both versions have the same type".to_owned()),
        }
    }

    /// Plans the types that both documents have under the same name.
    fn namesakes(&mut self, old: DocumentId, new: DocumentId) {
        let of = |home: DocumentId| {
            let all = self.plan.definitions.iter().enumerate();
            all.filter(move |(_, definition)| definition.home == home)
        };
        let by_name: HashMap<&str, _> =
            of(new).map(|(to, other)| (other.name.as_str(), (to, other))).collect();
        let mut found = Vec::new();
        for (at, definition) in of(old) {
            let Some((to, other)) = by_name.get(definition.name.as_str()).copied() else { continue };
            if let (Some(from_place), Some(to_place)) = (definition.place, other.place) {
                let side = |at: usize, place| Side {
                    places: vec![place],
                    rust_type: TypeRef::plain(RustType::Named(TypeId(at))),
                };
                found.push((side(at, from_place), side(to, to_place)));
            }
        }
        for (from, to) in found {
            // A type without a derived conversion gets none here.
            drop(self.value(&from, &to));
        }
    }

    /// Returns the conversion of a value that may be `null`.
    ///
    /// # Errors
    ///
    /// The reason why generated code cannot convert it.
    pub(super) fn value(&mut self, old: &Side, new: &Side) -> Result<Conversion, String> {
        nullable(self.not_null(old, new)?, &old.rust_type, &new.rust_type)
    }

    /// Returns the conversion of a value that is not `null`. Also proves that the new schema accepts `null`, if the old
    /// one does.
    ///
    /// # Errors
    ///
    /// The reason why generated code cannot convert it.
    pub(super) fn not_null(&mut self, old: &Side, new: &Side) -> Result<Conversion, String> {
        let (old, new) = (&self.without_references(old), &self.without_references(new));
        if old.places == new.places || same_conditions(self.documents, &old.places, &new.places) {
            return self.copy(&old.rust_type, &new.rust_type);
        }
        let from = described(self.documents, &old.places);
        let to = described(self.documents, &new.places);
        if let Some(what) = &to.incomplete {
            return Err(format!("the new schema has {what}"));
        }
        if to.is_never {
            return Err("the new schema accepts no value".to_owned());
        }
        let all = old.places.iter().map(|place| Expression::Schema(*place)).collect();
        let possible = self.shapes.facts(&Expression::All(all)).kinds;
        let own_kinds = kinds(self.documents, &from.own);
        let may_be_null = possible.has(Kinds::NULL)
            && kinds(self.documents, &from.always).has(Kinds::NULL)
            && (from.has_null_alternative || own_kinds.has(Kinds::NULL));
        if may_be_null && self.accepts(&new.places, &Value::Null) != Some(true) {
            return Err("an old value may be `null`".to_owned());
        }
        let old_kinds = own_kinds.and(possible).without(Kinds::NULL);
        if !self.accepts_all_literals(&from, &new.places) {
            meets(self.documents, (&from.own, &to.own), old_kinds, self.formats)?;
        }
        self.types((old, &from), (new, &to))
    }

    fn without_references(&self, side: &Side) -> Side {
        Side { places: targets(self.documents, &side.places), rust_type: side.rust_type.clone() }
    }

    /// Returns whether the old schema lists scalars, and the new schemas accept all of them, except `null`.
    fn accepts_all_literals(&self, old: &Described, new: &[Place]) -> bool {
        let Some(listed) = literals(self.documents, &old.own) else { return false };
        listed
            .iter()
            .filter(|value| !value.is_null())
            .all(|value| !value.is_object() && !value.is_array() && self.accepts(new, value) == Some(true))
    }

    pub(super) fn accepts(&self, places: &[Place], value: &Value) -> Option<bool> {
        let key = (places.to_vec(), value.to_string());
        if let Some(known) = self.accepted.borrow().get(&key) {
            return *known;
        }
        let answer = accepts(self.catalog, self.documents, places, value, self.formats);
        self.accepted.borrow_mut().insert(key, answer);
        answer
    }

    /// Returns the conversion between two types, after the keywords of the values themselves are proven.
    fn types(
        &mut self,
        (old, from): (&Side, &Described),
        (new, to): (&Side, &Described),
    ) -> Result<Conversion, String> {
        let differ = || Err("the types differ".to_owned());
        match (&old.rust_type.shape, &new.rust_type.shape) {
            (RustType::Bool, RustType::Bool)
            | (RustType::Integer, RustType::Integer)
            | (RustType::Number, RustType::Number)
            | (RustType::String, RustType::String)
            | (RustType::Null, RustType::Null) => Ok(Conversion::Same),
            (RustType::Fixed(a), RustType::Fixed(b)) if a == b => Ok(Conversion::Same),
            // The keywords of a user's other types are not proven.
            (RustType::External(a), RustType::External(b)) if a == b && a.is_string => Ok(Conversion::Same),
            (RustType::Fixed(a), RustType::Fixed(b)) if a.is_within(*b) => Ok(Conversion::Into),
            (RustType::Fixed(_), RustType::Integer | RustType::Number)
            | (RustType::Integer, RustType::Number) => Ok(Conversion::Into),
            (RustType::Json, RustType::Json) => {
                let inside = |keywords: &SchemaKeywords<'_>| {
                    let has_properties = has_properties(keywords);
                    [
                        ("additionalProperties", keywords.additional_properties().is_some()),
                        ("items", keywords.items().is_some() || !keywords.prefix_items().is_empty()),
                        ("minProperties", keywords.min_properties().is_some()),
                        ("properties", has_properties),
                        ("required", keywords.required().is_some()),
                    ]
                };
                let all: Vec<_> =
                    to.own.iter().map(|place| inside(self.documents.keywords(*place))).collect();
                let first =
                    (0..5).find_map(|at| all.iter().map(|one| one[at]).find(|(_, is_there)| *is_there));
                match first {
                    Some((keyword, _)) => {
                        Err(format!("the new schema has `{keyword}`, and the type is `Json`"))
                    }
                    None => Ok(Conversion::Same),
                }
            }
            (RustType::List(a), RustType::List(b)) => {
                let item = |described: &Described, rust_type: &TypeRef| Side {
                    places: items(self.documents, &described.own),
                    rust_type: rust_type.clone(),
                };
                let (a, b) = (item(from, a), item(to, b));
                let of = self.value(&a, &b).map_err(|why| format!("an item of the list: {why}"))?;
                Ok(of.unless_same(|of| Conversion::List(Box::new(of))))
            }
            (RustType::Map(a), RustType::Map(b)) => self.maps((from, a), (to, b)),
            (RustType::Named(a), RustType::String) => match &self.plan.definition(*a).body {
                Body::Texts(_) => Ok(Conversion::Text),
                Body::Struct(_) | Body::Integers(_) | Body::Union(_) | Body::Newtype { .. } => differ(),
            },
            (RustType::Named(a), RustType::Named(b)) if a == b => {
                Err("both versions use one type, but the new schema has other conditions".to_owned())
            }
            (RustType::Named(a), RustType::Named(b)) => {
                let key = Key { old: *a, new: *b, places: Some((old.places.clone(), new.places.clone())) };
                self.pair(key, Some((from, to)))
            }
            (_, _) => differ(),
        }
    }

    fn maps(
        &mut self,
        (from, old): (&Described, &TypeRef),
        (to, new): (&Described, &TypeRef),
    ) -> Result<Conversion, String> {
        let keywords = |described: &Described| -> Vec<&SchemaKeywords<'_>> {
            described.own.iter().map(|place| self.documents.keywords(*place)).collect()
        };
        let (olds, news) = (keywords(from), keywords(to));
        let required = news.iter().find_map(|new| new.required());
        let least = news.iter().find_map(|new| new.min_properties());
        for (keyword, is_new) in [
            ("properties", news.iter().any(|new| has_properties(new))),
            ("required", required.is_some() && !olds.iter().any(|old| old.required() == required)),
            ("minProperties", least.is_some() && !olds.iter().any(|old| old.min_properties() == least)),
        ] {
            if is_new {
                return Err(format!("the new schema has `{keyword}`"));
            }
        }
        let side = |described: &Described, rust_type: &TypeRef| Side {
            places: others(self.documents, &described.own),
            rust_type: rust_type.clone(),
        };
        let (old, new) = (side(from, old), side(to, new));
        let of = self.value(&old, &new).map_err(|why| format!("a value of the map: {why}"))?;
        Ok(of.unless_same(|of| Conversion::Map(Box::new(of))))
    }

    /// Returns the conversion between two types for values that both schemas accept. The JSON does not change.
    fn copy(&mut self, old: &TypeRef, new: &TypeRef) -> Result<Conversion, String> {
        let differ = || Err("the types differ".to_owned());
        Ok(match (&old.shape, &new.shape) {
            (a, b) if a == b => Conversion::Same,
            (RustType::Fixed(a), RustType::Fixed(b)) if a.is_within(*b) => Conversion::Into,
            (RustType::Fixed(_), RustType::Integer | RustType::Number)
            | (RustType::Integer, RustType::Number) => Conversion::Into,
            (RustType::List(a), RustType::List(b)) => {
                self.copy_nullable(a, b)?.unless_same(|of| Conversion::List(Box::new(of)))
            }
            (RustType::Map(a), RustType::Map(b)) => {
                self.copy_nullable(a, b)?.unless_same(|of| Conversion::Map(Box::new(of)))
            }
            (RustType::Tuple { items: a, required: few }, RustType::Tuple { items: b, required: many })
                if a.len() == b.len() && few == many && *few == a.len() =>
            {
                let parts = a.iter().zip(b).map(|(a, b)| self.copy_nullable(a, b));
                Conversion::Tuple(parts.collect::<Result<_, _>>()?)
            }
            (RustType::Named(a), RustType::Named(b)) => {
                self.pair(Key { old: *a, new: *b, places: None }, None)?
            }
            // The variant contains the value of the property.
            (RustType::OnlyProperty { name: a, of: old }, RustType::OnlyProperty { name: b, of: new })
                if a == b =>
            {
                self.copy_nullable(old, new)?
            }
            (_, _) => return differ(),
        })
    }

    fn copy_nullable(&mut self, old: &TypeRef, new: &TypeRef) -> Result<Conversion, String> {
        nullable(self.copy(old, new)?, old, new)
    }

    /// Returns the conversion of two named types. The descriptions are missing if the key has no schemas.
    fn pair(&mut self, key: Key, described: Option<(&Described, &Described)>) -> Result<Conversion, String> {
        if let Some(why) = self.failed.get(&key) {
            return Err(why.clone());
        }
        if let Some(known) = self.known.get(&key) {
            return Ok(Conversion::Pair(*known));
        }
        if PAIRS_MAX <= self.pairs.len() {
            return Err("the step has too many types".to_owned());
        }
        let at = self.pairs.len();
        self.known.insert(key.clone(), at);
        let pending = PairBody::Pending;
        self.pairs.push(Pair {
            old: key.old,
            new: key.new,
            body: pending,
            needs_methods: false,
            is_from: false,
        });
        match self.body(&key, described) {
            Ok(body) => {
                self.pairs[at].body = body;
                Ok(Conversion::Pair(at))
            }
            Err(why) => {
                self.failed.insert(key, why.clone());
                self.has_new_failure = true;
                Err(why)
            }
        }
    }

    fn body(&mut self, key: &Key, described: Option<(&Described, &Described)>) -> Result<PairBody, String> {
        let plan = self.plan;
        let (old, new) = (&plan.definition(key.old).body, &plan.definition(key.new).body);
        match (old, new) {
            (Body::Struct(old), Body::Struct(new)) => match described {
                Some((from, to)) => self.structs((old, from), (new, to)),
                None => self.copied_struct(old, new),
            },
            (Body::Texts(old), Body::Texts(new)) => texts(old, new),
            (Body::Integers(old), Body::Integers(new)) => integers(old, new),
            (Body::Union(old), Body::Union(new)) if described.is_none() => self.copied_union(old, new),
            (Body::Newtype { inner: old, boxed: false }, Body::Newtype { inner: new, boxed: false }) => {
                let conversion = match &key.places {
                    Some((from, to)) => {
                        let side = |places: &Vec<Place>, rust_type: &TypeRef| Side {
                            places: places.clone(),
                            rust_type: rust_type.clone(),
                        };
                        self.value(&side(from, old), &side(to, new))?
                    }
                    None => self.copy_nullable(old, new)?,
                };
                Ok(PairBody::Newtype(conversion))
            }
            (Body::Union(_), Body::Union(_)) => Err("the alternatives changed".to_owned()),
            (
                Body::Struct(_) | Body::Texts(_) | Body::Integers(_) | Body::Union(_) | Body::Newtype { .. },
                _,
            ) => Err("the types differ".to_owned()),
        }
    }

    fn copied_struct(&mut self, old: &Struct, new: &Struct) -> Result<PairBody, String> {
        let mut fields = Vec::new();
        for (at, field) in new.fields.iter().enumerate() {
            let from = (0..old.fields.len()).find(|from| old.names.get(*from) == new.names.get(at));
            let Some(from) = from.filter(|from| {
                let old = &old.fields[*from];
                old.required == field.required && old.value.nullable == field.value.nullable
            }) else {
                return Err("the fields differ".to_owned());
            };
            let conversion = self.copy(&old.fields[from].value, &field.value)?;
            fields.push(Source::Old { field: from, conversion, default: None });
        }
        let rest = match (&old.rest, &new.rest) {
            (None, None) => Rest::None,
            (Some(a), Some(b)) => Rest::Kept { conversion: self.copy_nullable(a, b)?, without: Vec::new() },
            (_, _) => return Err("only one of the types keeps other properties".to_owned()),
        };
        if old.fields.len() != new.fields.len() {
            return Err("the fields differ".to_owned());
        }
        Ok(PairBody::Struct { fields, rest })
    }

    fn copied_union(&mut self, old: &[UnionVariant], new: &[UnionVariant]) -> Result<PairBody, String> {
        if old.len() != new.len() {
            return Err("the alternatives changed".to_owned());
        }
        let mut variants = Vec::new();
        for variant in old {
            let to = new.iter().position(|other| other.name == variant.name && other.case == variant.case);
            let Some(to) = to else { return Err("the alternatives changed".to_owned()) };
            variants.push((to, self.copy_nullable(&variant.value, &new[to].value)?));
        }
        Ok(PairBody::Union(variants))
    }

    /// Marks the pairs that need methods, directly or through others.
    fn mark_methods(&mut self) {
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.pairs.len()];
        for (at, pair) in self.pairs.iter().enumerate() {
            pair.parts().into_iter().for_each(|part| users[part].push(at));
        }
        let with_methods = self.pairs.iter().enumerate().filter(|(_, pair)| pair.has_methods());
        let mut open: Vec<usize> = with_methods.map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut self.pairs[at].needs_methods, true) {
                open.extend(&users[at]);
            }
        }
    }

    /// Marks the pairs that become an `impl From`: derived ones of types that have the same name in both versions.
    fn mark_from(&mut self, old: DocumentId, new: DocumentId, root: Option<usize>) {
        let mut seen = BTreeSet::new();
        for (at, pair) in self.pairs.iter_mut().enumerate() {
            let (from, to) = (self.plan.definition(pair.old), self.plan.definition(pair.new));
            let is_here = from.home == old && to.home == new;
            let has_name = from.name == to.name || root == Some(at);
            let is_from = is_here && has_name && !pair.needs_methods && pair.old != pair.new;
            pair.is_from = is_from && seen.insert((pair.old, pair.new));
        }
    }

    /// Returns the step without conversions that nothing uses.
    fn without_unused(mut self, old: DocumentId, new: DocumentId, root: Result<usize, String>) -> Step {
        let from = self.pairs.iter().enumerate().filter(|(_, pair)| pair.is_from).map(|(at, _)| at);
        let starts: Vec<usize> = root.iter().copied().chain(from).collect();
        let used = reachable(&self.pairs, &starts);
        for (at, pair) in self.pairs.iter_mut().enumerate() {
            if !used.contains(&at) {
                pair.body = PairBody::Pending;
            }
        }
        Step { old, new, pairs: self.pairs, root }
    }
}

fn integers(old: &[IntegerVariant], new: &[IntegerVariant]) -> Result<PairBody, String> {
    let position = |variant: &IntegerVariant| new.iter().position(|other| other.integer == variant.integer);
    let positions = old
        .iter()
        .map(|variant| position(variant).ok_or_else(|| format!("the new enum has no `{}`", variant.integer)));
    Ok(PairBody::Texts(positions.collect::<Result<_, _>>()?))
}

/// Adds `null` to the conversion of a value.
fn nullable(bare: Conversion, old: &TypeRef, new: &TypeRef) -> Result<Conversion, String> {
    match (old.nullable, new.nullable) {
        (false, false) => Ok(bare),
        (true, true) => Ok(bare.unless_same(|of| Conversion::Nullable(Box::new(of)))),
        (false, true) => Ok(Conversion::Some(Box::new(bare))),
        (true, false) => Err("an old value may be `null`".to_owned()),
    }
}

fn texts(old: &[TextVariant], new: &[TextVariant]) -> Result<PairBody, String> {
    let position = |variant: &TextVariant| new.iter().position(|other| other.text == variant.text);
    let positions = old.iter().map(|variant| {
        position(variant).ok_or_else(|| format!("the new enum has no `{}`", variant.text.escape_debug()))
    });
    Ok(PairBody::Texts(positions.collect::<Result<_, _>>()?))
}

fn has_properties(keywords: &SchemaKeywords<'_>) -> bool {
    keywords.iter().any(|keyword| matches!(keyword, Keyword::Properties(_)))
}
