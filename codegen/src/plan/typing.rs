//! Gives every schema a type that can hold every value that the schema accepts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    Body, Definition, Event, Field, Plan, RustType, Struct, TextVariant, TypeId, TypeRef, UnionVariant,
    boxes, constraints, sharing,
};
use crate::atlas::{Atlas, DocumentId, Place};
use crate::names::{self, Names};
use crate::shape::{Conjunction, Elements, Expression, Facts, Kinds, Shapes};

/// Maximum depth of nested types. A type that is nested more deeply becomes `Json`, because an event has at most 128
/// levels.
const DEPTH_MAX: usize = 140;

/// Maximum number of named types that one event adds. Further schemas of the event become `Json`. The largest real
/// event seen so far has 321 types.
const TYPES_MAX: usize = 4_000;

/// Maximum number of steps that the planner takes for one event, because combinations of schemas can grow without
/// limit. Further schemas of the event become `Json`. The largest real event seen so far takes 30,000 steps.
const STEPS_MAX: usize = 400_000;

/// Maximum number of strings of an enum. A longer list becomes a `String`, and the checker compares the value with the
/// list.
const TEXTS_MAX: usize = 1_000;

/// Plans the types of documents.
#[derive(Debug)]
pub(crate) struct Planner<'a, 'c> {
    pub(crate) atlas: &'a Atlas<'c>,
    pub(crate) shapes: Shapes<'a, 'c>,
    plan: Plan,
    known: HashMap<Conjunction, Known>,
    /// The types that parse the values of a schema. The key does not contain the other schemas that examine these
    /// values.
    pub(super) readers: HashMap<Conjunction, Vec<TypeRef>>,
    names: BTreeMap<DocumentId, Names>,
    /// The names that the definitions and properties of a document need, so that no type of a lower rank takes them.
    wanted: BTreeMap<DocumentId, BTreeMap<String, Rank>>,
    /// The schemas whose types are being planned, outermost first. The flag states whether the type also accepts
    /// `null`.
    open: Vec<(Conjunction, bool)>,
    /// If the plan has more types than this, the current event has too many.
    types_max: usize,
    /// If the planner has taken more steps than this, the current event has taken too many.
    steps_max: usize,
}

#[derive(Debug, Clone)]
enum Known {
    Done(TypeRef),
    /// The planner has not finished the type. If the type contains itself, it becomes a named type, because otherwise
    /// it would have no end.
    Open(Option<TypeId>),
}

/// The possible names of a type, and its module.
///
/// A name depends on the place of a type, never on the order in which the planner finds types. So an addition in a
/// later version never renames a type (docs/adr/0014).
#[derive(Debug, Clone)]
pub(super) struct Hint {
    pub(super) home: DocumentId,
    /// Names in order of preference; never empty.
    pub(super) names: Vec<String>,
    pub(super) rank: Rank,
    /// Whether a property or an alternative has this type. The property or the alternative then has its own documentation.
    pub(super) is_member: bool,
}

/// The struct whose properties are being named.
struct Parent {
    name: String,
    rank: Rank,
}

/// The source of a type's name. A name that a higher rank may need is not given to a lower rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A part of a property or definition.
    Part,
    /// A property of the event itself.
    Member,
    /// A definition.
    Definition,
    /// The event.
    Event,
}

impl<'a, 'c> Planner<'a, 'c> {
    /// Returns a planner with an empty plan. [`crate::options::Options::keep_unknown`] describes `keep_unknown`.
    pub(crate) fn new(atlas: &'a Atlas<'c>, keep_unknown: bool) -> Self {
        Self {
            atlas,
            shapes: Shapes::new(atlas, keep_unknown),
            plan: Plan::default(),
            known: HashMap::new(),
            readers: HashMap::new(),
            names: BTreeMap::new(),
            wanted: BTreeMap::new(),
            open: Vec::new(),
            types_max: TYPES_MAX,
            steps_max: STEPS_MAX,
        }
    }

    /// Plans the event type of a document.
    pub(crate) fn add_event(&mut self, document: DocumentId) {
        self.types_max = self.plan.definitions.len() + TYPES_MAX;
        self.steps_max = self.shapes.steps() + STEPS_MAX;
        let place = self.atlas.root(document);
        let hint = self.hint_for(place, document, None);
        let value = self.type_of(&Expression::Schema(place), &hint);
        // If the root has a named type of this document, this type becomes the event, unless it is already another
        // event.
        let root = if let RustType::Named(id) = value.shape
            && !value.nullable
            && self.plan.definition(id).home == document
            && !self.plan.events.iter().any(|event| event.root == id)
        {
            id
        } else {
            let docs = constraints::docs(self.atlas, &[self.shapes.entry(place)], &[]);
            let names = self.root_names(document);
            let hint = Hint { home: document, names, rank: Rank::Event, is_member: false };
            self.define(&hint, docs, Body::Newtype { inner: wide(value), boxed: false })
        };
        self.plan.events.push(Event { document, root });
    }

    /// Returns the type that the plan has for a schema alone, without the schemas around it. Returns `None` if the plan
    /// has no such type.
    pub(crate) fn planned(&mut self, place: Place) -> Option<TypeRef> {
        let key = self.key_of(place);
        match self.known.get(&key)? {
            Known::Done(planned) => Some(planned.clone()),
            Known::Open(_) => None,
        }
    }

    /// Returns the plan so far.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the complete plan, with boxes and shared types.
    pub(crate) fn finish(mut self) -> Plan {
        boxes::add_boxes(&mut self.plan);
        sharing::share(&mut self.plan);
        self.plan
    }

    /// Returns the type of an expression.
    pub(super) fn type_of(&mut self, expression: &Expression, hint: &Hint) -> TypeRef {
        let is_too_much =
            self.types_max < self.plan.definitions.len() || self.steps_max < self.shapes.steps();
        if DEPTH_MAX < self.open.len() || is_too_much || expression.is_too_large() {
            return TypeRef::plain(RustType::Json);
        }
        let (expression, hint) = if let Expression::Schema(place) = expression {
            let entry = self.shapes.entry(*place);
            (Expression::Schema(entry), self.hint_at(entry, hint))
        } else {
            (expression.clone(), hint.clone())
        };
        let mut conjunction = self.shapes.conjunction(&expression);
        self.drop_idle_mask(&mut conjunction);
        let key = conjunction.key();
        if conjunction.is_anything() {
            let anything = TypeRef::plain(RustType::Json);
            self.note_reader(&key, &anything);
            return anything;
        }
        match self.known.get(&key).cloned() {
            Some(Known::Done(known)) => return known,
            Some(Known::Open(Some(id))) => return TypeRef::plain(RustType::Named(id)),
            Some(Known::Open(None)) => {
                let inner = TypeRef::plain(RustType::Json);
                let id = self.define(&hint, Vec::new(), Body::Newtype { inner, boxed: false });
                self.known.insert(key, Known::Open(Some(id)));
                return TypeRef::plain(RustType::Named(id));
            }
            None => {}
        }
        self.known.insert(key.clone(), Known::Open(None));
        self.open.push((key.clone(), false));
        let mut found = self.build(&conjunction, &expression, &hint);
        self.open.pop();
        if let Some(Known::Open(Some(id))) = self.known.get(&key).cloned() {
            self.plan.definitions[id.0].body = Body::Newtype { inner: wide(found), boxed: false };
            found = TypeRef::plain(RustType::Named(id));
        }
        self.note_reader(&key, &found);
        self.known.insert(key, Known::Done(found.clone()));
        found
    }

    /// Returns the key that identifies the type of a schema.
    pub(super) fn key_of(&mut self, place: Place) -> Conjunction {
        let entry = self.shapes.entry(place);
        let mut conjunction = self.shapes.conjunction(&Expression::Schema(entry));
        self.drop_idle_mask(&mut conjunction);
        conjunction.key()
    }

    fn build(&mut self, conjunction: &Conjunction, expression: &Expression, hint: &Hint) -> TypeRef {
        let facts = self.shapes.facts_of(conjunction);
        if facts.opaque || facts.kinds.is_empty() {
            return TypeRef::plain(RustType::Json);
        }
        let nullable = facts.kinds.has(Kinds::NULL);
        self.open_takes_null(nullable);
        let kinds = facts.kinds.without(Kinds::NULL);
        if kinds.is_empty() {
            return TypeRef::plain(RustType::Null);
        }
        if let Some(shape) = self.union_of_groups(conjunction, &facts, kinds, hint) {
            return match shape {
                one if matches!(one.shape, RustType::Json) => one,
                one => TypeRef { nullable: nullable || one.nullable, ..one },
            };
        }
        if 1 < kinds.separate_count() {
            return self.union_of_kinds(conjunction, &facts, kinds, hint);
        }
        let docs = self.docs_of(conjunction, expression, hint);
        let shape = if kinds.meets(Kinds::OBJECT) {
            self.object(conjunction, &facts, hint, docs)
        } else if kinds.meets(Kinds::ARRAY) {
            self.array(conjunction, hint)
        } else if kinds.meets(Kinds::STRING) {
            self.texts(&facts, hint, docs)
        } else if kinds.meets(Kinds::FRACTION) {
            RustType::Number
        } else if kinds.meets(Kinds::INTEGER) {
            if facts.small_integers { RustType::I64 } else { RustType::Integer }
        } else {
            RustType::Bool
        };
        TypeRef { shape, nullable }
    }

    /// Removes a restriction to kinds that has no effect, because the restriction would create a second type.
    fn drop_idle_mask(&mut self, conjunction: &mut Conjunction) {
        if conjunction.kinds == Kinds::ALL || conjunction.kinds.is_empty() {
            return;
        }
        let mask = std::mem::replace(&mut conjunction.kinds, Kinds::ALL);
        if !mask.has(self.shapes.facts_of(conjunction).kinds) {
            conjunction.kinds = mask;
        }
    }

    fn texts(&mut self, facts: &Facts<'c>, hint: &Hint, docs: Vec<String>) -> RustType {
        let Some(literals) = &facts.literals else { return RustType::String };
        let mut seen = BTreeSet::new();
        let texts: Vec<&str> =
            literals.iter().filter_map(|value| value.as_str()).filter(|text| seen.insert(*text)).collect();
        if TEXTS_MAX < texts.len() {
            return RustType::String;
        }
        let mut taken = Names::default();
        let mut variants = texts
            .into_iter()
            .map(|text| {
                let fallback = if text.is_empty() { "Empty" } else { "Other" };
                let name = names::type_name(text).unwrap_or_else(|| fallback.to_owned());
                TextVariant { name: taken.take(&[name]), text: text.to_owned() }
            })
            .collect::<Vec<_>>();
        if let [only] = variants.as_mut_slice() {
            self.name_constant(only, hint.home);
        }
        RustType::Named(self.define(hint, docs, Body::Texts(variants)))
    }

    /// Removes the schema's own version number from the name of a constant, because this number differs in each
    /// version.
    fn name_constant(&self, constant: &mut TextVariant, home: DocumentId) {
        let version = &self.atlas.schema(home).at().version;
        let rest = if version.is_spelt_by(&constant.text) {
            String::new()
        } else if constant.text.contains(&version.to_string()) {
            constant.text.replace(&version.to_string(), "")
        } else {
            return;
        };
        constant.name = names::type_name(&rest).unwrap_or_else(|| "Current".to_owned());
    }

    fn array(&mut self, conjunction: &Conjunction, hint: &Hint) -> RustType {
        let singular = Hint { names: hint.names.iter().map(|name| singular(name)).collect(), ..hint.clone() };
        match self.shapes.elements(conjunction) {
            Elements::Each(element) => RustType::List(Box::new(self.type_of(&element, &singular))),
            Elements::Tuple(parts) => {
                RustType::Tuple(parts.iter().map(|part| wide(self.type_of(part, &singular))).collect())
            }
        }
    }

    fn object(
        &mut self,
        conjunction: &Conjunction,
        facts: &Facts<'c>,
        hint: &Hint,
        docs: Vec<String>,
    ) -> RustType {
        let closed = facts.known.is_some() && !facts.keeps_rest;
        if facts.names.is_empty() && !closed {
            let rest = self.shapes.rest(conjunction);
            let singular =
                Hint { names: hint.names.iter().map(|name| singular(name)).collect(), ..hint.clone() };
            return RustType::Map(Box::new(self.type_of(&rest, &singular)));
        }
        let names = facts.names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let body = Struct { names: names.clone(), fields: Vec::new(), rest: None };
        let id = self.define(hint, docs, Body::Struct(body));
        self.settle(id);
        let parent = Parent { name: self.plan.definition(id).name.clone(), rank: hint.rank };
        let mut taken = Names::default();
        let mut fields = Vec::new();
        for (at, json) in facts.names.iter().enumerate() {
            let required = facts.required.contains(json);
            if facts.known.as_ref().is_some_and(|known| !known.contains(json)) && !required {
                continue;
            }
            let member = self.shapes.member(conjunction, json);
            if self.shapes.facts(&member).kinds.is_empty() && !required {
                continue;
            }
            let field = self.field(&member, json, required, &parent, hint.home, &mut taken);
            fields.push(Field { at, ..field });
        }
        let rest = (facts.keeps_rest && facts.known.is_none()).then(|| {
            let rest = self.shapes.rest(conjunction);
            let hint = self.member_hint("Rest", &parent, hint.home);
            (taken.take(&["rest".to_owned(), "other_members".to_owned()]), self.type_of(&rest, &hint))
        });
        self.plan.definitions[id.0].body = Body::Struct(Struct { names, fields, rest });
        RustType::Named(id)
    }

    fn field(
        &mut self,
        member: &Expression,
        json: &str,
        required: bool,
        parent: &Parent,
        home: DocumentId,
        taken: &mut Names,
    ) -> Field {
        let hint = self.member_hint(json, parent, home);
        let value = self.type_of(member, &hint);
        let mut places = places(member);
        if !matches!(value.shape, RustType::Named(_)) {
            let conjunction = self.shapes.conjunction(member);
            places.extend(conjunction.own);
        }
        let name = names::field_name(json).unwrap_or_else(|| "field".to_owned());
        Field {
            at: 0,
            name: taken.take(&[name]),
            docs: constraints::docs(self.atlas, &places, &[json.to_owned()]),
            value,
            required,
            boxed: false,
        }
    }

    fn member_hint(&self, json: &str, parent: &Parent, home: DocumentId) -> Hint {
        let own = names::type_name(json).unwrap_or_else(|| "Field".to_owned());
        let full = names::joined(&parent.name, &own);
        match parent.rank {
            Rank::Event => Hint { home, names: vec![own, full], rank: Rank::Member, is_member: true },
            Rank::Member | Rank::Part | Rank::Definition => {
                Hint { home, names: vec![full], rank: Rank::Part, is_member: true }
            }
        }
    }

    /// Returns the hint for a place that another schema leads to.
    fn hint_at(&self, entry: Place, hint: &Hint) -> Hint {
        let home = self.atlas.document(entry);
        let inherited = (home == hint.home).then_some(hint);
        self.hint_for(entry, home, inherited)
    }

    fn hint_for(&self, place: Place, home: DocumentId, inherited: Option<&Hint>) -> Hint {
        let pointer = self.atlas.pointer(place);
        if pointer.as_str().is_empty() {
            return Hint { home, names: self.root_names(home), rank: Rank::Event, is_member: false };
        }
        let tokens: Vec<String> = pointer.tokens().collect();
        let definition = match tokens.as_slice() {
            [.., folder, name] if folder == "$defs" || folder == "definitions" => names::type_name(name),
            _ => None,
        };
        if let Some(name) = definition {
            return Hint { home, names: vec![name], rank: Rank::Definition, is_member: false };
        }
        if let Some(hint) = inherited {
            return hint.clone();
        }
        let title = self.atlas.keyword(place, "title").and_then(Value::as_str).and_then(names::type_name);
        let last = || tokens.iter().rev().find_map(|token| names::type_name(token));
        let name = title.or_else(last).unwrap_or_else(|| "Part".to_owned());
        Hint { home, names: vec![name], rank: Rank::Part, is_member: false }
    }

    /// Returns the possible names of the type of a document's root: first its title, then its subject.
    fn root_names(&self, document: DocumentId) -> Vec<String> {
        /// A title with more words is a sentence.
        const TITLE_WORDS_MAX: usize = 6;
        let schema = self.atlas.schema(document);
        let title = schema.title().map(names::words).filter(|words| words.len() <= TITLE_WORDS_MAX);
        let parts = schema.at().subject.as_str().rsplit('.').take(2);
        // The part `v1` of `pubsub.v1.MessagePublished` does not describe the event.
        let mut said: Vec<&str> = parts.filter(|part| !names::is_version(part)).collect();
        said.reverse();
        let subject = names::type_name(&said.join(" "));
        let mut names: Vec<String> = title.and_then(|words| names::camel(&words)).into_iter().collect();
        names.extend(subject);
        names.push("Event".to_owned());
        names
    }

    pub(super) fn docs_of(
        &self,
        conjunction: &Conjunction,
        expression: &Expression,
        hint: &Hint,
    ) -> Vec<String> {
        // The field has the documentation of a property, and the name of its type shows the owner.
        if hint.is_member {
            return Vec::new();
        }
        let mut places = places(expression);
        places.extend(&conjunction.own);
        constraints::docs(self.atlas, &places, &hint.names)
    }

    /// Adds a named type, and returns its identifier.
    pub(super) fn define(&mut self, hint: &Hint, docs: Vec<String>, body: Body) -> TypeId {
        let wanted = self.wanted(hint.home);
        let is_free = |name: &&String| wanted.get(*name).is_none_or(|rank| *rank <= hint.rank);
        let mut free: Vec<String> = hint.names.iter().filter(is_free).cloned().collect();
        let taken = self.names.entry(hint.home).or_insert_with(Names::of_types);
        if free.is_empty() {
            free.extend(hint.names.last().cloned());
        }
        let name = taken.take(&free);
        let id = TypeId(self.plan.definitions.len());
        self.plan.definitions.push(Definition { home: hint.home, name, docs, body, stands_in: None });
        id
    }

    /// Records whether the type in progress also accepts `null`.
    pub(super) fn open_takes_null(&mut self, nullable: bool) {
        if let Some((_, takes_null)) = self.open.last_mut() {
            *takes_null = nullable;
        }
    }

    /// Records the identifier of the type in progress before its parts are planned, because the parts may contain this
    /// type.
    pub(super) fn settle(&mut self, id: TypeId) {
        if let Some((key, nullable)) = self.open.last() {
            let value = TypeRef { shape: RustType::Named(id), nullable: *nullable };
            self.known.insert(key.clone(), Known::Done(value));
        }
    }

    fn wanted(&mut self, document: DocumentId) -> &BTreeMap<String, Rank> {
        let atlas = self.atlas;
        self.wanted.entry(document).or_insert_with(|| {
            let root = atlas.root(document);
            let named =
                |folder| atlas.map(root, folder).into_iter().filter_map(|(name, _)| names::type_name(name));
            let members = named("properties").map(|name| (name, Rank::Member));
            let definitions = ["$defs", "definitions"].into_iter().flat_map(named);
            members.chain(definitions.map(|name| (name, Rank::Definition))).collect()
        })
    }

    pub(super) fn set_union(&mut self, id: TypeId, variants: Vec<UnionVariant>) {
        self.plan.definitions[id.0].body = Body::Union(variants);
    }

    pub(super) fn name_of(&self, id: TypeId) -> &str {
        &self.plan.definition(id).name
    }
}

/// Returns the places in an expression, outermost first.
fn places(expression: &Expression) -> Vec<Place> {
    match expression {
        Expression::Schema(place) | Expression::Own(place) => vec![*place],
        Expression::All(parts) => parts.iter().flat_map(places).collect(),
        Expression::Any(_)
        | Expression::Anything
        | Expression::Kinds(_)
        | Expression::Mention(_)
        | Expression::Whole
        | Expression::Opaque => Vec::new(),
    }
}

/// Returns the type with integers of any size instead of `i64`. Used for values that are not directly in a field.
pub(super) fn wide(value: TypeRef) -> TypeRef {
    let shape = match value.shape {
        RustType::I64 => RustType::Integer,
        RustType::List(element) => RustType::List(Box::new(wide(*element))),
        RustType::Map(member) => RustType::Map(Box::new(wide(*member))),
        RustType::Bool
        | RustType::Integer
        | RustType::Number
        | RustType::String
        | RustType::Null
        | RustType::Json
        | RustType::Tuple(_)
        | RustType::Named(_) => value.shape,
    };
    TypeRef { shape, nullable: value.nullable }
}

/// Returns the singular of a name: `Items` becomes `Item`.
fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| 1 < stem.len()) {
        return format!("{stem}y");
    }
    let plural = name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| name.ends_with(end));
    match name.strip_suffix('s') {
        Some(stem) if plural && 1 < stem.len() => stem.to_owned(),
        _ => format!("{name}Item"),
    }
}
