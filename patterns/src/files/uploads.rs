use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::{Config, ObjectStore};
use evschema_events::nats::JetStreamPublisher;
use evschema_events::{Envelope, Outgoing, Publisher as _};
use futures_util::StreamExt as _;
use tokio::io::AsyncReadExt as _;

use super::names::{RENDITIONS, UPLOADED, UPLOADS};
use super::picture::Picture;
use crate::clock;
use crate::events::media_file_uploaded::v1::{FileUploaded, file_uploaded};
use crate::failure::Attempt;
use crate::identifier::uuid;
use crate::published::Published;

/// The size of the pictures in pixels.
const SIZE: (usize, usize) = (640, 480);

/// Stores pictures, and publishes an event for each of them.
pub(super) struct Uploads {
    context: Context,
    uploads: ObjectStore,
    renditions: ObjectStore,
}

impl Uploads {
    /// Creates the buckets.
    ///
    /// # Errors
    ///
    /// If JetStream rejects a bucket.
    pub(super) async fn create(context: &Context, replicas: usize) -> Attempt<Self> {
        let config =
            |bucket: &str| Config { bucket: bucket.to_owned(), num_replicas: replicas, ..Config::default() };
        let uploads = context.create_object_store(config(UPLOADS)).await?;
        let renditions = context.create_object_store(config(RENDITIONS)).await?;
        Ok(Self { context: context.clone(), uploads, renditions })
    }

    /// Stores pictures with an old and a new producer in turn.
    ///
    /// # Errors
    ///
    /// If a server fails, or if the schema of a version rejects an event.
    pub(super) async fn send(&self, count: usize, published: &Published) -> Attempt {
        for number in 0..count {
            let version = if number % 2 == 0 { "1.0.0" } else { "1.2.0" };
            let picture = Picture::draw(SIZE.0, SIZE.1).to_png()?;
            let envelope = self.store(&picture, "image/png", version).await?;
            published.validate(FileUploaded::SUBJECT, version, envelope.data().unwrap_or_default())?;
            self.publish(&envelope).await?;
        }
        Ok(())
    }

    /// Stores a picture in another format, and publishes its event.
    ///
    /// # Errors
    ///
    /// If a server fails.
    pub(super) async fn send_other_format(&self) -> Attempt {
        let picture = Picture::draw(SIZE.0, SIZE.1).to_ppm();
        let envelope = self.store(&picture, "image/x-portable-pixmap", "1.2.0").await?;
        self.publish(&envelope).await
    }

    async fn store(&self, bytes: &[u8], content_type: &str, version: &str) -> Attempt<Envelope<'static>> {
        let file_id = uuid();
        self.uploads.put(file_id.as_str(), &mut &*bytes).await?;
        let mut event = FileUploaded::new(file_uploaded::Required {
            file_id: file_id.clone(),
            bucket: UPLOADS.to_owned(),
            key: file_id.clone(),
            size_bytes: i64::try_from(bytes.len())?,
            uploaded_at: clock::now()?,
        })
        .with_content_type(content_type.to_owned());
        if version == "1.2.0" {
            event = event.with_uploaded_by("camera".to_owned());
        }
        let dataschema = format!("/schemas/{}/{version}.json", FileUploaded::SUBJECT);
        let builder = Envelope::of_event(file_id, "/store", &event)?;
        Ok(builder.dataschema(dataschema).time(event.uploaded_at).build()?)
    }

    async fn publish(&self, envelope: &Envelope<'_>) -> Attempt {
        let publisher = JetStreamPublisher::new(self.context.clone());
        publisher.publish(&[Outgoing::new(UPLOADED, envelope)]).await?;
        Ok(())
    }

    /// Returns the size of a picture and of its rendition, as read from the store.
    ///
    /// # Errors
    ///
    /// If the store has no rendition.
    pub(super) async fn sizes_of_one(&self) -> Attempt<((usize, usize), (usize, usize))> {
        let mut list = self.renditions.list().await?;
        let name = list.next().await.ok_or("the store has no rendition")??.name;
        let small = Picture::from_png(&read(&self.renditions, &name).await?)?;
        let large = Picture::from_png(&read(&self.uploads, &name).await?)?;
        Ok(((large.width, large.height), (small.width, small.height)))
    }

    /// Returns the number of smaller pictures in the store.
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub(super) async fn count_renditions(&self) -> Attempt<usize> {
        Ok(self.renditions.list().await?.count().await)
    }
}

/// Reads an object.
///
/// # Errors
///
/// If the object is missing or broken.
pub(super) async fn read(store: &ObjectStore, name: &str) -> Attempt<Vec<u8>> {
    let mut bytes = Vec::new();
    store.get(name).await?.read_to_end(&mut bytes).await?;
    Ok(bytes)
}
