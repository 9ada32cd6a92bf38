//! Builds a value from text that serde_json has already found to be JSON.

use serde::de;

use super::Json;
use crate::{Map, Number};

/// Reads the text of one value.
///
/// The text comes out of serde_json's own scanner; what it would not let through is an error here
/// too, only a less helpful one.
pub(super) fn text<E: de::Error>(text: &str) -> Result<Json, E> {
    let mut reader = Reader { text, at: 0 };
    reader.value(0)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn value<E: de::Error>(&mut self, depth: usize) -> Result<Json, E> {
        if Json::NESTING_MAX <= depth {
            return Err(E::custom("nested too deeply"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(_) => self.scalar(),
            None => Err(unexpected()),
        }
    }

    fn object<E: de::Error>(&mut self, depth: usize) -> Result<Json, E> {
        let mut members = Map::new();
        self.at += 1;
        while self.peek() != Some(b'}') {
            let name = self.string()?;
            self.take(b':')?;
            members.insert(name, self.value(depth + 1)?);
            if self.peek() != Some(b'}') {
                self.take(b',')?;
            }
        }
        self.at += 1;
        Ok(Json::Object(members))
    }

    fn array<E: de::Error>(&mut self, depth: usize) -> Result<Json, E> {
        let mut items = Vec::new();
        self.at += 1;
        while self.peek() != Some(b']') {
            items.push(self.value(depth + 1)?);
            if self.peek() != Some(b']') {
                self.take(b',')?;
            }
        }
        self.at += 1;
        Ok(Json::Array(items))
    }

    fn string<E: de::Error>(&mut self) -> Result<String, E> {
        self.take(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        loop {
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(_) => self.at += 1,
                None => return Err(unexpected()),
            }
        }
        self.at += 1;
        if escaped {
            let quoted = self.text.get(start - 1..self.at).ok_or_else(unexpected)?;
            serde_json::from_str(quoted).map_err(E::custom)
        } else {
            self.text.get(start..self.at - 1).map(str::to_owned).ok_or_else(unexpected)
        }
    }

    fn scalar<E: de::Error>(&mut self) -> Result<Json, E> {
        let rest = self.text.get(self.at..).ok_or_else(unexpected)?;
        let end = rest
            .find(|c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end;
        match word {
            "null" => Ok(Json::Null),
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            number => Number::parse(number).map(Json::Number).map_err(E::custom),
        }
    }

    /// Returns the next byte that is not white space, without stepping over it.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn take<E: de::Error>(&mut self, expected: u8) -> Result<(), E> {
        if self.peek() != Some(expected) {
            return Err(unexpected());
        }
        self.at += 1;
        Ok(())
    }
}

fn unexpected<E: de::Error>() -> E {
    E::custom("not JSON")
}
