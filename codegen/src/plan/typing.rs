//! Gives every schema a type that can hold every value that the schema accepts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evschema_model::graph::{DocumentId, Documents, Place};

use super::definitions::{
    Body, Definition, Event, Field, Plan, Requested, RustType, Struct, TypeId, TypeRef, UnionVariant,
};
use super::integers::integer_type;
use super::path::{self, Part, TypePath};
use super::requests::Requests;
use super::{boxes, constraints, naming};
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

/// Plans the types of documents.
#[derive(Debug)]
pub(crate) struct Planner<'a, 'c> {
    pub(crate) documents: &'a Documents<'c>,
    pub(crate) shapes: Shapes<'a, 'c>,
    plan: Plan,
    known: HashMap<Conjunction, Known>,
    /// The types that parse the values of a schema. The key does not contain the other schemas that examine these
    /// values.
    pub(super) readers: HashMap<Conjunction, Vec<TypeRef>>,
    /// The schemas whose types are being planned, outermost first. The flag states whether the type also accepts
    /// `null`.
    open: Vec<(Conjunction, bool)>,
    /// The types, names and attributes that settings or schemas request.
    pub(super) requests: Requests,
    /// The wrappers of scalars that settings request, each with the type of its value.
    pub(super) wrappers: BTreeMap<Place, (RustType, TypeId)>,
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

/// The path of a type, and its module.
#[derive(Debug, Clone)]
pub(super) struct Hint {
    pub(super) home: DocumentId,
    pub(super) path: TypePath,
    /// The schema of the values, if it is one schema.
    pub(super) place: Option<Place>,
    /// The schema whose settings apply to the type.
    pub(super) asked: Option<Place>,
    /// Whether a property or an alternative has this type. The property or the alternative then has its own documentation.
    pub(super) is_member: bool,
}

impl Hint {
    /// Returns the hint for the type of a part.
    pub(super) fn with(&self, part: Part) -> Self {
        Self { home: self.home, path: self.path.with(part), place: None, asked: None, is_member: true }
    }
}

impl<'a, 'c> Planner<'a, 'c> {
    /// Returns a planner with an empty plan. [`crate::options::Options::keep_unknown`] describes `keep_unknown`.
    pub(crate) fn new(documents: &'a Documents<'c>, keep_unknown: bool) -> Self {
        Self {
            documents,
            shapes: Shapes::new(documents, keep_unknown),
            plan: Plan::default(),
            known: HashMap::new(),
            readers: HashMap::new(),
            open: Vec::new(),
            requests: Requests::default(),
            wrappers: BTreeMap::new(),
            types_max: TYPES_MAX,
            steps_max: STEPS_MAX,
        }
    }

    /// Plans the event type of a document.
    pub(crate) fn add_event(&mut self, document: DocumentId) {
        self.types_max = self.plan.definitions.len() + TYPES_MAX;
        self.steps_max = self.shapes.steps() + STEPS_MAX;
        let place = self.documents.root(document);
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
            if let RustType::Named(id) = value.shape
                && self.plan.definition(id).home == document
                && self.plan.definition(id).is_root()
            {
                // The wrapper has the name of the root.
                self.plan.definitions[id.0].path = TypePath::root().with(Part::Variant("Value".to_owned()));
            }
            let docs = constraints::docs(self.documents, &[self.shapes.entry(place)], None);
            let path = TypePath::root();
            let hint =
                Hint { home: document, path, place: Some(place), asked: Some(place), is_member: false };
            self.define(&hint, docs, Body::Newtype { inner: value, boxed: false })
        };
        self.plan.events.push(Event { document, root });
        if self.documents.only_describes(place) {
            self.add_definitions(place);
        }
    }

    /// Plans a type for every definition of a document whose root has only definitions. Otherwise, nothing would lead to
    /// them.
    fn add_definitions(&mut self, root: Place) {
        let document = self.documents.document(root);
        for place in self.documents.own_definitions(root) {
            let hint = self.hint_for(place, document, None);
            let value = self.type_of(&Expression::Schema(place), &hint);
            if let RustType::Named(id) = value.shape
                && self.plan.definition(id).home == document
                && self.plan.definition(id).path == hint.path
            {
                continue;
            }
            // The definition has no named type of its own: it is a string, or refers to another definition.
            let docs = constraints::docs(self.documents, &[place, self.shapes.entry(place)], None);
            self.define(&hint, docs, Body::Newtype { inner: value, boxed: false });
        }
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

    /// Sets whether types with strings have a second form that borrows the strings. These forms also need names.
    pub(crate) fn borrows(&mut self, borrows: bool) {
        self.plan.borrows = borrows;
    }

    pub(super) fn plan_mut(&mut self) -> &mut Plan {
        &mut self.plan
    }

    /// Gives the types of the plan so far their names.
    pub(crate) fn name_types(&mut self) {
        let homes: BTreeSet<DocumentId> = self.plan.definitions.iter().map(|one| one.home).collect();
        let entries = homes.into_iter().map(|home| (home, self.shapes.entry(self.documents.root(home))));
        naming::name_types(&mut self.plan, self.documents, &entries.collect());
    }

    /// Returns the complete plan, with boxes and names.
    pub(crate) fn finish(mut self) -> Plan {
        boxes::add_boxes(&mut self.plan);
        self.name_types();
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
            (Expression::Schema(entry), self.hint_at(*place, entry, hint))
        } else {
            (expression.clone(), hint.clone())
        };
        let mut conjunction = self.shapes.conjunction(&expression);
        self.drop_idle_mask(&mut conjunction);
        let hint = Hint { asked: self.asked(hint.place, &conjunction), ..hint };
        let key = conjunction.key();
        if let Some(replaced) = self.replacement(&expression, &conjunction) {
            if !conjunction.is_anything() {
                self.note_reader(&key, &replaced);
                self.known.insert(key, Known::Done(replaced.clone()));
            }
            return replaced;
        }
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
            self.plan.definitions[id.0].body = Body::Newtype { inner: found, boxed: false };
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
            self.texts(conjunction, &facts, hint, docs)
        } else if kinds.meets(Kinds::NUMBER)
            && let Some(listed) = self.integers(conjunction, &facts, hint, docs)
        {
            listed
        } else if kinds.meets(Kinds::FRACTION) {
            RustType::Number
        } else if kinds.meets(Kinds::INTEGER) {
            integer_type(facts.integers, facts.format)
        } else {
            RustType::Bool
        };
        TypeRef { shape: self.wrapper_of(shape, conjunction), nullable }
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

    fn array(&mut self, conjunction: &Conjunction, hint: &Hint) -> RustType {
        match self.shapes.elements(conjunction) {
            Elements::Each(element) => {
                RustType::List(Box::new(self.type_of(&element, &hint.with(Part::Item))))
            }
            Elements::Exactly(length, element) => {
                RustType::Array(Box::new(self.type_of(&element, &hint.with(Part::Item))), length)
            }
            Elements::Tuple { items, required } => {
                let items = items.iter().enumerate();
                let items = items.map(|(at, item)| self.type_of(item, &hint.with(Part::At(at)))).collect();
                RustType::Tuple { items, required }
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
            return RustType::Map(Box::new(self.type_of(&rest, &hint.with(Part::Item))));
        }
        let id = self.define(hint, docs, Body::Struct(Struct::default()));
        self.settle(id);
        let mut names: Vec<&str> = Vec::new();
        let mut fields = Vec::new();
        let mut properties = Vec::new();
        for json in &facts.names {
            let required = facts.required.contains(json);
            if facts.known.as_ref().is_some_and(|known| !known.contains(json)) && !required {
                continue;
            }
            let member = self.shapes.member(conjunction, json);
            if self.shapes.facts(&member).kinds.is_empty() && !required {
                continue;
            }
            names.push(json);
            properties.push((*json, places(&member)));
            fields.push(self.field(&member, json, required, hint));
        }
        let field_names = self.field_names(hint.asked, &properties);
        for ((field, name), json) in fields.iter_mut().zip(field_names).zip(&names) {
            constraints::add_json_name(&mut field.docs, &name, json);
            field.name = name;
        }
        let rest = (facts.keeps_rest && facts.known.is_none()).then(|| {
            let rest = self.shapes.rest(conjunction);
            self.type_of(&rest, &hint.with(Part::Rest))
        });
        let others: Vec<&str> = facts.names.iter().copied().filter(|name| !names.contains(name)).collect();
        names.extend(others);
        let names = names.into_iter().map(str::to_owned).collect();
        self.plan.definitions[id.0].body = Body::Struct(Struct { names, fields, rest });
        RustType::Named(id)
    }

    fn field(&mut self, member: &Expression, json: &str, required: bool, hint: &Hint) -> Field {
        let value = self.type_of(member, &hint.with(Part::Member(json.to_owned())));
        let mut places = places(member);
        if !matches!(value.shape, RustType::Named(_)) {
            let conjunction = self.shapes.conjunction(member);
            places.extend(conjunction.own);
        }
        Field {
            name: String::new(),
            docs: constraints::docs(self.documents, &places, Some(json)),
            attributes: self
                .field_settings(hint.asked, json)
                .map(|settings| settings.attributes.clone())
                .unwrap_or_default(),
            deprecated: constraints::is_deprecated(self.documents, &places),
            default: constraints::default(self.documents, &places),
            value,
            required,
            boxed: false,
        }
    }

    /// Returns the hint for the schema at `entry`, to which `place` leads.
    fn hint_at(&self, place: Place, entry: Place, hint: &Hint) -> Hint {
        let home = self.documents.document(entry);
        let inherited = (home == hint.home && place == entry).then_some(hint);
        self.hint_for(entry, home, inherited)
    }

    fn hint_for(&self, place: Place, home: DocumentId, inherited: Option<&Hint>) -> Hint {
        let tokens: Vec<String> = self.documents.pointer(place).tokens().collect();
        let path = TypePath::of_pointer(&tokens);
        match inherited {
            Some(hint) if !path.is_start() => Hint { place: Some(place), ..hint.clone() },
            Some(_) | None => Hint { home, path, place: Some(place), asked: Some(place), is_member: false },
        }
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
        constraints::docs(self.documents, &places, Some(&hint.path.short_name(&self.root_name(hint.home))))
    }

    /// Adds a named type, and returns its identifier.
    pub(super) fn define(&mut self, hint: &Hint, docs: Vec<String>, body: Body) -> TypeId {
        let id = TypeId(self.plan.definitions.len());
        self.plan.definitions.push(Definition {
            home: hint.home,
            path: hint.path.clone(),
            place: hint.place,
            asked: hint.asked,
            name: String::new(),
            requested: Requested::default(),
            docs,
            body,
        });
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

    pub(super) fn set_union(&mut self, id: TypeId, variants: Vec<UnionVariant>) {
        self.plan.definitions[id.0].body = Body::Union(variants);
    }

    fn root_name(&self, home: DocumentId) -> String {
        path::root_name(&self.documents.schema(home).at().subject)
    }
}

/// Returns the places in an expression, outermost first.
pub(super) fn places(expression: &Expression) -> Vec<Place> {
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
