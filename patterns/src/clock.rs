use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::failure::Attempt;

/// Returns the time of day in the format of RFC 3339, with nanoseconds.
pub(crate) fn now() -> Attempt<String> {
    Ok(OffsetDateTime::now_utc().format(&Rfc3339)?)
}

/// Returns the time that has passed since a moment; `None` if the text has no valid moment.
pub(crate) fn since(moment: Option<&str>) -> Option<Duration> {
    let start = OffsetDateTime::parse(moment?, &Rfc3339).ok()?;
    Duration::try_from(OffsetDateTime::now_utc() - start).ok()
}
