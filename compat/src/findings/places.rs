//! Finds the places of nodes in the documents.

use std::collections::HashMap;
use std::fmt;

use evschema_model::graph::{NodeId, SchemaGraph};
use evschema_model::{Coordinates, Pointer, Resolved, Schema};
use serde_json::Value;

use super::event_path::{EventPlace, places_of};
use super::identity::{Use, Uses};
use super::sides::Sides;
use crate::assertion::Assertion;
use crate::lowered_pair::Graphs;
use crate::obligation::Obligation;
use crate::report::Direction;
use crate::tree::{Id, Origin, Side, Tree};
use crate::witness::Witness;

/// A place of a finding.
#[derive(Debug, Clone, Default)]
pub(super) struct SourceLocation {
    /// The place in the compared document. If the place is in another document, the reference that leads to that
    /// document.
    pub(super) pointer: Pointer,
    /// The place that messages and fingerprints name. It is a place in the document that contains the schema. If the
    /// baseline has a schema inline where the candidate refers to a shared schema, it is the place of the inline
    /// schema.
    pub(super) local: Pointer,
    /// The other document, if the place is in one.
    pub(super) within: Option<Within>,
    /// Whether the reference to a shared schema has changed, and not the shared schema itself.
    pub(super) is_use: bool,
    /// The references that lead to the other document.
    uses: Vec<Pointer>,
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

impl SourceLocation {
    /// If several references lead to the place, selects the one that the event uses.
    pub(super) fn used_in(&mut self, event_place: &Pointer) {
        let steps: Vec<String> = event_place.tokens().collect();
        let leads = |reference: &&Pointer| {
            let tokens: Vec<String> = reference.tokens().collect();
            let names = tokens.windows(2).filter(|pair| pair[0] == "properties").map(|pair| &pair[1]);
            names.into_iter().all(|name| steps.contains(name))
        };
        if let Some(used) = self.uses.iter().find(leads) {
            self.pointer = used.clone();
        }
    }

    /// Returns the place of the property that an assertion is about, if this schema declares the property. Otherwise
    /// returns the place itself.
    pub(super) fn named(&self, assertion: &Assertion, document: &Value) -> Pointer {
        let declared = assertion.name().map(|name| self.pointer.child("properties").child(name));
        match declared.filter(|place| self.within.is_none() && place.find(document).is_some()) {
            Some(declared) => declared,
            None => self.pointer.clone(),
        }
    }
}

/// The places of both versions.
pub(super) struct Places<'a, 'g> {
    candidate: Index<'a, 'g>,
    baseline: Index<'a, 'g>,
}

impl<'a, 'g> Places<'a, 'g> {
    pub(super) fn of(sides: &Sides<'a>, graphs: Option<&'g Graphs<'a>>) -> Self {
        let writer = (graphs.map(|graphs| &graphs.writer), Side::Writer);
        let reader = (graphs.map(|graphs| &graphs.reader), Side::Reader);
        let (candidate, baseline) = match sides.direction {
            Direction::Backward => (reader, writer),
            Direction::Forward => (writer, reader),
        };
        Self {
            candidate: Index::of(sides.candidate, candidate.0, candidate.1),
            baseline: Index::of(sides.baseline, baseline.0, baseline.1),
        }
    }

    /// Returns the reader's schemas for the properties and items on the way to an obligation.
    pub(super) fn uses(&self, obligation: &Obligation, direction: Direction) -> Uses {
        let reader = match direction {
            Direction::Backward => &self.candidate,
            Direction::Forward => &self.baseline,
        };
        Uses(obligation.path.iter().rev().filter_map(|step| reader.use_at(step.member)).collect())
    }

    /// Returns the place in an event where the reader rejects a witness, or where the comparison is undecided.
    pub(super) fn in_event(
        &self,
        tree: &Tree,
        obligation: &Obligation,
        direction: Direction,
        witness: Option<&Witness>,
    ) -> EventPlace {
        let (writes, reads) = match direction {
            Direction::Backward => (&self.baseline, &self.candidate),
            Direction::Forward => (&self.candidate, &self.baseline),
        };
        let objection = witness.and_then(|witness| Some((&witness.value, witness.objection.as_ref()?)));
        let event = witness.map(|witness| &witness.value);
        let mut known = places_of(reads, tree.origin(obligation.reader), event);
        // If the reader uses a shared definition at several places, the writer's place selects one of them.
        let written = places_of(writes, tree.origin(obligation.writer), event);
        let is_written = |place: &EventPlace| written.iter().any(|other| other.pointer == place.pointer);
        let is_known = known.iter().any(is_written);
        if is_known {
            known.retain(is_written);
        }
        let Some((event, objection)) = objection else {
            return known.into_iter().next().unwrap_or_default();
        };
        // A union rejects the whole value, so the rejected value may contain the place of the finding. An object or an
        // array often rejects a part of its value, so the rejected value may be inside the place. The finding of a
        // condition is about the rejected part.
        if obligation.assertion == Assertion::Condition {
            return EventPlace::of(&objection.place, event);
        }
        let best = known
            .iter()
            .position(|place| place.pointer == objection.place)
            .or_else(|| known.iter().position(|place| is_below(&place.pointer, &objection.place)))
            .or_else(|| known.iter().rposition(|place| is_below(&objection.place, &place.pointer)));
        match best.or(is_known.then_some(0)) {
            Some(best) => known.swap_remove(best),
            None => EventPlace::of(&objection.place, event),
        }
    }

    /// Returns the place in the candidate and in the baseline.
    pub(super) fn locations(
        &self,
        tree: &Tree,
        obligation: &Obligation,
        direction: Direction,
    ) -> (Option<SourceLocation>, Option<SourceLocation>) {
        let (candidate, baseline) = match direction {
            Direction::Backward => (obligation.reader, obligation.writer),
            Direction::Forward => (obligation.writer, obligation.reader),
        };
        let baseline = self.baseline.location(tree, baseline);
        let candidate = self.candidate.location(tree, candidate).map(|location| {
            let written_out = baseline.as_ref().filter(|b| b.within.is_none() && b.local != location.local);
            match written_out.and_then(|b| Some((&b.local, self.candidate.use_site(&b.local)?))) {
                Some((local, pointer)) => SourceLocation {
                    pointer,
                    local: local.clone(),
                    within: None,
                    is_use: true,
                    uses: Vec::new(),
                },
                None => location,
            }
        });
        (candidate, baseline)
    }
}

/// The places of one version: those in its own document, and those in the documents to which it refers.
pub(super) struct Index<'a, 'g> {
    side: Side,
    /// Missing if the comparison has read no graph.
    pub(super) graph: Option<&'g SchemaGraph<'a>>,
    own: Document<'a>,
    others: Vec<Document<'a>>,
}

/// A document, with its references to other documents and the references that lead to it.
struct Document<'a> {
    schema: &'a Schema,
    /// The target of each reference to another document. A target is a document and a place in that document.
    leads: HashMap<Pointer, (&'a Coordinates, Pointer)>,
    /// The references in the version's own document that lead to this document, directly or through other documents.
    uses: Vec<Pointer>,
}

impl<'a> Document<'a> {
    fn of(schema: &'a Schema, by_uri: &HashMap<&str, &'a Schema>, uses: Vec<Pointer>) -> Self {
        let leads = schema.foreign_references().filter_map(|reference| {
            let to = by_uri.get(reference.uri.as_str())?;
            let fragment = reference.written.split_once('#').map_or("", |(_, fragment)| fragment);
            let place = Pointer::from_text(fragment);
            place.find(to.value())?;
            Some((reference.pointer.clone(), (to.at(), place)))
        });
        Self { schema, leads: leads.collect(), uses }
    }
}

impl<'a, 'g> Index<'a, 'g> {
    fn of(resolved: &'a Resolved, graph: Option<&'g SchemaGraph<'a>>, side: Side) -> Self {
        let root = resolved.schema();
        let by_uri: HashMap<&str, &'a Schema> =
            resolved.resources().map(|(uri, schema)| (uri, schema.as_ref())).collect();
        let mut others: Vec<Document<'a>> = Vec::new();
        let mut open: Vec<(&'a Schema, Option<Pointer>)> = vec![(root, None)];
        while let Some((from, by)) = open.pop() {
            for reference in from.foreign_references() {
                let Some(schema) = by_uri.get(reference.uri.as_str()).copied() else { continue };
                let by = by.clone().unwrap_or_else(|| reference.pointer.clone());
                if schema.at() == root.at() {
                    continue;
                }
                if let Some(known) = others.iter_mut().find(|known| known.schema.at() == schema.at()) {
                    known.uses.push(by);
                    continue;
                }
                others.push(Document::of(schema, &by_uri, vec![by.clone()]));
                open.push((schema, Some(by)));
            }
        }
        Self { side, graph, own: Document::of(root, &by_uri, Vec::new()), others }
    }

    fn location(&self, tree: &Tree, id: Id) -> Option<SourceLocation> {
        let (document, place) = self.place(tree.origin(id))?;
        let (document, local) = self.follow(document, place);
        if document.schema.at() == self.own.schema.at() {
            return Some(SourceLocation { pointer: local.clone(), local, ..SourceLocation::default() });
        }
        Some(SourceLocation {
            pointer: document.uses.first().cloned().unwrap_or_default(),
            within: Some(Within { at: document.schema.at().clone(), local: local.clone() }),
            local,
            is_use: false,
            uses: document.uses.clone(),
        })
    }

    /// Returns the subschema of an origin, if this version has the subschema.
    pub(super) fn subschema(&self, origin: Origin) -> Option<NodeId> {
        origin.on(self.side)
    }

    /// Returns the document and the place of a subschema.
    fn place(&self, origin: Origin) -> Option<(&Document<'a>, Pointer)> {
        let location = self.graph?.location(origin.on(self.side)?)?;
        let mut documents = std::iter::once(&self.own).chain(&self.others);
        let document = documents.find(|document| document.schema.at() == location.schema.at())?;
        Some((document, location.pointer))
    }

    fn use_at(&self, origin: Origin) -> Option<Use> {
        let (document, pointer) = self.place(origin)?;
        let at = document.schema.at();
        let subject = (at != self.own.schema.at()).then(|| at.subject.clone());
        Some(Use { subject, pointer })
    }

    /// If a place only refers to another place, follows the reference, and continues at the target.
    fn follow<'i>(&'i self, from: &'i Document<'a>, place: Pointer) -> (&'i Document<'a>, Pointer) {
        const CHAIN_MAX: usize = 16;
        let (mut document, mut place) = (from, place);
        for _ in 0..CHAIN_MAX {
            let value = document.schema.value();
            let Some(reference) = place.find(value).and_then(|schema| schema.get("$ref")?.as_str()) else {
                break;
            };
            if let Some((to, next)) = document.leads.get(&place.child("$ref")) {
                let Some(other) = self.others.iter().find(|other| other.schema.at() == *to) else { break };
                (document, place) = (other, next.clone());
                continue;
            }
            let next = reference.strip_prefix('#').map(Pointer::from_text);
            let Some(next) = next.filter(|next| next.find(value).is_some()) else { break };
            place = next;
        }
        (document, place)
    }
}

impl Index<'_, '_> {
    /// If the other version has an inline schema where this version has a `$ref`, returns the place of this `$ref`.
    /// `written_out` is the place of the inline schema.
    fn use_site(&self, written_out: &Pointer) -> Option<Pointer> {
        let mut value = self.own.schema.value();
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

fn is_below(place: &Pointer, above: &Pointer) -> bool {
    place.as_str().strip_prefix(above.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
