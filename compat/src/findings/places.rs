//! Where in the documents each node was written.

use std::collections::HashMap;
use std::fmt;

use evschema_model::{Coordinates, Pointer, Resolved};
use serde_json::Value;

use super::Sides;
use crate::prove::{Assertion, Obligation};
use crate::report::Direction;
use crate::tree::{Id, Origin, Tree};

/// A place, seen from the document that is compared.
#[derive(Debug, Clone, Default)]
pub(super) struct Spot {
    /// The place in the document itself; for one in another document, the reference that leads there.
    pub(super) pointer: Pointer,
    /// What names the place in words and in fingerprints: where it was written, in that document, or
    /// where it would stand if it were written out where it is used.
    pub(super) local: Pointer,
    /// That document, when it is another.
    pub(super) within: Option<Within>,
    /// Whether what changed is the reference to a shared place, not the place.
    pub(super) is_use: bool,
}

/// A place in another document.
#[derive(Debug, Clone)]
pub(super) struct Within {
    pub(super) at: Coordinates,
    local: Pointer,
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.at, self.local)
    }
}

impl Spot {
    /// Returns the place of the property that an assertion is about, where it is declared there, or
    /// else the place itself.
    pub(super) fn named(&self, assertion: &Assertion, document: &Value) -> Pointer {
        let declared = assertion.name().map(|name| self.pointer.child("properties").child(name));
        match declared.filter(|place| self.within.is_none() && place.find(document).is_some()) {
            Some(declared) => declared,
            None => self.pointer.clone(),
        }
    }
}

/// The places of both versions.
pub(super) struct Places<'a> {
    candidate: Index<'a>,
    baseline: Index<'a>,
}

impl<'a> Places<'a> {
    pub(super) fn of(sides: &Sides<'a>) -> Self {
        Self { candidate: Index::of(sides.candidate), baseline: Index::of(sides.baseline) }
    }

    /// Returns the place in the candidate and in the baseline.
    pub(super) fn spots(
        &self,
        tree: &Tree,
        obligation: &Obligation,
        direction: Direction,
    ) -> (Option<Spot>, Option<Spot>) {
        let (candidate, baseline) = match direction {
            Direction::Backward => (obligation.reader, obligation.writer),
            Direction::Forward => (obligation.writer, obligation.reader),
        };
        let baseline = self.baseline.spot(tree, baseline);
        let candidate = self.candidate.spot(tree, candidate).map(|spot| {
            let written_out = baseline.as_ref().filter(|b| b.within.is_none() && b.local != spot.local);
            match written_out.and_then(|b| Some((&b.local, self.candidate.use_site(&b.local)?))) {
                Some((local, pointer)) => Spot { pointer, local: local.clone(), within: None, is_use: true },
                None => spot,
            }
        });
        (candidate, baseline)
    }
}

/// The places of one version: of its own document, and of those it refers to.
struct Index<'a> {
    own: &'a Value,
    places: HashMap<usize, Pointer>,
    others: Vec<Other<'a>>,
}

/// A document that is referred to.
struct Other<'a> {
    at: &'a Coordinates,
    value: &'a Value,
    /// The reference in the version's own document that leads here, perhaps through others.
    reference: Pointer,
    places: HashMap<usize, Pointer>,
}

impl<'a> Index<'a> {
    fn of(resolved: &'a Resolved) -> Self {
        let own = resolved.schema();
        let mut places = HashMap::new();
        walk(own.value(), &mut Pointer::root(), &mut places);
        let by_uri: HashMap<&str, _> = resolved.resources().collect();
        let mut others: Vec<Other<'a>> = Vec::new();
        let mut open = vec![(own, None::<Pointer>)];
        while let Some((from, by)) = open.pop() {
            for reference in from.foreign_references() {
                let Some(schema) = by_uri.get(reference.uri.as_str()) else { continue };
                if schema.at() == own.at() || others.iter().any(|known| known.at == schema.at()) {
                    continue;
                }
                let by = by.clone().unwrap_or_else(|| reference.pointer.clone());
                let mut places = HashMap::new();
                walk(schema.value(), &mut Pointer::root(), &mut places);
                others.push(Other { at: schema.at(), value: schema.value(), reference: by.clone(), places });
                open.push((schema, Some(by)));
            }
        }
        Self { own: own.value(), places, others }
    }

    fn spot(&self, tree: &Tree, id: Id) -> Option<Spot> {
        let Origin(address) = tree.origin(id);
        if let Some(place) = self.places.get(&address) {
            let local = follow(place.clone(), self.own);
            return Some(Spot { pointer: local.clone(), local, ..Spot::default() });
        }
        self.others.iter().find_map(|other| {
            let local = follow(other.places.get(&address)?.clone(), other.value);
            let within = Some(Within { at: other.at.clone(), local: local.clone() });
            Some(Spot { pointer: other.reference.clone(), local, within, is_use: false })
        })
    }
}

impl Index<'_> {
    /// Returns the reference that stands where the other version has a place written out.
    fn use_site(&self, written_out: &Pointer) -> Option<Pointer> {
        let mut value = self.own;
        let mut pointer = Pointer::root();
        for token in written_out.tokens() {
            let below = match value {
                Value::Object(members) => members.get(&token),
                Value::Array(items) => token.parse::<usize>().ok().and_then(|at| items.get(at)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            };
            let Some(below) = below else { break };
            pointer.push(&token);
            value = below;
        }
        value.get("$ref").map(|_| pointer.child("$ref"))
    }
}

/// Goes on to where a place that only refers to another one leads, in the same document.
fn follow(place: Pointer, document: &Value) -> Pointer {
    const CHAIN_MAX: usize = 16;
    let mut place = place;
    for _ in 0..CHAIN_MAX {
        let next = place
            .find(document)
            .and_then(|schema| schema.get("$ref")?.as_str()?.strip_prefix('#'))
            .map(Pointer::from_text)
            .filter(|next| next.find(document).is_some());
        match next {
            Some(next) => place = next,
            None => break,
        }
    }
    place
}

/// Notes where each part of a document stands, by its address.
pub(crate) fn walk(value: &Value, pointer: &mut Pointer, found: &mut HashMap<usize, Pointer>) {
    found.insert(Origin::of(value).0, pointer.clone());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push(name);
                walk(member, pointer, found);
                pointer.pop();
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                pointer.push(at);
                walk(item, pointer, found);
                pointer.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
