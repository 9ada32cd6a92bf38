-- What a search finds a subject by: words, the same rows in both databases (docs/adr/0024). Nothing of the
-- steps before changes. What a registry of the version before writes has no words yet, and is noticed by
-- the revision.

-- No foreign key: no subject is ever deleted, and a check would cost a look-up for each word.
CREATE TABLE search_words (
    subject_id BIGINT   NOT NULL,
    -- Where the words are from: 1 the settings, 2 the latest content; the name is in both.
    part       SMALLINT NOT NULL,
    word       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (subject_id, word, part)
);
CREATE INDEX search_words_by_word ON search_words (word, subject_id);

-- The revision of the subject that its words are of.
ALTER TABLE subject_search ADD COLUMN indexed_revision BIGINT NOT NULL DEFAULT 0;
