//! Expands a node into alternatives without applicators.
//!
//! Each [`Alternative`] is one way to satisfy a node. It combines everything that `allOf` and `$ref` require, one
//! branch of each union and one side of each condition. Together, the alternatives accept **at least** the values that
//! the node accepts. If an alternative cannot express an assertion, it drops the assertion and notes that it is wider
//! than the node. A proof may use the alternatives in place of the writer, because they accept no fewer values.

mod conditions;
mod declared;
mod expand;
mod parts;
pub(crate) mod state;
mod unevaluated;

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use crate::number::Numbers;
use crate::tree::{Class, Condition, Contains, Id, Listed, Name, Named, Objects, Strings, Types};
use crate::truth::Truth;

/// One alternative of a node. Alternatives share their parts, so a copy with one changed part is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Alternative {
    pub(crate) types: Types,
    pub(crate) values: Option<Listed>,
    pub(crate) numbers: Rc<Numbers>,
    pub(crate) strings: Rc<Strings>,
    pub(crate) arrays: Rc<AlternativeArrays>,
    pub(crate) objects: Rc<AlternativeObjects>,
    pub(crate) not: Rc<Vec<Id>>,
    /// Unions that the alternative does not split into branches, because the combinations would be too many.
    pub(crate) unions: Rc<Vec<Vec<Id>>>,
    /// Each `oneOf` with branches that can accept the same value. A value of the alternative must match exactly one
    /// branch.
    pub(crate) exclusive: Rc<Vec<Vec<Id>>>,
    /// Conditions that the alternative does not split into cases, because the combinations would be too many.
    pub(crate) conditions: Rc<Vec<Condition>>,
    /// The sorted classes of the nodes from which the alternative was made. These nodes accept every value of the
    /// alternative.
    pub(crate) holds: Rc<Vec<Class>>,
    /// Whether the alternative dropped an assertion. If it did, it may accept more values than the node.
    pub(crate) is_wider: bool,
    /// Whether the content model lets writers send undeclared properties or items here. It does so if no value with
    /// only declared properties and items exists. `Unknown` if the engine found no such value, although one may exist.
    pub(crate) opened: Truth,
}

/// The array assertions of one alternative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AlternativeArrays {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) layers: Vec<ItemLayer>,
    pub(crate) contains: Vec<Contains>,
}

/// The item schemas of one schema object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemLayer {
    pub(crate) prefix: Vec<Id>,
    pub(crate) items: Option<Id>,
}

/// The object assertions of one alternative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AlternativeObjects {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) required: BTreeSet<Name>,
    pub(crate) layers: Vec<PropertyLayer>,
    pub(crate) names: Vec<Id>,
    pub(crate) dependent_required: Vec<(Name, Vec<Name>)>,
    pub(crate) dependent_schemas: Vec<(Name, Id)>,
}

/// The property schemas of one schema object. They stay in one layer, because `additionalProperties` depends on the
/// names and patterns of the same schema object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PropertyLayer {
    pub(crate) properties: Named,
    pub(crate) patterns: Named,
    pub(crate) additional: Option<Id>,
}

impl Default for Alternative {
    /// Returns the alternative that accepts everything.
    fn default() -> Self {
        Self {
            types: Types::ALL,
            values: None,
            numbers: Rc::default(),
            strings: Rc::default(),
            arrays: Rc::default(),
            objects: Rc::default(),
            not: Rc::default(),
            unions: Rc::default(),
            exclusive: Rc::default(),
            conditions: Rc::default(),
            holds: Rc::default(),
            is_wider: false,
            opened: Truth::No,
        }
    }
}

impl Alternative {
    /// Returns an alternative that accepts the values that both alternatives accept.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.types = both.types.and(other.types);
        both.values = match (both.values.take(), &other.values) {
            (Some(own), Some(theirs)) if own == *theirs => Some(own),
            (Some(own), Some(theirs)) => Some(own.only(|value| theirs.contains(value))),
            (own, theirs) => own.or_else(|| theirs.clone()),
        };
        join(&mut both.numbers, &other.numbers, |own, theirs| *own = own.and(theirs));
        join(&mut both.strings, &other.strings, |own, theirs| {
            own.min = own.min.max(theirs.min);
            own.max = smaller(own.max, theirs.max);
            add_new(&mut own.patterns, &theirs.patterns);
            add_new(&mut own.formats, &theirs.formats);
        });
        join(&mut both.arrays, &other.arrays, |own, theirs| {
            own.min = own.min.max(theirs.min);
            own.max = smaller(own.max, theirs.max);
            own.unique |= theirs.unique;
            add_new(&mut own.layers, &theirs.layers);
            add_new(&mut own.contains, &theirs.contains);
        });
        join(&mut both.objects, &other.objects, |own, theirs| {
            own.min = own.min.max(theirs.min);
            own.max = smaller(own.max, theirs.max);
            own.required.extend(theirs.required.iter().cloned());
            add_new(&mut own.layers, &theirs.layers);
            add_new(&mut own.names, &theirs.names);
            add_new(&mut own.dependent_required, &theirs.dependent_required);
            add_new(&mut own.dependent_schemas, &theirs.dependent_schemas);
        });
        join(&mut both.not, &other.not, |own, theirs| add_new(own, theirs));
        join(&mut both.unions, &other.unions, |own, theirs| add_new(own, theirs));
        join(&mut both.exclusive, &other.exclusive, |own, theirs| add_new(own, theirs));
        join(&mut both.conditions, &other.conditions, |own, theirs| add_new(own, theirs));
        join(&mut both.holds, &other.holds, |own, theirs| add_classes(own, theirs));
        both.is_wider |= other.is_wider;
        both.opened = both.opened.or(other.opened);
        both
    }

    /// Returns the approximate size in bytes of this alternative. The size excludes the parts that this alternative
    /// shares with the two alternatives from which it was made.
    fn bytes_beside(&self, one: &Self, other: &Self) -> usize {
        let mut bytes = size_of::<Self>();
        if !Rc::ptr_eq(&self.holds, &one.holds) && !Rc::ptr_eq(&self.holds, &other.holds) {
            bytes += self.holds.len() * size_of::<Class>();
        }
        if !Rc::ptr_eq(&self.not, &one.not) && !Rc::ptr_eq(&self.not, &other.not) {
            bytes += self.not.len() * size_of::<Id>();
        }
        if !Rc::ptr_eq(&self.objects, &one.objects) && !Rc::ptr_eq(&self.objects, &other.objects) {
            let objects = &self.objects;
            let names = objects.required.len() + objects.dependent_required.len();
            bytes += size_of::<AlternativeObjects>()
                + names * 48
                + objects.layers.len() * size_of::<PropertyLayer>();
        }
        bytes
    }

    /// Returns whether this alternative was made from a node of this class. If it was, the class accepts all values of the
    /// alternative.
    pub(crate) fn is_held_by(&self, class: Class) -> bool {
        self.holds.binary_search(&class).is_ok()
    }

    /// Returns this alternative with the values of one type only.
    pub(crate) fn only(&self, one: Types) -> Self {
        if self.types == one {
            return self.clone();
        }
        let mut only = self.clone();
        only.types = only.types.and(one);
        only.values = only.values.map(|values| values.only(|value| one.has(Types::of(value))));
        only
    }

    /// Returns this alternative without the values of one type.
    pub(crate) fn without(&self, one: Types) -> Self {
        let mut rest = self.clone();
        rest.types = rest.types.minus(one);
        rest.values = rest.values.map(|values| values.only(|value| !one.has(Types::of(value))));
        rest
    }

    /// Returns this alternative without the values that a schema accepts.
    pub(crate) fn and_not(&self, schema: Id) -> Self {
        let mut rest = self.clone();
        Rc::make_mut(&mut rest.not).push(schema);
        rest
    }

    /// Returns this alternative with these values only.
    pub(crate) fn with_values(&self, values: Vec<Value>) -> Self {
        Self { values: Some(Listed::of(values)), ..self.clone() }
    }

    /// Returns the smallest number of properties of an object.
    pub(crate) fn min_properties(&self) -> u64 {
        self.objects.min.max(self.objects.required.len() as u64)
    }
}

fn smaller(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Adds classes to a sorted list.
pub(crate) fn add_classes(list: &mut Vec<Class>, more: &[Class]) {
    if let [one] = more {
        if let Err(at) = list.binary_search(one) {
            list.insert(at, *one);
        }
        return;
    }
    list.extend_from_slice(more);
    list.sort_unstable();
    list.dedup();
}

fn add_new<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}

/// Joins two parts of alternatives. If one part has no assertion, or if both parts are the same, the function makes no
/// copy.
fn join<T: Clone + Default + PartialEq>(own: &mut Rc<T>, theirs: &Rc<T>, both: impl FnOnce(&mut T, &T)) {
    if Rc::ptr_eq(own, theirs) || **theirs == T::default() {
        return;
    }
    if **own == T::default() {
        *own = Rc::clone(theirs);
        return;
    }
    both(Rc::make_mut(own), theirs);
}

impl PropertyLayer {
    /// Returns the property schemas of one schema object.
    pub(crate) fn of(objects: &Objects) -> Self {
        Self {
            properties: objects.properties.clone(),
            patterns: objects.patterns.clone(),
            additional: objects.additional,
        }
    }

    /// Returns the schema of a declared name.
    pub(crate) fn declared(&self, name: &str) -> Option<Id> {
        self.properties.of(name)
    }
}

/// Returns every property name that an alternative or a layer of a reader mentions, in order.
pub(crate) fn explicit_names(alternative: &Alternative, reader: Option<&PropertyLayer>) -> Vec<Name> {
    let layers = alternative.objects.layers.iter().chain(reader);
    let mut names: Vec<Name> =
        layers.flat_map(|layer| layer.properties.iter().map(|(name, _)| Rc::clone(name))).collect();
    names.extend(alternative.objects.required.iter().cloned());
    names.sort();
    names.dedup();
    names
}
