use std::fmt;

use crate::percent::percent_encode;

/// The query of a URL: the parameters that have a value.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(&'static str, String)>);

impl Query {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn with(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.0.extend(value.map(|value| (name, value.to_owned())));
        self
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            write!(f, "{}{name}={}", if at == 0 { '?' } else { '&' }, percent_encode(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_encoded() {
        let query = Query::new().with("search", Some("a b&é")).with("after", None).with("x", Some("1"));
        assert_eq!(query.to_string(), "?search=a%20b%26%C3%A9&x=1");
    }
}
