use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use evschema_events::axum::CloudEvent;
use evschema_events::inbox::Inbox as _;
use evschema_events::outbox::Outbox as _;
use evschema_events::{Context, Envelope, Outcome, TraceParent};
use serde_json::json;
use sqlx::PgPool;
use tokio::net::TcpListener;

use super::names::PLACED;
use super::tables;
use crate::events::commerce_order_placed::AnyOrderPlaced;
use crate::failure::{Attempt, Failure};
use crate::running::{Running, stopped};

/// The HTTP API for orders.
#[derive(Debug)]
pub(super) struct Api {
    address: SocketAddr,
    server: Running,
}

impl Api {
    /// Starts the API on a free port.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub(super) async fn start(pool: PgPool) -> Attempt<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let routes =
            Router::new().route("/orders", post(place)).route("/orders/{id}", get(status)).with_state(pool);
        let server = Running::start(|stop| async move {
            tokio::select! {
                served = axum::serve(listener, routes) => Ok(served?),
                () = stopped(stop) => Ok(()),
            }
        });
        Ok(Self { address, server })
    }

    /// Returns the URL of the collection of orders.
    pub(super) fn url(&self) -> String {
        format!("http://{}/orders", self.address)
    }

    /// Stops the API.
    ///
    /// # Errors
    ///
    /// If the API has failed.
    pub(super) async fn stop(self) -> Attempt {
        self.server.stop().await
    }
}

/// `POST /orders` answers 202 and the URL of the status. A client may repeat the request with the same event.
async fn place(State(pool): State<PgPool>, order: CloudEvent<AnyOrderPlaced>) -> Response {
    let order_id = match &order.event {
        AnyOrderPlaced::V1(order) => order.order_id.clone(),
        AnyOrderPlaced::V2(order) => order.order_id.clone(),
    };
    match accept(&pool, order.event, &order.context, &order_id).await {
        Ok(Outcome::Done | Outcome::Duplicate) => {
            let location = format!("/orders/{order_id}");
            let body = Json(json!({ "status_url": location }));
            (StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response()
        }
        Ok(other) => other.into_response(),
        Err(error) => Outcome::retry(error).into_response(),
    }
}

/// Stores the order and its event in one transaction.
async fn accept(
    pool: &PgPool,
    order: AnyOrderPlaced,
    context: &Context,
    order_id: &str,
) -> Result<Outcome, Failure> {
    let mut transaction = pool.begin().await?;
    if let Some(outcome) = transaction.admit(context).await?.outcome() {
        return Ok(outcome);
    }
    let insert = "INSERT INTO orders (order_id, sent_at, status) VALUES ($1, $2::TIMESTAMPTZ, 'accepted')";
    let sent_at = context.time().unwrap_or("now");
    sqlx::query(insert).bind(order_id).bind(sent_at).execute(&mut *transaction).await?;
    // The event keeps the version of the client. The worker converts it.
    let (id, source) = (context.id(), context.source());
    let envelope = match &order {
        AnyOrderPlaced::V1(order) => Envelope::of_event(id, source, order)?,
        AnyOrderPlaced::V2(order) => Envelope::of_event(id, source, order)?,
    };
    let envelope =
        envelope.time(sent_at).traceparent(context.traceparent().map(TraceParent::as_str)).build()?;
    transaction.enqueue(PLACED, &envelope).await?;
    transaction.commit().await?;
    Ok(Outcome::Done)
}

/// `GET /orders/{id}` answers the status.
async fn status(State(pool): State<PgPool>, Path(order_id): Path<String>) -> Response {
    match tables::status(&pool, &order_id).await {
        Ok(Some(status)) => Json(json!({ "order_id": order_id, "status": status })).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => Outcome::retry(error).into_response(),
    }
}
