//! Plans enums of strings and of integers.

use std::collections::BTreeSet;

use evschema_model::graph::{DocumentId, Place};
use serde_json::Value;

use super::constraints;
use super::definitions::{Body, IntegerVariant, RustType, TextVariant};
use super::typing::{Hint, Planner, places};
use crate::names::{self, Style, distinct};
use crate::shape::{Conjunction, Expression, Facts, Kinds, own_literals, whole};

/// Maximum number of variants. With a longer list, the type accepts any string or number, and the checker compares the
/// value with the list.
const VARIANTS_MAX: usize = 1_000;

/// A value that is alone in an alternative, with the places that describe it.
struct Described<'c> {
    value: &'c Value,
    places: Vec<Place>,
}

impl<'c> Planner<'_, 'c> {
    /// Returns the type of strings.
    pub(super) fn texts(
        &mut self,
        conjunction: &Conjunction,
        facts: &Facts<'c>,
        hint: &Hint,
        docs: Vec<String>,
    ) -> RustType {
        let Some(literals) = &facts.literals else { return self.format_type(conjunction) };
        let mut seen = BTreeSet::new();
        let texts: Vec<&str> =
            literals.iter().filter_map(|value| value.as_str()).filter(|text| seen.insert(*text)).collect();
        if VARIANTS_MAX < texts.len() {
            return RustType::String;
        }
        let described = self.described(conjunction);
        let mut variants = Vec::new();
        for (text, name) in texts.iter().zip(distinct(Style::Type, &texts)) {
            let of_text = described.iter().find(|one| one.value.as_str() == Some(text));
            let (docs, deprecated) = self.docs_of_value(of_text, &name);
            variants.push(TextVariant { name, docs, deprecated, text: (*text).to_owned() });
        }
        if let [only] = variants.as_mut_slice() {
            self.name_constant(only, hint.home);
        }
        RustType::Named(self.define(hint, docs, Body::Texts(variants)))
    }

    /// Returns the type of integers that a schema lists. Returns `None` if it lists no values, or numbers with a fraction.
    pub(super) fn integers(
        &mut self,
        conjunction: &Conjunction,
        facts: &Facts<'c>,
        hint: &Hint,
        docs: Vec<String>,
    ) -> Option<RustType> {
        let numbers = facts.literals.as_ref()?.iter().filter(|value| value.is_number());
        let mut integers: Vec<i64> = Vec::new();
        for number in numbers {
            match whole(number) {
                Some(integer) if integers.contains(&integer) => {}
                Some(integer) => integers.push(integer),
                // An integer never equals a number with a fraction. Other numbers may be values that need a variant.
                None if facts.kinds.meets(Kinds::FRACTION) || !is_fraction(number) => return None,
                None => {}
            }
            if VARIANTS_MAX < integers.len() {
                return None;
            }
        }
        if integers.is_empty() {
            return None;
        }
        let described = self.described(conjunction);
        let mut variants = Vec::new();
        for integer in integers {
            let sign = if integer < 0 { "Minus" } else { "N" };
            let name = format!("{sign}{}", integer.unsigned_abs());
            let of_integer = described.iter().find(|one| whole(one.value) == Some(integer));
            let (docs, deprecated) = self.docs_of_value(of_integer, &name);
            variants.push(IntegerVariant { name, docs, deprecated, integer });
        }
        Some(RustType::Named(self.define(hint, docs, Body::Integers(variants))))
    }

    /// Returns the values that are alone in an alternative of a conjunction, at any depth.
    fn described(&self, conjunction: &Conjunction) -> Vec<Described<'c>> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<Expression> = Vec::new();
        let add = |open: &mut Vec<Expression>, conjunction: &Conjunction| {
            open.extend(conjunction.groups.iter().flat_map(|group| group.alternatives.iter().rev().cloned()));
        };
        add(&mut open, conjunction);
        while let Some(alternative) = open.pop() {
            if VARIANTS_MAX < seen.len() || !seen.insert(alternative.clone()) {
                continue;
            }
            let inside = self.shapes.conjunction(&alternative);
            let lists = inside.own.iter().filter_map(|place| own_literals(self.documents, *place));
            match lists.min_by_key(Vec::len).as_deref() {
                Some([value]) => {
                    let mut places = places(&alternative);
                    places.extend(&inside.own);
                    found.push(Described { value, places });
                }
                Some(_) => {}
                None => add(&mut open, &inside),
            }
        }
        found
    }

    /// Returns the documentation of a variant, and whether the variant is deprecated.
    fn docs_of_value(&self, described: Option<&Described<'c>>, name: &str) -> (Vec<String>, bool) {
        let places = described.map_or(&[][..], |described| &described.places);
        (
            constraints::docs(self.documents, places, Some(name)),
            constraints::is_deprecated(self.documents, places),
        )
    }

    /// Removes the schema's own version number from the name of a constant, because this number differs in each
    /// version.
    fn name_constant(&self, constant: &mut TextVariant, home: DocumentId) {
        let version = &self.documents.schema(home).at().version;
        let rest = if version.is_spelt_by(&constant.text) {
            String::new()
        } else if constant.text.contains(&version.to_string()) {
            constant.text.replace(&version.to_string(), "")
        } else {
            return;
        };
        constant.name = if rest.is_empty() { "Current".to_owned() } else { names::type_name(&rest) };
    }
}

fn is_fraction(number: &Value) -> bool {
    number.as_f64().is_some_and(|number| number.fract() != 0.0)
}
