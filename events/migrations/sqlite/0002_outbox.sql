-- Events to publish. SQLite has one writer at a time, so the key of a row is also its position.
CREATE TABLE IF NOT EXISTS evschema_outbox (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    source      TEXT NOT NULL,
    id          TEXT NOT NULL,
    -- The envelope in structured mode.
    event       BLOB NOT NULL,
    -- Seconds since 1970 (UTC).
    created_at  INTEGER NOT NULL DEFAULT (unixepoch()),
    UNIQUE (source, id)
);

-- `relayed` is the position of the last published event.
CREATE TABLE IF NOT EXISTS evschema_outbox_state (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
);
INSERT INTO evschema_outbox_state (name, position) VALUES ('relayed', 0) ON CONFLICT DO NOTHING;
