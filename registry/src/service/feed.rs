use evschema_api::{CloudEvent, FeedPage};

use super::{Refusal, Registry};
use crate::feed::{dataschema_of, moment};
use crate::store::FeedRecord;

impl Registry {
    /// Returns the changes after a position, oldest first.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn feed(&self, after: u64, limit: u32) -> Result<FeedPage, Refusal> {
        let records = self.store.feed(after, limit).await?;
        let next = records.last().map_or(after, |last| last.position);
        let events = records.into_iter().map(|record| self.cloud_event(record)).collect::<Result<_, _>>()?;
        Ok(FeedPage { events, next })
    }

    fn cloud_event(&self, record: FeedRecord) -> Result<CloudEvent, Refusal> {
        let data = serde_json::from_str(&record.data)
            .map_err(|error| Refusal::Bug(format!("event {} is not JSON: {error}", record.position)))?;
        let base = self.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        Ok(CloudEvent {
            specversion: "1.0".to_owned(),
            id: record.position.to_string(),
            source: format!("{base}/"),
            dataschema: format!("{base}{}", dataschema_of(&record.kind)),
            kind: record.kind,
            subject: record.subject.to_string(),
            time: moment(record.at),
            datacontenttype: "application/json".to_owned(),
            data,
        })
    }
}
