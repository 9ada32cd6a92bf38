-- Events that consumers gave up.
CREATE TABLE IF NOT EXISTS evschema_dead_letters (
    position  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        TEXT COLLATE "C" NOT NULL UNIQUE,
    consumer  TEXT COLLATE "C" NOT NULL,
    class     TEXT COLLATE "C" NOT NULL,
    -- The event `evschema.event.deadlettered` in structured mode.
    event     BYTEA NOT NULL,
    stored_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS evschema_dead_letters_by_consumer ON evschema_dead_letters (consumer, position);
