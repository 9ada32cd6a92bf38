-- The events that consumers have handled. A row commits together with the effect of its event.
CREATE TABLE IF NOT EXISTS evschema_inbox (
    consumer   TEXT NOT NULL,
    source     TEXT NOT NULL,
    id         TEXT NOT NULL,
    -- The SHA-256 digest of the payload. Another payload under the same id is an error of the producer.
    digest     BLOB NOT NULL,
    -- Seconds since 1970 (UTC).
    handled_at INTEGER NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (consumer, source, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evschema_inbox_by_time ON evschema_inbox (handled_at);
