//! Finds the reasons why a client of an old version does not compile.

use std::fmt;

use evschema_tests::{Shown, Surface};

/// A kind of difference between two surfaces. The most important kinds are first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// A field or a variant stands for another name in JSON. The generator causes this difference.
    AnotherMeaning,
    /// A type has another name, or is missing for no visible reason. The generator causes this difference. The schema
    /// causes all other differences.
    Renamed,
    /// The schema lost a member.
    MemberRemoved,
    /// The schema lost a string of an enum, or an alternative.
    VariantRemoved,
    /// A member that was always present can now be absent or `null`.
    MayBeAbsent,
    /// A member that could be absent is now always present.
    AlwaysThere,
    /// The values of a member have another type.
    TypeChanged,
    /// `new` has other arguments.
    Constructor,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnotherMeaning => "a name has another meaning",
            Self::Renamed => "a type has another name",
            Self::MemberRemoved => "a member is gone",
            Self::VariantRemoved => "an alternative is gone",
            Self::MayBeAbsent => "a member may now be absent or null",
            Self::AlwaysThere => "a member is now always there",
            Self::TypeChanged => "a member is of another type",
            Self::Constructor => "a constructor takes something else",
        })
    }
}

/// Returns all differences for a client of the old surface.
pub(super) fn reasons(old: &Surface, new: &Surface) -> Vec<(Reason, String)> {
    let mut found = Vec::new();
    for (name, before) in old {
        match new.get(name) {
            Some(after) => compare(name, before, after, &mut found),
            None if !is_explained(name, old, new) => found.push((Reason::Renamed, name.clone())),
            None => {}
        }
    }
    found.sort();
    found
}

fn compare(name: &str, before: &Shown, after: &Shown, found: &mut Vec<(Reason, String)>) {
    for (field, old) in &before.fields {
        let at = format!("{name}.{field}");
        match after.fields.get(field) {
            None => found.push((Reason::MemberRemoved, at)),
            Some(new) if new != old => found.push((change(old, new), format!("{at}: {old} -> {new}"))),
            Some(_) => {}
        }
    }
    for (variant, old) in &before.variants {
        let at = format!("{name}::{variant}");
        match after.variants.get(variant) {
            None => found.push((Reason::VariantRemoved, at)),
            Some(new) if new != old => found.push((Reason::TypeChanged, at)),
            Some(_) => {}
        }
    }
    for (rust, old) in &before.json {
        if let Some(new) = after.json.get(rust).filter(|new| *new != old) {
            found.push((Reason::AnotherMeaning, format!("{name}.{rust}: {old} -> {new}")));
        }
    }
    if before.inner != after.inner {
        found.push((Reason::TypeChanged, name.to_owned()));
    }
    if before.new != after.new {
        found.push((Reason::Constructor, format!("{name}::new")));
    }
}

fn change(old: &str, new: &str) -> Reason {
    let inner = |text: &str, around: &str| {
        text.strip_prefix(around).and_then(|text| text.strip_suffix('>')).map(str::to_owned)
    };
    let present = |text: &str| inner(text, "Option<").or_else(|| inner(text, "rt::Maybe<"));
    match (present(old), present(new)) {
        (None, Some(value)) if value == old => Reason::MayBeAbsent,
        (Some(before), Some(after)) if before == after => Reason::MayBeAbsent,
        (Some(value), None) if value == new => Reason::AlwaysThere,
        _ => Reason::TypeChanged,
    }
}

/// Returns whether the schema explains why a type is gone: each member with this type is missing, or has a different
/// kind of type.
fn is_explained(gone: &str, old: &Surface, new: &Surface) -> bool {
    let mut led_to = 0;
    for (name, before) in old {
        let Some(after) = new.get(name) else {
            // The enclosing type is missing too. Another call of this function examines the enclosing type.
            led_to += usize::from(leads(before).any(|of| mentions(of, gone)));
            continue;
        };
        let fields = before.fields.iter().map(|(field, of)| (of, after.fields.get(field)));
        let variants = before.variants.iter().filter_map(|(variant, of)| {
            Some((of.as_ref()?, after.variants.get(variant).and_then(Option::as_ref)))
        });
        for (was, is) in fields.chain(variants).filter(|(was, _)| mentions(was, gone)) {
            led_to += 1;
            // If the same place has a named type again, the generator renamed the type.
            if is.is_some_and(|is| template(is) == template(was)) {
                return false;
            }
        }
    }
    0 < led_to
}

fn leads(shown: &Shown) -> impl Iterator<Item = &String> {
    shown.fields.values().chain(shown.variants.values().flatten()).chain(&shown.inner)
}

fn words(of: &str) -> impl Iterator<Item = &str> {
    of.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn mentions(of: &str, name: &str) -> bool {
    words(of).any(|word| word == name)
}

/// Returns the words of a type, with `_` for the names of generated types.
fn template(of: &str) -> Vec<&str> {
    const KNOWN: [&str; 14] = [
        "Option", "Vec", "Box", "String", "bool", "i64", "rt", "Map", "Maybe", "Json", "Number", "Integer",
        "super", "tuple",
    ];
    words(of).map(|word| if KNOWN.contains(&word) { word } else { "_" }).collect()
}
