//! Violations of the keywords for arrays.

use super::message::{Unexpected, plural};
use super::schema::Source;
use super::walk::{Stop, Walk};
use crate::json::Json;
use crate::program::{ArrayKeywords, NodeRef};
use crate::reject::Reason;

impl Walk<'_> {
    pub(super) fn array(
        &mut self,
        node_ref: NodeRef,
        array: &'static ArrayKeywords,
        source: &Source,
        start: usize,
    ) -> Result<(), Stop> {
        // Up to draft 2019-09, an array of schemas in `items` has the meaning of `prefixItems`.
        let has_old_prefix = source.own.keyword("items").and_then(Json::as_array).is_some();
        let (prefix, rest) =
            if has_old_prefix { ("items", "additionalItems") } else { ("prefixItems", "items") };
        // The violation of a closed array names all items that `additionalItems` does not allow.
        let is_closed = has_old_prefix && source.own.keyword(rest) == Some(&Json::Bool(false));
        let mut unexpected = Unexpected::default();
        self.checker.lexer.enter()?;
        let (mut count, mut contained) = (0, 0);
        while self.checker.lexer.next_element(count == 0)? {
            let item = self.start();
            if let Some(contains) = &array.contains {
                contained += usize::from(self.checker.matches_contains(node_ref, contains)?);
            }
            let index = count.to_string();
            match (array.prefix_items.get(count), array.items) {
                (Some(node), _) => {
                    self.inner(&index, node_ref.child(*node), source, &[prefix, &index])?;
                }
                (None, Some(_)) if is_closed => unexpected.push(&self.excerpt(item)),
                (None, Some(node)) => self.inner(&index, node_ref.child(node), source, &[rest])?,
                (None, None) => {}
            }
            self.rewind(item);
            self.checker.lexer.skip()?;
            count += 1;
        }
        let end = self.checker.lexer.position();
        if !unexpected.is_empty() {
            let message = |_: &str| unexpected.message("Additional items");
            self.report(start, &source.own, &[rest], "additionalItems", message)?;
        }
        self.rewind(end);
        self.items_of_array(array, source, (count, contained), start)
    }

    /// Adds the violations of the keywords about the whole array, which ends at the current position.
    fn items_of_array(
        &mut self,
        array: &'static ArrayKeywords,
        source: &Source,
        (count, contained): (usize, usize),
        start: usize,
    ) -> Result<(), Stop> {
        let schema = &source.own;
        if count < array.min_items {
            self.reject(start, schema, "minItems", |value, limit| {
                format!("{value} has less than {}", plural(limit, "item", "items"))
            })?;
        }
        if array.max_items.is_some_and(|max| max < count) {
            self.reject(start, schema, "maxItems", |value, limit| {
                format!("{value} has more than {}", plural(limit, "item", "items"))
            })?;
        }
        if array.unique_items {
            match self.checker.check_unique_items(start, count) {
                Ok(()) => {}
                Err(reject) if reject.reason() == Reason::UniqueItems => {
                    let message = |value: &str| format!("{value} has non-unique elements");
                    self.report(start, schema, &["uniqueItems"], "uniqueItems", message)?;
                }
                Err(_) => return Err(Stop::Undecided),
            }
        }
        let Some(contains) = &array.contains else { return Ok(()) };
        let (keyword, words) = if contained < contains.min {
            ("minContains", "less")
        } else if contains.max.is_some_and(|max| max < contained) {
            ("maxContains", "more")
        } else {
            return Ok(());
        };
        let limit = schema.keyword(keyword);
        // `contains` alone has the minimum 1.
        let path = if limit.is_some() { keyword } else { "contains" };
        self.report(start, schema, &[path], "contains", |value| match limit {
            Some(limit) => {
                let items = plural(limit, "item that matches", "items that match");
                format!("{value} has {words} than {items} 'contains'")
            }
            None => format!("None of {value} are valid under the given schema"),
        })
    }
}
