use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use super::{Expression, Kinds, Shapes};
use crate::atlas::Place;

/// An expression with every reference and `allOf` followed: places that all hold, and groups of
/// alternatives.
///
/// Two expressions of one key get one type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Conjunction {
    /// Places whose own keywords hold, each once, in the order they were found.
    pub(crate) own: Vec<Place>,
    /// Of each group at least one alternative holds.
    pub(crate) groups: Vec<Group>,
    /// Places that look at members without saying what they are, such as a `not`.
    pub(crate) mentions: Vec<Place>,
    /// Whether no member may be dropped, at any depth.
    pub(crate) whole: bool,
    /// The kinds that are left.
    pub(crate) kinds: Kinds,
    /// Whether something holds that only the validator knows.
    pub(crate) opaque: bool,
}

/// The alternatives of an `anyOf` or `oneOf`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Group {
    pub(crate) alternatives: Vec<Expression>,
}

impl Conjunction {
    /// Tells whether anything at all is accepted.
    pub(crate) fn is_anything(&self) -> bool {
        self.opaque || (self.own.is_empty() && self.groups.is_empty() && self.kinds == Kinds::ALL)
    }

    /// Returns the expression of this without one of its groups.
    pub(crate) fn without_group(&self, left_out: usize) -> Vec<Expression> {
        let mut all: Vec<Expression> = self.own.iter().map(|place| Expression::Own(*place)).collect();
        for (at, group) in self.groups.iter().enumerate() {
            if at != left_out {
                all.push(Expression::Any(group.alternatives.clone()));
            }
        }
        all.extend(self.mentions.iter().map(|place| Expression::Mention(*place)));
        if self.kinds != Kinds::ALL {
            all.push(Expression::Kinds(self.kinds));
        }
        if self.whole {
            all.push(Expression::Whole);
        }
        all
    }

    /// Returns the expression of this with fewer kinds.
    pub(crate) fn only(&self, kinds: Kinds) -> Expression {
        let mut all = self.without_group(usize::MAX);
        all.push(Expression::Kinds(kinds));
        Expression::All(all)
    }

    /// Returns what identifies the type: the same whatever the order of finding.
    pub(crate) fn key(&self) -> Self {
        let mut key = self.clone();
        key.own.sort();
        key.groups.sort();
        key.mentions.sort();
        key
    }

    /// Returns this as if nothing looked at the value from outside.
    pub(crate) fn unwatched(&self) -> Self {
        Self { mentions: Vec::new(), whole: false, opaque: false, ..self.clone() }
    }
}

impl Shapes<'_, '_> {
    /// Follows every reference and `allOf` of an expression.
    pub(crate) fn conjunction(&self, expression: &Expression) -> Conjunction {
        let mut found = Conjunction {
            own: Vec::new(),
            groups: Vec::new(),
            mentions: Vec::new(),
            whole: false,
            kinds: Kinds::ALL,
            opaque: false,
        };
        let mut seen = BTreeSet::new();
        let mut own = BTreeSet::new();
        let mut open = VecDeque::from([expression.clone()]);
        while let Some(next) = open.pop_front() {
            self.steps.set(self.steps.get() + 1);
            match next {
                Expression::Anything => {}
                Expression::Opaque => found.opaque = true,
                Expression::Whole => found.whole = true,
                Expression::Mention(place) => {
                    if !found.mentions.contains(&place) {
                        found.mentions.push(place);
                    }
                }
                Expression::Kinds(kinds) => found.kinds = found.kinds.and(kinds),
                Expression::All(all) => open.extend(all),
                Expression::Any(alternatives) => found.add_group(alternatives),
                Expression::Own(place) => {
                    if self.says_something(place) && own.insert(place) {
                        found.own.push(place);
                    }
                }
                Expression::Schema(place) => {
                    if seen.insert(place) {
                        self.step(place, &mut found, &mut open, &mut own);
                    }
                }
            }
        }
        found
    }

    fn step(
        &self,
        place: Place,
        found: &mut Conjunction,
        open: &mut VecDeque<Expression>,
        own: &mut BTreeSet<Place>,
    ) {
        if self.atlas.value(place) == &Value::Bool(false) {
            found.kinds = Kinds::NONE;
            return;
        }
        if let Some(target) = self.atlas.target(place) {
            open.push_back(target.map_or(Expression::Opaque, Expression::Schema));
            if self.atlas.draft(place).ref_hides_siblings() {
                return;
            }
        }
        if self.says_something(place) && own.insert(place) {
            found.own.push(place);
        }
        let dynamic = ["$dynamicRef", "$recursiveRef"];
        if dynamic.iter().any(|keyword| self.atlas.keyword(place, keyword).is_some()) {
            found.opaque = true;
        }
        open.extend(self.atlas.list(place, "allOf").into_iter().map(Expression::Schema));
        for keyword in ["anyOf", "oneOf"] {
            let alternatives = self.atlas.list(place, keyword);
            match alternatives.as_slice() {
                [] => {}
                [only] => open.push_back(Expression::Schema(*only)),
                _ => found.add_group(alternatives.into_iter().map(Expression::Schema).collect()),
            }
        }
    }
}

impl Conjunction {
    fn add_group(&mut self, alternatives: Vec<Expression>) {
        let group = Group { alternatives };
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
    }
}
