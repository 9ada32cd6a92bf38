//! Parses rows. Both databases return the same rows.

use evschema_api::State;
use evschema_model::{Coordinates, Digest, Subject, SubjectPolicy, Version};

use super::outcome::StoreError;
use super::records::{Content, FeedRecord, Provenance, SubjectRecord, VersionRecord, WaiverRecord};
use super::tokens::TokenRecord;

/// The columns of a subject: name, mode, content_model, owner, description, revision, latest, version_count,
/// created_at, updated_at.
pub(super) type SubjectRow =
    (String, String, String, Option<String>, Option<String>, i64, Option<String>, i64, i64, i64);

/// The columns of a version: version, ordinal, schema_id, digest, standing, state_reason, author, message,
/// registered_at.
///
/// The standing is the state or [`NEVER_USED`]. One column contains both, because the driver decodes an array of rows
/// only if each row has at most nine columns.
pub(super) type VersionRow =
    (String, i64, i64, String, String, Option<String>, Option<String>, Option<String>, i64);

/// The standing of a yanked version that was never used.
const NEVER_USED: &str = "never_used";

/// The columns of a version's coordinates: subject, version.
pub(super) type CoordinatesRow = (String, String);

/// The columns of an event: position, kind, subject, at, data, token, address.
pub(super) type FeedRow = (i64, String, String, i64, String, Option<String>, Option<String>);

/// The columns of a waiver: fingerprint, reason, until, author, granted_at.
pub(super) type WaiverRow = (String, String, Option<String>, Option<String>, i64);

/// The columns of a token: id, digest, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at,
/// revoked_by.
pub(super) type TokenRow =
    (String, Vec<u8>, String, String, i64, String, Option<i64>, Option<i64>, Option<i64>, Option<String>);

pub(super) fn subject(row: SubjectRow) -> Result<SubjectRecord, StoreError> {
    let (name, mode, content_model, owner, description, revision, latest, count, created_at, updated_at) =
        row;
    Ok(SubjectRecord {
        subject: parse_subject(&name)?,
        policy: SubjectPolicy {
            mode: mode.parse().map_err(|_| StoreError::Corrupt("mode"))?,
            content_model: content_model.parse().map_err(|_| StoreError::Corrupt("content model"))?,
        },
        owner,
        description,
        revision: unsigned(revision, "revision")?,
        latest: latest.as_deref().map(parse_version).transpose()?,
        version_count: unsigned(count, "number of versions")?,
        created_at,
        updated_at,
    })
}

pub(super) fn version(row: VersionRow) -> Result<VersionRecord, StoreError> {
    let (version, ordinal, schema_id, digest, standing, state_reason, author, message, registered_at) = row;
    let never_used = standing == NEVER_USED;
    let state = if never_used { Some(State::Yanked) } else { State::find(&standing) };
    Ok(VersionRecord {
        version: parse_version(&version)?,
        ordinal: unsigned(ordinal, "ordinal")?,
        schema_id: unsigned(schema_id, "schema id")?,
        digest: Digest::from_text(digest),
        state: state.ok_or(StoreError::Corrupt("state"))?,
        state_reason,
        never_used,
        author,
        message,
        registered_at,
    })
}

pub(super) fn versions(rows: Vec<VersionRow>) -> Result<Vec<VersionRecord>, StoreError> {
    let mut versions = rows.into_iter().map(version).collect::<Result<Vec<_>, _>>()?;
    // The databases cannot sort in the order of SemVer.
    versions.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(versions)
}

pub(super) fn content((bytes, digest): (Vec<u8>, String)) -> Content {
    Content { bytes: bytes.into(), digest: Digest::from_text(digest) }
}

pub(super) fn coordinates((subject, version): CoordinatesRow) -> Result<Coordinates, StoreError> {
    Ok(Coordinates { subject: parse_subject(&subject)?, version: parse_version(&version)? })
}

pub(super) fn all_coordinates(rows: Vec<CoordinatesRow>) -> Result<Vec<Coordinates>, StoreError> {
    let mut all = rows.into_iter().map(coordinates).collect::<Result<Vec<_>, _>>()?;
    all.sort();
    Ok(all)
}

pub(super) fn event(row: FeedRow) -> Result<FeedRecord, StoreError> {
    let (position, kind, subject, at, data, token, address) = row;
    let position = unsigned(position, "position")?;
    Ok(FeedRecord { position, kind, subject, at, data, provenance: Provenance { token, address } })
}

pub(super) fn waiver((fingerprint, reason, until, author, granted_at): WaiverRow) -> WaiverRecord {
    WaiverRecord { fingerprint, reason, until, author, granted_at }
}

pub(super) fn token(row: TokenRow) -> TokenRecord {
    let (id, digest, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by) =
        row;
    TokenRecord {
        id,
        digest,
        name,
        scopes,
        created_at,
        created_by,
        expires_at,
        last_used_at,
        revoked_at,
        revoked_by,
    }
}

/// Returns a revision or a position as the databases store it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned<T: TryFrom<i64>>(number: i64, what: &'static str) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Corrupt(what))
}

fn parse_subject(name: &str) -> Result<Subject, StoreError> {
    Subject::parse(name).map_err(|_| StoreError::Corrupt("subject"))
}

fn parse_version(text: &str) -> Result<Version, StoreError> {
    Version::parse(text).map_err(|_| StoreError::Corrupt("version"))
}
