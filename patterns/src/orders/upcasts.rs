use crate::events::commerce_order_placed::v2::{Amount, Line, line};
use crate::events::commerce_order_placed::{OrderPlacedUpcasts, v1};
use crate::events::common_money::v1::amount;

/// The decisions that the generator cannot derive: version 1 has one currency for all amounts, and may have no lines.
#[derive(Debug)]
pub(super) struct Upcasts;

/// The article of an old order without lines.
const UNLISTED: &str = "UNLISTED";

impl OrderPlacedUpcasts for Upcasts {
    fn v2_total(&self, old: &v1::OrderPlaced) -> Amount {
        money(old, old.total.as_i64().unwrap_or_default())
    }

    fn v2_lines(&self, old: &v1::OrderPlaced) -> Vec<Line> {
        let new = |sku: &str, quantity, minor| {
            let unit_price = money(old, minor);
            Line::new(line::Required { sku: sku.to_owned(), quantity, unit_price })
        };
        match &old.lines {
            Some(lines) => lines
                .iter()
                .map(|line| new(&line.sku, line.quantity, line.unit_price.as_i64().unwrap_or_default()))
                .collect(),
            None => vec![new(UNLISTED, 1, old.total.as_i64().unwrap_or_default())],
        }
    }
}

fn money(old: &v1::OrderPlaced, minor: i64) -> Amount {
    Amount::new(amount::Required { minor, currency: old.currency.clone() })
}
