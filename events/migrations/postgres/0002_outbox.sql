-- Events to publish. A writer leaves `position` empty, so that writers never wait for each other. The relay numbers the
-- committed rows under a lock, and publishes them in this order. A later position is never visible before an earlier
-- one.
CREATE TABLE IF NOT EXISTS evschema_outbox (
    sequence    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position    BIGINT UNIQUE,
    destination TEXT NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    -- The envelope in structured mode. `jsonb` would lose the order of members, and duplicate members.
    event       BYTEA NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (source, id)
);
CREATE INDEX IF NOT EXISTS evschema_outbox_without_position ON evschema_outbox (sequence) WHERE position IS NULL;

-- `numbered` is the last position, and `relayed` is the position of the last published event. The locks of these rows
-- are the locks of the relay.
CREATE TABLE IF NOT EXISTS evschema_outbox_state (
    name     TEXT PRIMARY KEY,
    position BIGINT NOT NULL
);
INSERT INTO evschema_outbox_state (name, position) VALUES ('numbered', 0), ('relayed', 0) ON CONFLICT DO NOTHING;
