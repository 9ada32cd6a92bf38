-- Who may do what, and which findings are accepted. Nothing of the first step changes, so that a
-- registry of the version before can go on beside this one during a rolling restart.

-- A token itself is kept nowhere, only its SHA-256. Rows are never deleted: once there has been a
-- token, writing without one stays closed.
CREATE TABLE tokens (
    -- The first 16 hexadecimal digits of the digest.
    id           TEXT COLLATE "C" PRIMARY KEY,
    digest       BYTEA  NOT NULL,
    name         TEXT   NOT NULL,
    -- With a space between each.
    scopes       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    expires_at   BIGINT,
    -- To the minute, so that a busy token is no busy row.
    last_used_at BIGINT,
    revoked_at   BIGINT,
    revoked_by   TEXT
);

-- The findings that are accepted now; how it came to that is in the feed.
CREATE TABLE waivers (
    subject_id  BIGINT NOT NULL REFERENCES subjects (id),
    fingerprint TEXT COLLATE "C" NOT NULL,
    reason      TEXT   NOT NULL,
    -- The last day on which it holds, as in 2027-01-31.
    until       TEXT,
    author      TEXT,
    granted_at  BIGINT NOT NULL,
    PRIMARY KEY (subject_id, fingerprint)
);

-- What is proven of who made a change: the id of the token, and the address the request came from.
ALTER TABLE feed ADD COLUMN token TEXT;
ALTER TABLE feed ADD COLUMN address TEXT;
