//! Random requests to a large inventory.

use std::error::Error;

use super::inventory::Inventory;

/// Creates random requests. Each run creates the same requests, because the seed is fixed.
pub(super) struct Queries<'i> {
    inventory: &'i Inventory,
    subjects: usize,
    versions: usize,
    random: fastrand::Rng,
}

type Path = Result<String, Box<dyn Error>>;

/// Creates the path of a request.
type Kind<'i> = fn(&mut Queries<'i>) -> Path;

impl<'i> Queries<'i> {
    pub(super) fn new(inventory: &'i Inventory, subjects: usize, versions: usize) -> Self {
        Self { inventory, subjects, versions, random: fastrand::Rng::with_seed(7) }
    }

    /// Returns the kinds of requests that have a bar.
    pub(super) fn kinds(&self) -> Vec<(&'static str, Kind<'i>)> {
        vec![
            kind("list, first page", |_| Ok("/schemas".to_owned())),
            kind("list, any page", |queries| Ok(format!("/schemas?after={}", queries.subject()?))),
            kind("search, a word of a name", |queries| {
                let name = queries.subject()?;
                let words: Vec<&str> = name.split(['.', '_', '-']).filter(|word| !word.is_empty()).collect();
                let word = queries.random.choice(&words).copied().unwrap_or("order");
                Ok(format!("/schemas?search={word}"))
            }),
            kind("search, a field", |queries| Ok(format!("/schemas?search={}", queries.field()))),
            kind("search, two fields", |queries| {
                Ok(format!("/schemas?search={}%20{}", queries.field(), queries.field()))
            }),
            kind("search, three letters", |queries| {
                let field = queries.field();
                Ok(format!("/schemas?search={}", field.chars().take(3).collect::<String>()))
            }),
            kind("search, nothing", |queries| Ok(format!("/schemas?search=zq{}", queries.random.u32(..)))),
            kind("latest", |queries| Ok(format!("/schemas/{}/latest", queries.subject()?))),
        ]
    }

    /// Returns the path of a random schema.
    pub(super) fn document(&mut self) -> Path {
        let version = self.random.usize(..self.versions);
        Ok(format!("/schemas/{}/1.{version}.0.json", self.subject()?))
    }

    fn subject(&mut self) -> Result<String, Box<dyn Error>> {
        Ok(self.inventory.subject(self.random.usize(..self.subjects))?.to_string())
    }

    fn field(&mut self) -> String {
        let name = self.random.choice(&self.inventory.names).map_or("id", String::as_str);
        name.chars().filter(char::is_ascii_alphanumeric).collect()
    }
}

fn kind<'i>(what: &'static str, path: Kind<'i>) -> (&'static str, Kind<'i>) {
    (what, path)
}
