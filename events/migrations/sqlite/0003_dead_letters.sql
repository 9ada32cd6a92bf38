-- Events that consumers gave up.
CREATE TABLE IF NOT EXISTS evschema_dead_letters (
    position  INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    consumer  TEXT NOT NULL,
    class     TEXT NOT NULL,
    -- The event `evschema.event.deadlettered` in structured mode.
    event     BLOB NOT NULL,
    -- Seconds since 1970 (UTC).
    stored_at INTEGER NOT NULL DEFAULT (unixepoch())
);
CREATE INDEX IF NOT EXISTS evschema_dead_letters_by_consumer ON evschema_dead_letters (consumer, position);
