-- Times are microseconds since 1970 (UTC). Nothing but `subjects`, `subject_search`, the state of a
-- version and the position of an event is ever updated, and nothing is ever deleted.

CREATE TABLE subjects (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The order of bytes, as in the other database, whatever the server's locale.
    name          TEXT COLLATE "C" NOT NULL UNIQUE,
    -- The name in lower case: some file systems would mix up two subjects of one folded name.
    folded        TEXT COLLATE "C" NOT NULL UNIQUE,
    mode          TEXT   NOT NULL,
    content_model TEXT   NOT NULL,
    owner         TEXT,
    description   TEXT,
    -- Counts the changes of the subject and its versions; an append names the one it has seen.
    revision      BIGINT NOT NULL,
    -- The highest version that is neither yanked nor a pre-release.
    latest        TEXT,
    version_count BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

-- What a search looks through beside the name, in lower case.
CREATE TABLE subject_search (
    subject_id BIGINT PRIMARY KEY REFERENCES subjects (id),
    about      TEXT NOT NULL,
    content    TEXT NOT NULL
);

-- Each content once, by the digest of its canonical form. The id is a positive 32-bit number.
CREATE TABLE schemas (
    id     INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    bytes  BYTEA NOT NULL
);

CREATE TABLE versions (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_id    BIGINT  NOT NULL REFERENCES subjects (id),
    version       TEXT COLLATE "C" NOT NULL,
    ordinal       INTEGER NOT NULL CHECK (0 < ordinal),
    schema_id     INTEGER NOT NULL REFERENCES schemas (id),
    -- The bytes as registered, where white space or member order differ from the content's.
    bytes         BYTEA,
    -- The content's `$id`, which belongs to one version.
    uri           TEXT COLLATE "C" UNIQUE,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'deprecated', 'yanked')),
    state_reason  TEXT,
    author        TEXT,
    message       TEXT,
    registered_at BIGINT  NOT NULL,
    UNIQUE (subject_id, version),
    UNIQUE (subject_id, ordinal)
);

-- What a version refers to ("references" is a keyword of SQL), and by which URI. A URI that once
-- led to a version leads there for ever: no later version may claim it as its `$id`.
CREATE TABLE version_links (
    referrer BIGINT NOT NULL REFERENCES versions (id),
    uri      TEXT COLLATE "C" NOT NULL,
    target   BIGINT NOT NULL REFERENCES versions (id),
    PRIMARY KEY (referrer, uri)
);
CREATE INDEX version_links_by_uri ON version_links (uri);
CREATE INDEX version_links_by_target ON version_links (target);

-- Every change ever made. A writer leaves `position` empty, so that writers of different subjects
-- never wait for each other; whoever reads the feed first numbers what has been committed, under a
-- lock (docs/adr/0020). A reader therefore never sees event n + 1 before event n.
CREATE TABLE feed (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position BIGINT UNIQUE,
    kind     TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    data     TEXT   NOT NULL
);
CREATE INDEX feed_without_position ON feed (sequence) WHERE position IS NULL;
