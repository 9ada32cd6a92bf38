use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::{Documents, Names, Place};
use serde_json::Value;

use super::integer_range::IntegerRange;
use super::{Conjunction, Expression, Kinds, Shapes};

/// Facts about the values that an expression accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts<'c> {
    /// The kinds of the values.
    pub(crate) kinds: Kinds,
    /// All accepted values, if a schema lists them.
    pub(crate) literals: Option<Vec<&'c Value>>,
    /// Properties that every object has.
    pub(crate) required: BTreeSet<&'c str>,
    /// Properties that a schema names, in document order.
    pub(crate) names: Vec<&'c str>,
    /// All properties that an object may have, if a schema forbids other properties.
    pub(crate) known: Option<BTreeSet<&'c str>>,
    /// Properties whose schema lists the accepted strings, with these strings.
    pub(crate) tags: BTreeMap<&'c str, BTreeSet<&'c str>>,
    /// Whether the type must keep properties that no schema names.
    pub(crate) keeps_rest: bool,
    /// The range of the integers among the values.
    pub(crate) integers: IntegerRange,
    /// The keyword `format`.
    pub(crate) format: Option<&'c str>,
    /// Whether a condition applies that only the validator understands.
    pub(crate) opaque: bool,
}

impl<'c> Facts<'c> {
    /// Returns the facts about any value.
    pub(crate) fn unknown() -> Self {
        Self {
            kinds: Kinds::ALL,
            literals: None,
            required: BTreeSet::new(),
            names: Vec::new(),
            known: None,
            tags: BTreeMap::new(),
            keeps_rest: false,
            integers: IntegerRange::default(),
            format: None,
            opaque: false,
        }
    }

    /// Returns the facts that are true for all values of both expressions.
    pub(crate) fn joined(mut self, other: Self) -> Self {
        self.or(other);
        self
    }

    /// Adds the facts of a condition that applies in addition.
    fn and(&mut self, other: Self) {
        self.kinds = self.kinds.and(other.kinds);
        self.literals = match (self.literals.take(), other.literals) {
            (Some(a), Some(b)) => Some(if b.len() < a.len() { b } else { a }),
            (a, b) => a.or(b),
        };
        self.required.extend(other.required);
        add_names(&mut self.names, other.names);
        self.known = match (self.known.take(), other.known) {
            (Some(a), Some(b)) => Some(a.intersection(&b).copied().collect()),
            (a, b) => a.or(b),
        };
        for (name, texts) in other.tags {
            let all = self.tags.entry(name).or_insert_with(|| texts.clone());
            all.retain(|text| texts.contains(text));
        }
        self.keeps_rest |= other.keeps_rest;
        self.integers = self.integers.and(other.integers);
        self.format = self.format.or(other.format);
        self.opaque |= other.opaque;
    }

    /// Adds the facts of an alternative.
    fn or(&mut self, other: Self) {
        let objects = (self.kinds.meets(Kinds::OBJECT), other.kinds.meets(Kinds::OBJECT));
        let integers = (self.kinds.meets(Kinds::INTEGER), other.kinds.meets(Kinds::INTEGER));
        self.integers = match integers {
            (true, true) => self.integers.or(other.integers),
            (false, true) => other.integers,
            (true | false, false) => self.integers,
        };
        self.format = self.format.filter(|format| other.format == Some(format));
        self.kinds = self.kinds.or(other.kinds);
        self.literals = self.literals.take().zip(other.literals).map(|(a, b)| [a, b].concat());
        add_names(&mut self.names, other.names);
        self.keeps_rest |= other.keeps_rest;
        self.opaque |= other.opaque;
        match objects {
            (true, true) => {
                self.required.retain(|name| other.required.contains(name));
                self.known = self.known.take().zip(other.known).map(|(a, b)| a.union(&b).copied().collect());
                let tags = std::mem::take(&mut self.tags);
                for (name, texts) in tags {
                    if let Some(others) = other.tags.get(name) {
                        self.tags.insert(name, texts.union(others).copied().collect());
                    }
                }
            }
            (false, true) => {
                self.required = other.required;
                self.known = other.known;
                self.tags = other.tags;
            }
            (true | false, false) => {}
        }
    }
}

fn add_names<'c>(names: &mut Vec<&'c str>, more: Vec<&'c str>) {
    let seen: BTreeSet<&str> = names.iter().copied().collect();
    let mut new = BTreeSet::new();
    names.extend(more.into_iter().filter(|name| !seen.contains(name) && new.insert(*name)));
}

impl<'c> Shapes<'_, 'c> {
    /// Returns the facts about an expression.
    pub(crate) fn facts(&mut self, expression: &Expression) -> Facts<'c> {
        match self.facts.get(expression) {
            Some(Some(known)) => return known.clone(),
            // The facts depend on themselves, because the schema is an alternative of itself.
            Some(None) => return Facts::unknown(),
            None => {}
        }
        self.facts.insert(expression.clone(), None);
        let conjunction = self.conjunction(expression);
        let facts = self.facts_of(&conjunction);
        self.facts.insert(expression.clone(), Some(facts.clone()));
        facts
    }

    /// Returns the facts about a conjunction.
    pub(crate) fn facts_of(&mut self, conjunction: &Conjunction) -> Facts<'c> {
        let mut facts = Facts { kinds: conjunction.kinds, opaque: conjunction.opaque, ..Facts::unknown() };
        for place in &conjunction.own {
            facts.and(self.own_facts(*place));
        }
        for group in &conjunction.groups {
            let mut alternatives: Option<Facts<'c>> = None;
            for alternative in &group.alternatives {
                let one = self.facts(alternative);
                match &mut alternatives {
                    _ if one.kinds.and(facts.kinds).is_empty() => {}
                    Some(so_far) => so_far.or(one),
                    None => alternatives = Some(one),
                }
            }
            match alternatives {
                Some(alternatives) => facts.and(alternatives),
                None => facts.kinds = Kinds::NONE,
            }
            // Only one branch of a `oneOf` may accept the value. So the type must keep the properties that make the
            // other branches reject it.
            let closes = |place: &Place| self.counts_members(*place, true);
            let places = self.mentions_of(&group.alternatives);
            facts.keeps_rest |= places.iter().any(|mention| {
                matches!(mention, Expression::Mention(place) if self.in_place(*place).iter().any(closes))
            });
        }
        let observers = self.observers(conjunction);
        let spoken = observers.iter().flat_map(|place| self.spoken_names(*place)).collect();
        add_names(&mut facts.names, spoken);
        facts.keeps_rest |= conjunction.whole
            || observers.iter().any(|place| self.counts_members(*place, true) || self.compares_whole(*place));
        facts
    }

    fn own_facts(&mut self, place: Place) -> Facts<'c> {
        if let Some(known) = self.own_facts.get(&place) {
            return known.clone();
        }
        let facts = self.find_own_facts(place);
        self.own_facts.insert(place, facts.clone());
        facts
    }

    fn find_own_facts(&self, place: Place) -> Facts<'c> {
        let mut facts = Facts { kinds: own_kinds(self.documents, place), ..Facts::unknown() };
        facts.literals = own_literals(self.documents, place);
        if let Some(literals) = &facts.literals {
            let kinds = literals.iter().fold(Kinds::NONE, |kinds, value| kinds.or(Kinds::of(value)));
            facts.kinds = facts.kinds.and(kinds);
        }
        add_names(&mut facts.names, self.spoken_names(place));
        let keywords = self.documents.keywords(place);
        facts.required = keywords.required().into_iter().flat_map(Names::iter).collect();
        let others = keywords.additional_properties();
        if others.is_some_and(|others| self.is_false(others)) && keywords.pattern_properties().is_empty() {
            facts.known = Some(keywords.properties().iter().map(|(name, _)| *name).collect());
        }
        for (name, schema) in keywords.properties() {
            if let Some(texts) = self.texts(*schema) {
                facts.tags.insert(name, texts);
            }
        }
        facts.keeps_rest = self.counts_members(place, false)
            || self.compares_whole(place)
            || (facts.known.is_none()
                && !facts.names.is_empty()
                && (self.keep_unknown || self.names_openness(place)));
        facts.integers = self.own_range(place);
        facts.format = self.documents.annotation(place, "format").and_then(Value::as_str);
        facts
    }

    /// Returns whether a schema says that objects may have further properties, or names some of them by a pattern.
    fn names_openness(&self, place: Place) -> bool {
        let keywords = self.documents.keywords(place);
        let others = keywords.additional_properties();
        !keywords.pattern_properties().is_empty() || others.is_some_and(|others| !self.is_false(others))
    }

    /// Returns whether the schema at a place is `false`.
    pub(super) fn is_false(&self, place: Place) -> bool {
        self.documents.value(place) == &Value::Bool(false)
    }

    /// Returns the strings that a schema lists, if it accepts no other value.
    fn texts(&self, schema: Place) -> Option<BTreeSet<&'c str>> {
        let conjunction = self.conjunction(&Expression::Schema(schema));
        conjunction.own.iter().find_map(|place| {
            own_literals(self.documents, *place)?
                .into_iter()
                .map(Value::as_str)
                .collect::<Option<BTreeSet<_>>>()
        })
    }
}

/// Returns the kinds that the `type` of a schema allows.
pub(crate) fn own_kinds(documents: &Documents<'_>, place: Place) -> Kinds {
    let types = documents.keywords(place).types();
    types.map_or(Kinds::ALL, |names| names.iter().map(Kinds::named).fold(Kinds::NONE, Kinds::or))
}

/// Returns the values that a schema lists in its own keywords.
pub(crate) fn own_literals<'c>(documents: &Documents<'c>, place: Place) -> Option<Vec<&'c Value>> {
    let keywords = documents.keywords(place);
    match keywords.constant() {
        Some(only) => Some(vec![only]),
        None => Some(keywords.values()?.iter().collect()),
    }
}
