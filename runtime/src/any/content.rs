//! Compares the content of an event with the signs of each version.

use crate::case::Case;
use crate::json::Json;
use crate::kinds::Kinds;
use crate::lexer::Lexer;
use crate::reject::Reject;

/// The content by which events of one version differ from events of other versions.
#[derive(Debug, Clone, Copy)]
pub struct Signs {
    /// The kinds and properties that all events of the version have.
    pub case: Case,
    /// Properties that all events of the version have, each with the JSON texts of its possible values.
    pub constants: &'static [(&'static str, &'static [&'static str])],
}

/// The signs of a version that the properties read so far show.
#[derive(Clone, Copy)]
struct Progress {
    shown: usize,
    is_possible: bool,
}

/// Returns for each version whether the event has all its signs.
///
/// # Errors
///
/// If the bytes are not JSON, or have a duplicate property.
pub(super) fn matching(bytes: &[u8], signs: &[Signs]) -> Result<Vec<bool>, Reject> {
    let mut lexer = Lexer::new(Lexer::decode_utf8(bytes)?);
    let first = lexer.peek();
    let start = lexer.position();
    let kinds = match Kinds::starting(first) {
        Kinds::NUMBERS => lexer.number()?.kind(),
        kinds => kinds,
    };
    lexer.rewind(start);
    if kinds != Kinds::OBJECT {
        lexer.skip()?;
        lexer.end()?;
        return Ok(signs.iter().map(|signs| signs.case.kinds.meets(kinds)).collect());
    }
    let mut progress: Vec<Progress> = signs
        .iter()
        .map(|signs| Progress { shown: 0, is_possible: signs.case.kinds.meets(Kinds::OBJECT) })
        .collect();
    let names = lexer.remembered_names();
    lexer.enter()?;
    let mut is_first = true;
    while let Some((name, name_start)) = lexer.next_property(is_first)? {
        is_first = false;
        lexer.remember_name(&name, name_start);
        let is_constant =
            signs.iter().any(|signs| signs.constants.iter().any(|(constant, _)| **constant == *name));
        // A constant is a scalar, so an array or an object has no sign.
        let value = if is_constant && !matches!(lexer.peek(), b'{' | b'[') {
            Some(Json::read_from(&mut lexer)?)
        } else {
            lexer.skip()?;
            None
        };
        for (signs, progress) in signs.iter().zip(&mut progress) {
            progress.shown += usize::from(signs.case.required.contains(&&*name));
            progress.is_possible &= signs.case.known.is_none_or(|known| known.contains(&&*name));
            if let Some((_, texts)) = signs.constants.iter().find(|(constant, _)| **constant == *name) {
                let is_listed =
                    |value: &Json| texts.iter().any(|text| Json::parse(text).as_ref() == Ok(value));
                progress.is_possible &= value.as_ref().is_some_and(is_listed);
                progress.shown += 1;
            }
        }
    }
    lexer.close_names(names)?;
    lexer.end()?;
    let is_complete = |(signs, progress): (&Signs, &Progress)| {
        progress.is_possible && progress.shown == signs.case.required.len() + signs.constants.len()
    };
    Ok(signs.iter().zip(&progress).map(is_complete).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_fits_every_version_whose_signs_it_has() {
        let one = Signs { case: Case::OBJECT.requires(&["id"]), constants: &[("version", &["1", "\"1\""])] };
        let two = Signs { case: Case::OBJECT, constants: &[("version", &["2"])] };
        let open = Signs { case: Case::OBJECT, constants: &[] };
        let closed = Signs { case: Case::OBJECT.knows(&["id"]), constants: &[] };
        for (event, expected) in [
            (r#"{"version":1.0,"id":0}"#, [true, false, true, false]),
            (r#"{"id":0,"version":"1"}"#, [true, false, true, false]),
            (r#"{"version":1}"#, [false, false, true, false]),
            (r#"{"version":2,"id":[{"version":1}]}"#, [false, true, true, false]),
            (r#"{"version":[2]}"#, [false, false, true, false]),
            (r#"{"id":1}"#, [false, false, true, true]),
            ("{}", [false, false, true, true]),
            ("[]", [false; 4]),
            ("1", [false; 4]),
        ] {
            assert_eq!(matching(event.as_bytes(), &[one, two, open, closed]), Ok(expected.into()), "{event}");
        }
        let twice = r#"{"version":1,"id":0,"version":1}"#;
        for broken in ["", "{", r#"{"version":}"#, "{} x", twice] {
            assert!(matching(broken.as_bytes(), &[one, two]).is_err(), "{broken}");
        }
    }
}
