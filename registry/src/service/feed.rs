use evschema_api::{CloudEvent, FeedPage};

use super::actor::{Actor, auth_context};
use super::refusal::Refusal;
use super::registry::Registry;
use super::right::Right;
use crate::feed::{dataschema_of, moment};
use crate::store::FeedRecord;

impl Registry {
    /// Returns the changes after a position, oldest first.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn feed(&self, after: u64, limit: u32, actor: &Actor) -> Result<FeedPage, Refusal> {
        // Only administrators may see the addresses of clients.
        let with_addresses = actor.may(&Right::Admin);
        let records = self.store.feed(after, limit).await?;
        let next = records.last().map_or(after, |last| last.position);
        let events = records
            .into_iter()
            .map(|record| self.cloud_event(record, with_addresses))
            .collect::<Result<_, _>>()?;
        Ok(FeedPage { events, next })
    }

    fn cloud_event(&self, record: FeedRecord, with_addresses: bool) -> Result<CloudEvent, Refusal> {
        let data = serde_json::from_str(&record.data)
            .map_err(|error| Refusal::Bug(format!("event {} is not JSON: {error}", record.position)))?;
        let base = self.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        let clientaddress = record.provenance.address.clone();
        let (authtype, authid) = auth_context(record.provenance);
        Ok(CloudEvent {
            specversion: "1.0".to_owned(),
            id: record.position.to_string(),
            source: format!("{base}/"),
            dataschema: format!("{base}{}", dataschema_of(&record.kind)),
            kind: record.kind,
            subject: record.subject,
            time: moment(record.at),
            datacontenttype: "application/json".to_owned(),
            authtype: authtype.to_owned(),
            authid,
            clientaddress: clientaddress.filter(|_| with_addresses),
            data,
        })
    }
}
