use async_nats::HeaderMap;
use async_nats::jetstream::{Context, stream::Stream};
use evschema_events::dead_letter::{DeadLetter, PostgresDeadLetters};

use super::dispatcher::Dispatcher;
use super::names::UPLOADED;
use super::store::Renditions;
use super::uploads::Uploads;
use crate::account::Account;
use crate::events::media_file_uploaded::AnyFileUploaded;
use crate::failure::{Attempt, Failure};
use crate::servers::Servers;
use crate::{jetstream, letters};

/// Number of pictures in a format that the first release of the function cannot read.
pub(super) const OTHER_FORMAT: usize = 3;

/// An event of a service that does not use the generated types. The name of the bucket is invalid.
const INVALID: &str = r#"{"specversion":"1.0","id":"legacy-7","source":"/legacy","type":"media.file.uploaded",
"dataschema":"/schemas/media.file.uploaded/1.2.0.json","data":{
  "file_id": "3f0b6c7a-9d1e-4e5a-a0a7-55b0f3f6c001",
  "bucket": "Raw Uploads",
  "key": "holiday.png",
  "size_bytes": 734,
  "uploaded_at": "2026-05-20T18:00:00Z"
}}"#;

/// Uploads pictures that the function cannot read, shows their dead letters, starts a new release of the function, and
/// replays them.
///
/// # Errors
///
/// If a server fails, or if an event has no effect after the fix.
pub(super) async fn show(
    account: &mut Account,
    servers: &Servers,
    (uploads, renditions): (&Uploads, &Renditions),
    (context, stream): (&Context, &Stream),
) -> Attempt {
    account.section("Poisoned events are dead letters, and are replayed after a fix");
    let before = renditions.count().await?;
    for _ in 0..OTHER_FORMAT {
        uploads.send_other_format().await?;
    }
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/cloudevents+json");
    context.publish_with_headers(UPLOADED, headers, INVALID.into()).await?.await?;
    jetstream::wait_until_handled(stream, "dispatcher").await?;
    let store = PostgresDeadLetters::new(servers.database().await?);
    letters::wait_for(&store, OTHER_FORMAT + 1).await?;
    letters::show(account, &store).await?;
    let fixed = Dispatcher::start(servers, "png,ppm").await?;
    account.line("fix: a new release of the function can read PPM");
    letters::replay_all::<AnyFileUploaded, _>(
        account,
        &store,
        (OTHER_FORMAT, 1),
        |_letter: DeadLetter, payload| replay(fixed.clone(), payload),
    )
    .await?;
    account.check("effects of the replay", renditions.count().await? - before, OTHER_FORMAT);
    Ok(())
}

/// Invokes the new release with the unchanged bytes of the failed invocation.
async fn replay(fixed: Dispatcher, payload: Vec<u8>) -> Result<(), Failure> {
    fixed.invoke(payload).await
}
