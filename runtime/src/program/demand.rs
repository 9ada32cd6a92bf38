//! What an object's applicators say of its members, as far as it is known once the object has been
//! read.
//!
//! `oneOf` over `required` is how schemas say "one of these members", `if` over one property how
//! they say "where the type is this one". Which members are there, and where the values of a few of
//! them stand, is noted on the way: no alternative needs to look through the object again.

use super::{Additional, Child, Member, More, Node, Object, Streamed, index};
use crate::check::Bits;
use crate::kinds::Kinds;
use crate::reject::{Reject, Why};

/// Most members of one object whose values are noted.
pub(crate) const WATCHED_MAX: usize = 4;

/// Where the values of watched members stand in the text; 0 for those that are not there.
pub(crate) type Watched = [u32; WATCHED_MAX];

/// A demand on the members of an object.
#[derive(Debug)]
pub(crate) enum Demand {
    /// All of these are there.
    Has(Bits),
    /// The watched member satisfies a node, if it is there.
    Member(usize, Child),
    Not(Box<Self>),
    All(Box<[Self]>),
    Any(Box<[Self]>),
    One(Box<[Self]>),
    /// Where the first holds the second does, elsewhere the third.
    If(Box<[Self; 3]>),
}

/// What a demand needs to know of an object.
pub(crate) enum Question<'d> {
    Has(&'d Bits),
    Member(usize, Child),
}

impl Demand {
    /// Tells whether it holds.
    ///
    /// # Errors
    ///
    /// When a question cannot be answered.
    pub(crate) fn holds(
        &self,
        ask: &mut impl FnMut(Question<'_>) -> Result<bool, Reject>,
    ) -> Result<bool, Reject> {
        match self {
            Self::Has(members) => ask(Question::Has(members)),
            Self::Member(watched, node) => ask(Question::Member(*watched, *node)),
            Self::Not(part) => part.holds(ask).map(|holds| !holds),
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(ask)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(ask)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::One(parts) => {
                let mut count = 0;
                for part in parts {
                    count += usize::from(part.holds(ask)?);
                }
                Ok(count == 1)
            }
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.holds(ask)? { then.holds(ask) } else { otherwise.holds(ask) }
            }
        }
    }

    /// Tells whether it holds of what is no object, of which `required` and `properties` say nothing.
    fn holds_of_others(&self) -> bool {
        self.holds(&mut |_| Ok(true)).unwrap_or(false)
    }
}

/// Moves from the applicators of nodes to their objects what the members decide.
pub(super) fn settle(nodes: &mut [Node]) {
    let found: Vec<Settled> = nodes.iter().map(|node| Finder::new(nodes, node).applicators()).collect();
    for (node, settled) in nodes.iter_mut().zip(found) {
        let (Some(object), Some(more)) = (&mut node.object, &mut node.more) else { continue };
        for (applicator, demand, why) in settled.demands {
            object.demands.push((demand, why));
            match applicator {
                Applicator::All(part) => more.all = without(&more.all, part),
                Applicator::Any => more.any = Box::default(),
                Applicator::One => more.one = Box::default(),
                Applicator::Not => more.not = None,
                Applicator::If => more.condition = None,
            }
        }
        object.watched = settled.watched.into();
        if more.says_nothing() {
            node.more = None;
            if node.streamed == Streamed::Own {
                node.streamed = Streamed::All;
            }
        }
    }
}

fn without(parts: &[Child], left_out: Child) -> Box<[Child]> {
    parts.iter().copied().filter(|part| *part != left_out).collect()
}

/// What the members of one object decide.
#[derive(Default)]
struct Settled {
    demands: Vec<(Applicator, Demand, Why)>,
    /// Positions of the members whose values it needs.
    watched: Vec<u16>,
}

/// Most parts that are looked at for one node, among them those met again by references.
const PARTS_MAX: usize = 500;

enum Applicator {
    /// One part of an `allOf`.
    All(Child),
    Any,
    One,
    Not,
    If,
}

/// Looks for what the applicators of one node say of its members.
struct Finder<'n> {
    nodes: &'n [Node],
    node: &'n Node,
    members: &'n [Member],
    watched: Vec<u16>,
    left: usize,
}

impl<'n> Finder<'n> {
    fn new(nodes: &'n [Node], node: &'n Node) -> Self {
        let members = node.object.as_ref().map_or(&[][..], |object| &object.members);
        Self { nodes, node, members, watched: Vec::new(), left: PARTS_MAX }
    }

    fn applicators(mut self) -> Settled {
        let Some(more) = self.node.more.as_ref().filter(|more| more.variants.is_empty()) else {
            return Settled::default();
        };
        if self.node.object.is_none() {
            return Settled::default();
        }
        let mut demands = Vec::new();
        for part in &more.all {
            let demand = self.settled(|finder| finder.part(*part));
            demands.extend(demand.map(|demand| (Applicator::All(*part), demand, Why::Required)));
        }
        let demand = self.settled(|finder| finder.parts(&more.any).map(Demand::Any));
        demands.extend(demand.map(|demand| (Applicator::Any, demand, Why::AnyOf)));
        let demand = self.settled(|finder| finder.parts(&more.one).map(Demand::One));
        demands.extend(demand.map(|demand| (Applicator::One, demand, Why::OneOf)));
        let demand = self.settled(|finder| finder.negation(more));
        demands.extend(demand.map(|demand| (Applicator::Not, demand, Why::Not)));
        let demand = self.settled(|finder| finder.condition(more));
        demands.extend(demand.map(|demand| (Applicator::If, demand, Why::Required)));
        Settled { demands, watched: self.watched }
    }

    /// Returns a demand if it is right for values of every kind; else nothing is watched for it.
    fn settled(&mut self, find: impl FnOnce(&mut Self) -> Option<Demand>) -> Option<Demand> {
        let watched = self.watched.len();
        let demand = find(self);
        let demand = demand.filter(|demand| self.node.kinds == Kinds::OBJECT || demand.holds_of_others());
        if demand.is_none() {
            self.watched.truncate(watched);
        }
        demand
    }

    /// Returns what several parts say; `None` where there are none, or one looks at more.
    fn parts(&mut self, children: &[Child]) -> Option<Box<[Demand]>> {
        if children.is_empty() {
            return None;
        }
        children.iter().map(|child| self.part(*child)).collect()
    }

    fn negation(&mut self, more: &More) -> Option<Demand> {
        Some(Demand::Not(Box::new(self.part(more.not?)?)))
    }

    fn condition(&mut self, more: &More) -> Option<Demand> {
        let (condition, then, otherwise) = more.condition?;
        let mut branch = |child: Option<Child>| match child {
            Some(child) => self.part(child),
            None => Some(Demand::Has(Bits::default())),
        };
        Some(Demand::If(Box::new([branch(Some(condition))?, branch(then)?, branch(otherwise)?])))
    }

    /// Returns what a part says; `None` where it looks at more than members.
    fn part(&mut self, child: Child) -> Option<Demand> {
        self.left = self.left.checked_sub(1)?;
        let Child { link: None, id } = child else { return None };
        let node = self.nodes.get(index(id))?;
        if !node.asks_only_for_members() {
            return None;
        }
        let mut all = Vec::new();
        if let Some(object) = &node.object {
            all.push(Demand::Has(self.asked(object)?));
            for member in object.members.iter().filter(|member| member.declared) {
                all.extend(self.member(member)?);
            }
        }
        if let Some(more) = &node.more {
            for part in &more.all {
                all.push(self.part(*part)?);
            }
            if !more.any.is_empty() {
                all.push(Demand::Any(self.parts(&more.any)?));
            }
            if !more.one.is_empty() {
                all.push(Demand::One(self.parts(&more.one)?));
            }
            if more.not.is_some() {
                all.push(self.negation(more)?);
            }
            if more.condition.is_some() {
                all.push(self.condition(more)?);
            }
        }
        Some(if all.len() == 1 { all.remove(0) } else { Demand::All(all.into()) })
    }

    fn asked(&self, object: &Object) -> Option<Bits> {
        let asked = object.members.iter().enumerate().filter(|(at, _)| object.required.has(*at));
        asked.map(|(_, member)| self.position(member)).collect()
    }

    /// Returns what a part's property says, if it says anything.
    fn member(&mut self, member: &Member) -> Option<Option<Demand>> {
        let position = self.position(member)?;
        // What the object itself declares counts as evaluated, whoever else looks at it.
        if !self.members[position].declared {
            return None;
        }
        let Some(node) = member.node else { return Some(None) };
        let position = u16::try_from(position).ok()?;
        let watched = self.watched.iter().position(|known| *known == position).unwrap_or_else(|| {
            self.watched.push(position);
            self.watched.len() - 1
        });
        (watched < WATCHED_MAX).then_some(Some(Demand::Member(watched, node)))
    }

    fn position(&self, member: &Member) -> Option<usize> {
        self.members.iter().position(|own| own.name.text() == member.name.text())
    }
}

impl Node {
    /// Tells whether its own keywords look at nothing but members that they name.
    fn asks_only_for_members(&self) -> bool {
        self.kinds == Kinds::ALL
            && self.text.is_none()
            && self.number.is_none()
            && self.array.is_none()
            && self.literals.is_none()
            && self.unless_null.is_none()
            && self.object.as_ref().is_none_or(|object| object.only_names_members())
            && self.more.as_ref().is_none_or(|more| more.looks_from_nowhere_else())
    }
}

impl Object {
    fn only_names_members(&self) -> bool {
        self.patterns.is_empty()
            && matches!(self.additional, Additional::Anything)
            && self.names.is_none()
            && self.min == 0
            && self.max.is_none()
            && self.dependent_required.is_empty()
            && self.dependent_schemas.is_empty()
    }
}

impl More {
    /// Tells whether what it says neither depends on how it was reached nor on what was evaluated.
    fn looks_from_nowhere_else(&self) -> bool {
        self.variants.is_empty()
            && self.dynamic.is_none()
            && self.resource.is_none()
            && self.unevaluated_members.is_none()
            && self.unevaluated_items.is_none()
    }

    fn says_nothing(&self) -> bool {
        self.looks_from_nowhere_else()
            && self.all.is_empty()
            && self.any.is_empty()
            && self.one.is_empty()
            && self.not.is_none()
            && self.condition.is_none()
    }
}

impl Object {
    /// Notes where the value of a member stands, if a demand will ask for it.
    #[inline]
    pub(crate) fn watch(&self, values: &mut Watched, member: usize, at: usize) {
        if !self.watched.is_empty() {
            self.note(values, member, at);
        }
    }

    #[inline(never)]
    fn note(&self, values: &mut Watched, member: usize, at: usize) {
        let watched = self.watched.iter().position(|known| usize::from(*known) == member);
        if let Some(value) = watched.and_then(|watched| values.get_mut(watched)) {
            // No event is longer than 32 bits can say.
            *value = u32::try_from(at).unwrap_or(0);
        }
    }
}
