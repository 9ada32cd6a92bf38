-- What a search finds a subject by: words, the same rows in both databases (docs/adr/0024). Nothing of the
-- steps before changes. What a registry of the version before writes has no words yet, and is noticed by
-- the revision.

-- No foreign key: no subject is ever deleted, and a check would cost a look-up for each word.
CREATE TABLE search_words (
    subject_id INTEGER NOT NULL,
    -- Where the words are from: 1 the settings, 2 the latest content; the name is in both.
    part       INTEGER NOT NULL,
    word       TEXT    NOT NULL,
    PRIMARY KEY (subject_id, word, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_words_by_word ON search_words (word, subject_id);

-- The revision of the subject that its words are of.
ALTER TABLE subject_search ADD COLUMN indexed_revision INTEGER NOT NULL DEFAULT 0;
