use async_nats::jetstream::object_store::ObjectStore;
use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::inbox::Inbox as _;
use evschema_events::lambda::handle_event_bridge;
use evschema_events::outbox::Outbox as _;
use evschema_events::{Consumer, Context, Envelope, Outcome, TraceParent};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use sqlx::PgPool;

use super::names::{RENDITIONS, UPLOADS};
use super::picture::Picture;
use super::uploads::read;
use crate::events::media_file_uploaded::AnyFileUploaded;
use crate::events::media_file_uploaded::v1::FileUploaded;
use crate::events::media_rendition_completed::v1::{
    Output, Profile, RenditionCompleted, Status, output, rendition_completed,
};
use crate::failure::{Attempt, Failure};
use crate::identifier::uuid;
use crate::{child, clock, jetstream, servers};

/// The variable with the formats that a release of the function can read.
pub(super) const FORMATS: &str = "EVSCHEMA_PATTERNS_FORMATS";

/// The length of a square of pixels that becomes one pixel.
const SIDE: usize = 8;

/// The connections of the function. They stay open between invocations.
#[derive(Clone)]
struct Function {
    pool: PgPool,
    uploads: ObjectStore,
    renditions: ObjectStore,
    formats: String,
}

/// Runs the Lambda function until its parent is gone.
///
/// # Errors
///
/// If a server or the runtime API does not answer.
pub(crate) async fn run_function() -> Attempt {
    let gone = child::parent_gone();
    let context = jetstream::connect(&child::variable(child::NATS)?).await?;
    let function = Function {
        pool: servers::connect(&child::variable(child::DATABASE)?).await?,
        uploads: context.get_object_store(UPLOADS).await?,
        renditions: context.get_object_store(RENDITIONS).await?,
        formats: child::variable(FORMATS)?,
    };
    let letters = PostgresDeadLetters::new(function.pool.clone());
    let handler = move |file, context| handle(function.clone(), file, context);
    let consumer = Consumer::<AnyFileUploaded, _, _>::new("thumbnails", handler, letters);
    let consumer = &consumer;
    let service = service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let invocation = event.payload.get().as_bytes();
        handle_event_bridge(consumer, invocation, 1).await.map_err(lambda_runtime::Error::from)
    });
    tokio::select! {
        _gone = gone => Ok(()),
        ended = lambda_runtime::run(service) => ended,
    }
}

async fn handle(function: Function, file: AnyFileUploaded, context: Context) -> Outcome {
    match resize(&function, file.into_latest(), &context).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::retry(error),
    }
}

/// Stores a smaller picture, and records it with its event in one transaction. The name of the object comes from the
/// event, so a second attempt after a failure writes the same object.
async fn resize(function: &Function, file: FileUploaded, context: &Context) -> Result<Outcome, Failure> {
    let mut transaction = function.pool.begin().await?;
    if let Some(outcome) = transaction.admit(context).await?.outcome() {
        return Ok(outcome);
    }
    let content_type = file.content_type.as_deref().unwrap_or_default();
    let bytes = read(&function.uploads, &file.key).await?;
    let picture = match content_type {
        "image/png" => Picture::from_png(&bytes),
        "image/x-portable-pixmap" if function.formats.contains("ppm") => Picture::from_ppm(&bytes),
        other => return Ok(Outcome::permanent(format_args!("this release cannot read {other}"))),
    };
    let small = match picture {
        Ok(picture) => picture.shrink(SIDE),
        Err(error) => return Ok(Outcome::permanent(error)),
    };
    let png = small.to_png()?;
    function.renditions.put(file.key.as_str(), &mut &*png).await?;
    let output = Output::new(output::Required {
        url: format!("nats://{RENDITIONS}/{}", file.key),
        size_bytes: i64::try_from(png.len())?.into(),
    })
    .with_width(i64::try_from(small.width)?)
    .with_height(i64::try_from(small.height)?);
    let event = RenditionCompleted::new(rendition_completed::Required {
        rendition_id: uuid(),
        file_id: file.file_id.clone(),
        profile: Profile::Thumbnail,
        status: Status::Succeeded,
        completed_at: clock::now()?,
    })
    .with_output(output);
    let envelope = Envelope::of_event(event.rendition_id.as_str(), "/thumbnails", &event)?
        .traceparent(context.traceparent().map(TraceParent::as_str))
        .build()?;
    let insert = "INSERT INTO renditions (file_id, sent_at) VALUES ($1, $2::TIMESTAMPTZ)";
    let insert = sqlx::query(insert).bind(&file.file_id).bind(context.time().unwrap_or("now"));
    insert.execute(&mut *transaction).await?;
    transaction.enqueue("files.completed", &envelope).await?;
    transaction.commit().await?;
    Ok(Outcome::Done)
}
