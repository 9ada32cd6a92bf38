-- Times are microseconds since 1970 (UTC). Nothing but `subjects`, `subject_search` and the state
-- of a version is ever updated, and nothing is ever deleted.

CREATE TABLE subjects (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    -- The name in lower case: some file systems would mix up two subjects of one folded name.
    folded        TEXT    NOT NULL UNIQUE,
    mode          TEXT    NOT NULL,
    content_model TEXT    NOT NULL,
    owner         TEXT,
    description   TEXT,
    -- Counts the changes of the subject and its versions; an append names the one it has seen.
    revision      INTEGER NOT NULL,
    -- The highest version that is neither yanked nor a pre-release.
    latest        TEXT,
    version_count INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

-- What a search looks through beside the name, in lower case.
CREATE TABLE subject_search (
    subject_id INTEGER PRIMARY KEY REFERENCES subjects (id),
    about      TEXT NOT NULL,
    content    TEXT NOT NULL
) STRICT;

-- Each content once, by the digest of its canonical form.
CREATE TABLE schemas (
    id     INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 2147483647),
    digest TEXT NOT NULL UNIQUE,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE versions (
    id            INTEGER PRIMARY KEY,
    subject_id    INTEGER NOT NULL REFERENCES subjects (id),
    version       TEXT    NOT NULL,
    ordinal       INTEGER NOT NULL CHECK (ordinal BETWEEN 1 AND 2147483647),
    schema_id     INTEGER NOT NULL REFERENCES schemas (id),
    -- The bytes as registered, where white space or member order differ from the content's.
    bytes         BLOB,
    -- The content's `$id`, which belongs to one version.
    uri           TEXT UNIQUE,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'deprecated', 'yanked')),
    state_reason  TEXT,
    author        TEXT,
    message       TEXT,
    registered_at INTEGER NOT NULL,
    UNIQUE (subject_id, version),
    UNIQUE (subject_id, ordinal)
) STRICT;

-- What a version refers to ("references" is a keyword of SQL), and by which URI. A URI that once
-- led to a version leads there for ever: no later version may claim it as its `$id`.
CREATE TABLE version_links (
    referrer INTEGER NOT NULL REFERENCES versions (id),
    uri      TEXT    NOT NULL,
    target   INTEGER NOT NULL REFERENCES versions (id),
    PRIMARY KEY (referrer, uri)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_links_by_uri ON version_links (uri);
CREATE INDEX version_links_by_target ON version_links (target);

-- Every change ever made. One writer at a time holds the database, so the next position is the
-- highest one plus one, and readers see positions in order and without gaps.
CREATE TABLE feed (
    position INTEGER PRIMARY KEY,
    kind     TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    data     TEXT    NOT NULL
) STRICT;
