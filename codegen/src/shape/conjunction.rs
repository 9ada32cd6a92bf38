use std::collections::{BTreeSet, VecDeque};

use evschema_model::graph::Place;
use serde_json::Value;

use super::{Expression, Kinds, Shapes};

/// An expression without references and `allOf`: a list of schemas that all apply, and groups of alternatives. To build
/// it, the code follows all references and `allOf`s.
///
/// Expressions with the same key get the same type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Conjunction {
    /// The places of the schemas whose own keywords apply. Each place occurs once, in the order in which the search
    /// found it.
    pub(crate) own: Vec<Place>,
    /// Groups of alternatives; at least one alternative of each group applies.
    pub(crate) groups: Vec<Group>,
    /// Places that examine properties but do not describe their types, such as a `not`.
    pub(crate) mentions: Vec<Place>,
    /// Whether the type must keep all properties, at any depth.
    pub(crate) whole: bool,
    /// The kinds that the values may have.
    pub(crate) kinds: Kinds,
    /// Whether a condition applies that only the validator understands.
    pub(crate) opaque: bool,
}

/// The alternatives of an `anyOf` or `oneOf`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Group {
    pub(crate) alternatives: Vec<Expression>,
}

impl Conjunction {
    /// Returns whether the type must be able to hold any value.
    pub(crate) fn is_anything(&self) -> bool {
        self.opaque || (self.own.is_empty() && self.groups.is_empty() && self.kinds == Kinds::ALL)
    }

    /// Returns the parts of this conjunction as expressions, without one of its groups.
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

    /// Returns this conjunction as an expression that accepts only some kinds.
    pub(crate) fn only(&self, kinds: Kinds) -> Expression {
        let mut all = self.without_group(usize::MAX);
        all.push(Expression::Kinds(kinds));
        Expression::All(all)
    }

    /// Returns the key that identifies the type. The key does not depend on the order of the search.
    pub(crate) fn key(&self) -> Self {
        let mut key = self.clone();
        key.own.sort();
        key.groups.sort();
        key.mentions.sort();
        key
    }

    /// Returns this conjunction without the schemas that only examine the value.
    pub(crate) fn unwatched(&self) -> Self {
        Self { mentions: Vec::new(), whole: false, opaque: false, ..self.clone() }
    }
}

impl Shapes<'_, '_> {
    /// Returns the conjunction of an expression, after following all its references and `allOf`s.
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
                    if self.affects_type(place) && own.insert(place) {
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
        if self.documents.value(place) == &Value::Bool(false) {
            found.kinds = Kinds::NONE;
            return;
        }
        if let Some(target) = self.documents.target(place) {
            open.push_back(target.map_or(Expression::Opaque, Expression::Schema));
        }
        if self.affects_type(place) && own.insert(place) {
            found.own.push(place);
        }
        let keywords = self.documents.keywords(place);
        found.opaque |= keywords.has_other_reference();
        open.extend(keywords.all_of().iter().copied().map(Expression::Schema));
        for alternatives in [keywords.any_of(), keywords.one_of()] {
            match alternatives {
                [] => {}
                [only] => open.push_back(Expression::Schema(*only)),
                _ => found.add_group(alternatives.iter().copied().map(Expression::Schema).collect()),
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
