-- The events that consumers have handled. A row commits together with the effect of its event.
CREATE TABLE IF NOT EXISTS evschema_inbox (
    consumer   TEXT COLLATE "C" NOT NULL,
    source     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- The SHA-256 digest of the payload. Another payload under the same id is an error of the producer.
    digest     BYTEA NOT NULL,
    handled_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, source, id)
);
CREATE INDEX IF NOT EXISTS evschema_inbox_by_time ON evschema_inbox (handled_at);
