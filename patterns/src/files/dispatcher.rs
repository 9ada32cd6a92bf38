use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::nats::Worker;
use evschema_events::{Consumer, Context, Envelope, Outcome, RetryPolicy};
use serde_json::json;
use serde_json::value::RawValue;
use sqlx::PgPool;

use super::function::FORMATS;
use crate::child::{self, Role};
use crate::failure::Attempt;
use crate::lambda::Lambda;
use crate::running::{Running, stopped};
use crate::servers::Servers;

/// Invokes a Lambda function for each event, as EventBridge does. The `detail` is the CloudEvent.
#[derive(Debug, Clone)]
pub(super) struct Dispatcher {
    lambda: Arc<Lambda>,
}

impl Dispatcher {
    /// Starts a release of the function that can read these formats.
    ///
    /// # Errors
    ///
    /// If the function does not start.
    pub(super) async fn start(servers: &Servers, formats: &str) -> Attempt<Self> {
        let variables = [
            (child::NATS, servers.cluster.urls()),
            (child::DATABASE, servers.postgres.url()),
            (FORMATS, formats.to_owned()),
        ];
        Ok(Self { lambda: Arc::new(Lambda::start(Role::FilesFunction, &variables).await?) })
    }

    /// Starts a task that handles the messages of a JetStream consumer.
    ///
    /// The dispatcher does not read the payload. The function decodes it, and makes dead letters.
    pub(super) fn run(&self, source: PullConsumer, pool: PgPool) -> Running {
        let dispatcher = self.clone();
        Running::start(|stop| async move {
            let handler =
                move |event: Envelope<'static>, context| dispatch(dispatcher.clone(), event, context);
            let decode = |envelope: &Envelope<'_>| Ok(envelope.clone().into_owned());
            let letters = PostgresDeadLetters::new(pool);
            let consumer = Consumer::with_decoder("dispatcher", decode, handler, letters)
                .retries(RetryPolicy::new(50, Duration::from_millis(50), Duration::from_secs(1)));
            Ok(Worker::new().concurrency(2).run(&consumer, &source, stopped(stop)).await?)
        })
    }

    /// Invokes the function with the bytes of an earlier invocation.
    ///
    /// # Errors
    ///
    /// If the function fails.
    pub(super) async fn invoke(&self, invocation: Vec<u8>) -> Attempt {
        self.lambda.invoke(invocation).await?;
        Ok(())
    }
}

async fn dispatch(dispatcher: Dispatcher, event: Envelope<'static>, context: Context) -> Outcome {
    match invocation(&event, &context) {
        Ok(invocation) => dispatcher.invoke(invocation).await.map_or_else(Outcome::retry, |()| Outcome::Done),
        Err(error) => Outcome::permanent(error),
    }
}

/// Returns the event of EventBridge for a CloudEvent.
fn invocation(event: &Envelope<'_>, context: &Context) -> Attempt<Vec<u8>> {
    let detail = RawValue::from_string(String::from_utf8(event.to_structured())?)?;
    // `json!` would copy the numbers of the detail. The text keeps every byte.
    let outer =
        json!({ "id": context.id(), "source": "patterns.files", "detail-type": context.event_type() });
    let outer = outer.to_string();
    let open = outer.strip_suffix('}').unwrap_or(&outer);
    Ok(format!("{open},\"detail\":{}}}", detail.get()).into_bytes())
}
