use evschema_events::inbox::Inbox as _;
use evschema_events::outbox::Outbox as _;
use evschema_events::{Context, Envelope, Outcome, TraceParent};
use sqlx::{PgConnection, PgPool};

use super::names::SHIPPED;
use super::upcasts::Upcasts;
use crate::clock;
use crate::events::commerce_order_placed::AnyOrderPlaced;
use crate::events::commerce_order_placed::v2::OrderPlaced;
use crate::events::commerce_shipment_dispatched::v2::{
    CommonAddress, Parcel, ShipmentDispatched, parcel, shipment_dispatched,
};
use crate::events::common_address::v1::common_address;
use crate::failure::Failure;

/// The name of the consumer. The worker and the Lambda function share it, so they share the inbox.
pub(super) const CONSUMER: &str = "fulfilment";

/// Handles an order of any version: stock, payment, shipment and status in one transaction.
pub(super) async fn fulfil(pool: PgPool, order: AnyOrderPlaced, context: Context) -> Outcome {
    // An old order gets its newest form here, so the rest of the code knows only one version.
    let order = match order.into_latest_with(&Upcasts) {
        Ok(order) => order,
        Err(error) => return Outcome::permanent(error),
    };
    match fulfil_latest(&pool, order, &context).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::retry(error),
    }
}

async fn fulfil_latest(pool: &PgPool, order: OrderPlaced, context: &Context) -> Result<Outcome, Failure> {
    let mut transaction = pool.begin().await?;
    if let Some(outcome) = transaction.admit(context).await?.outcome() {
        return Ok(outcome);
    }
    // A failed step drops the transaction, and with it the inbox row and all earlier steps.
    if let Some(outcome) = take_stock(&mut transaction, &order).await? {
        return Ok(outcome);
    }
    if let Some(outcome) = charge(&mut transaction, &order).await? {
        return Ok(outcome);
    }
    ship(&mut transaction, &order, context).await?;
    transaction.commit().await?;
    Ok(Outcome::Done)
}

/// Takes the pieces in the order of the articles, so that two transactions never wait for each other.
async fn take_stock(
    connection: &mut PgConnection,
    order: &OrderPlaced,
) -> Result<Option<Outcome>, sqlx::Error> {
    let mut lines: Vec<(&str, i64)> =
        order.lines.iter().map(|line| (line.sku.as_str(), line.quantity)).collect();
    lines.sort_unstable();
    for (sku, quantity) in lines {
        let update =
            sqlx::query("UPDATE stock SET taken = taken + $2 WHERE sku = $1").bind(sku).bind(quantity);
        if update.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(Some(Outcome::retry(format_args!("no stock of {sku} yet"))));
        }
    }
    Ok(None)
}

async fn charge(connection: &mut PgConnection, order: &OrderPlaced) -> Result<Option<Outcome>, sqlx::Error> {
    let currency = &order.total.currency;
    let insert = "INSERT INTO payments SELECT $1, $2, currency FROM price_lists WHERE currency = $3";
    let insert = sqlx::query(insert).bind(&order.order_id).bind(order.total.minor).bind(currency);
    let is_charged = insert.execute(connection).await?.rows_affected() == 1;
    Ok((!is_charged).then(|| Outcome::permanent(format_args!("no price list for {currency}"))))
}

/// Records the shipment and the status, and enqueues the event about them.
async fn ship(connection: &mut PgConnection, order: &OrderPlaced, context: &Context) -> Result<(), Failure> {
    let insert = sqlx::query("INSERT INTO shipments VALUES ($1)").bind(&order.order_id);
    insert.execute(&mut *connection).await?;
    let update = "UPDATE orders SET status = 'shipped', shipped_at = clock_timestamp() WHERE order_id = $1";
    sqlx::query(update).bind(&order.order_id).execute(&mut *connection).await?;
    let address = order.shipping_address.as_ref();
    let destination = CommonAddress::new(common_address::Required {
        lines: address.map_or_else(|| vec!["Store 1".to_owned()], |address| address.lines.clone()),
        city: address.map_or_else(|| "Berlin".to_owned(), |address| address.city.clone()),
        country: address.map_or_else(|| "DE".to_owned(), |address| address.country.clone()),
    });
    let pieces: i64 = order.lines.iter().map(|line| line.quantity).sum();
    let event = ShipmentDispatched::new(shipment_dispatched::Required {
        shipment_id: format!("SHP-{:08}", fastrand::u32(0..100_000_000)),
        order_id: order.order_id.clone(),
        dispatched_at: clock::now()?,
        carrier: "DHL".to_owned(),
        destination,
        parcels: vec![Parcel::new(parcel::Required { weight_grams: pieces * 100 })],
    });
    let traceparent = context.traceparent().map(TraceParent::as_str);
    let envelope = Envelope::of_event(order.order_id.as_str(), "/fulfilment", &event)?
        .traceparent(traceparent)
        .build()?;
    connection.enqueue(SHIPPED, &envelope).await?;
    Ok(())
}
