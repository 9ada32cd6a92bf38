-- A word is found from each of its parts on, and parts joined by `_` or `-` are one word (docs/adr/0024): the rows of
-- `search_words` are cut anew. What a registry of the version before writes is cut as it cuts, and is noticed by the
-- revision, which it leaves behind.

-- The revision of the subject that its words are of, cut so.
ALTER TABLE subject_search ADD COLUMN words_revision INTEGER NOT NULL DEFAULT 0;
