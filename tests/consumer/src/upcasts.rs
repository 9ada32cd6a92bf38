//! The parts of `commerce.order.placed` 2.x that events of 1.x do not determine.

use evschema_runtime::Integer;

use crate::events::commerce_order_placed::{OrderPlacedUpcasts, v1, v2};
use crate::events::common_money::v1::amount::Required;

/// Derives the amounts of version 2 from the amounts and the currency of version 1.
///
/// Every method is required. If a method is missing, the crate does not compile:
///
/// ```compile_fail,E0046
/// use evschema_tests_consumer::events::commerce_order_placed::{OrderPlacedUpcasts, v1, v2};
/// use evschema_tests_consumer::upcasts::SameCurrency;
///
/// struct WithoutLines;
///
/// impl OrderPlacedUpcasts for WithoutLines {
///     fn v2_total(&self, old: &v1::OrderPlaced) -> v2::Amount {
///         SameCurrency.v2_total(old)
///     }
/// }
/// ```
///
/// If some step is not derived, the method `into_latest`, which needs no trait, does not exist:
///
/// ```compile_fail,E0599
/// use evschema_tests_consumer::events::commerce_order_placed::AnyOrderPlaced;
///
/// fn newest(event: AnyOrderPlaced) {
///     event.into_latest();
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SameCurrency;

impl OrderPlacedUpcasts for SameCurrency {
    fn v2_total(&self, old: &v1::OrderPlaced) -> v2::Amount {
        amount(&old.total, &old.currency)
    }

    fn v2_lines(&self, old: &v1::OrderPlaced) -> Vec<v2::Line> {
        let lines = old.lines.iter().flatten();
        lines
            .map(|line| {
                v2::Line::new(v2::line::Required {
                    sku: line.sku.clone(),
                    quantity: line.quantity,
                    unit_price: amount(&line.unit_price, &old.currency),
                })
            })
            .collect()
    }
}

/// Returns an amount of a currency. An amount that version 2 cannot hold becomes the maximum, which its schema rejects.
fn amount(minor: &Integer, currency: &str) -> v2::Amount {
    let minor = i64::try_from(minor).unwrap_or(i64::MAX);
    v2::Amount::new(Required { minor, currency: currency.to_owned() })
}
