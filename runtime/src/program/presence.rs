//! What an object's applicators say of which members are there, and of nothing else.
//!
//! `oneOf` over `required` is how schemas say "one of these members". What is there is known when
//! the object has been read, so that no alternative needs to look at its text again.

use super::{Additional, Child, Member, More, Node, Object, Streamed, index};
use crate::check::Bits;
use crate::kinds::Kinds;
use crate::reject::Why;

/// A demand on which of the named members of an object are there.
#[derive(Debug)]
pub(crate) enum Presence {
    /// All of these are.
    Has(Bits),
    Not(Box<Self>),
    All(Box<[Self]>),
    Any(Box<[Self]>),
    One(Box<[Self]>),
    /// Where the first holds the second does, elsewhere the third.
    If(Box<[Self; 3]>),
}

impl Presence {
    /// Tells whether it holds, given which sets of members are there whole.
    pub(crate) fn holds(&self, has: &impl Fn(&Bits) -> bool) -> bool {
        match self {
            Self::Has(members) => has(members),
            Self::Not(part) => !part.holds(has),
            Self::All(parts) => parts.iter().all(|part| part.holds(has)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(has)),
            Self::One(parts) => parts.iter().filter(|part| part.holds(has)).count() == 1,
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.holds(has) { then.holds(has) } else { otherwise.holds(has) }
            }
        }
    }

    /// Tells whether it holds of what is no object, of which `required` says nothing.
    fn holds_of_others(&self) -> bool {
        self.holds(&|_| true)
    }
}

/// Moves from a node's applicators to its object what looks only at which members are there.
pub(super) fn settle(nodes: &mut [Node]) {
    let found: Vec<_> =
        nodes.iter().map(|node| Finder { nodes, left: PARTS_MAX }.applicators(node)).collect();
    for (node, found) in nodes.iter_mut().zip(found) {
        for (applicator, presence, why) in found {
            if let (Some(object), Some(more)) = (&mut node.object, &mut node.more) {
                object.presence.push((presence, why));
                match applicator {
                    Applicator::Any => more.any = Box::default(),
                    Applicator::One => more.one = Box::default(),
                    Applicator::Not => more.not = None,
                    Applicator::If => more.condition = None,
                }
            }
        }
        if node.more.as_ref().is_some_and(|more| more.says_nothing()) {
            node.more = None;
            if node.streamed == Streamed::Own {
                node.streamed = Streamed::All;
            }
        }
    }
}

/// Most parts that are looked at for one node, among them those met again by references.
const PARTS_MAX: usize = 500;

enum Applicator {
    Any,
    One,
    Not,
    If,
}

/// Looks for what the applicators of one node say of its members.
struct Finder<'n> {
    nodes: &'n [Node],
    left: usize,
}

impl Finder<'_> {
    fn applicators(&mut self, node: &Node) -> Vec<(Applicator, Presence, Why)> {
        let (Some(object), Some(more)) = (&node.object, &node.more) else { return Vec::new() };
        if !more.variants.is_empty() {
            return Vec::new();
        }
        let members = &object.members;
        let found = [
            (Applicator::Any, self.parts(members, &more.any).map(Presence::Any), Why::AnyOf),
            (Applicator::One, self.parts(members, &more.one).map(Presence::One), Why::OneOf),
            (Applicator::Not, self.negation(members, more), Why::Not),
            (Applicator::If, self.condition(members, more), Why::Required),
        ];
        found
            .into_iter()
            .filter_map(|(applicator, presence, why)| Some((applicator, presence?, why)))
            .filter(|(_, presence, _)| node.kinds == Kinds::OBJECT || presence.holds_of_others())
            .collect()
    }

    /// Returns what several parts say; `None` where there are none, or one looks at more.
    fn parts(&mut self, members: &[Member], children: &[Child]) -> Option<Box<[Presence]>> {
        if children.is_empty() {
            return None;
        }
        children.iter().map(|child| self.part(members, *child)).collect()
    }

    fn negation(&mut self, members: &[Member], more: &More) -> Option<Presence> {
        Some(Presence::Not(Box::new(self.part(members, more.not?)?)))
    }

    fn condition(&mut self, members: &[Member], more: &More) -> Option<Presence> {
        let (condition, then, otherwise) = more.condition?;
        let mut branch = |child: Option<Child>| match child {
            Some(child) => self.part(members, child),
            None => Some(Presence::Has(Bits::default())),
        };
        Some(Presence::If(Box::new([branch(Some(condition))?, branch(then)?, branch(otherwise)?])))
    }

    /// Returns what a part says of these members; `None` where it looks at more than that.
    fn part(&mut self, members: &[Member], child: Child) -> Option<Presence> {
        self.left = self.left.checked_sub(1)?;
        let Child { link: None, id } = child else { return None };
        let node = self.nodes.get(index(id))?;
        if !node.asks_only_for_members() {
            return None;
        }
        let mut all = Vec::new();
        if let Some(object) = &node.object {
            let asked = object.members.iter().enumerate().filter(|(at, _)| object.required.has(*at));
            let position = |member: &Member| members.iter().position(|m| m.name.text() == member.name.text());
            let asked: Option<Bits> = asked.map(|(_, member)| position(member)).collect();
            all.push(Presence::Has(asked?));
        }
        if let Some(more) = &node.more {
            for part in &more.all {
                all.push(self.part(members, *part)?);
            }
            if !more.any.is_empty() {
                all.push(Presence::Any(self.parts(members, &more.any)?));
            }
            if !more.one.is_empty() {
                all.push(Presence::One(self.parts(members, &more.one)?));
            }
            if more.not.is_some() {
                all.push(self.negation(members, more)?);
            }
            if more.condition.is_some() {
                all.push(self.condition(members, more)?);
            }
        }
        Some(Presence::All(all.into()))
    }
}

impl Node {
    /// Tells whether its own keywords look at nothing but which members an object has.
    fn asks_only_for_members(&self) -> bool {
        self.kinds == Kinds::ALL
            && self.text.is_none()
            && self.number.is_none()
            && self.array.is_none()
            && self.literals.is_none()
            && self.unless_null.is_none()
            && self.object.as_ref().is_none_or(|object| object.only_requires())
            && self.more.as_ref().is_none_or(|more| more.looks_from_nowhere_else())
    }
}

impl Object {
    fn only_requires(&self) -> bool {
        self.members.iter().all(|member| !member.declared)
            && self.patterns.is_empty()
            && matches!(self.additional, Additional::Anything)
            && self.names.is_none()
            && self.min == 0
            && self.max.is_none()
            && self.dependent_required.is_empty()
            && self.dependent_schemas.is_empty()
            && self.presence.is_empty()
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
