-- What a search finds a subject by, as one row of terms and one index of them (docs/adr/0024). `subject_search` and
-- `search_words` are from now on for registries of the version before alone, which notice by the revision what this one
-- writes; a later step drops them.

-- No foreign key: no subject is ever deleted, and the key would keep others from writing until this is done.
CREATE TABLE search_terms (
    subject_id BIGINT PRIMARY KEY,
    -- The subject's, beside its terms, to look into subjects in order of names.
    name       TEXT COLLATE "C" NOT NULL,
    -- The words of the settings.
    about      TSVECTOR NOT NULL,
    -- These and those of the latest content, which are the name's too. To join them for a search takes longer than
    -- the search.
    terms      TSVECTOR NOT NULL,
    -- The revision of the subject that they are of.
    revision   BIGINT NOT NULL
-- There is room in a page for the next revision of a row, which then has no new entries in the indexes if its words
-- are the same.
) WITH (fillfactor = 80);

INSERT INTO search_terms (subject_id, name, about, terms, revision)
SELECT s.id, s.name,
       coalesce(array_to_tsvector(array_agg(w.word) FILTER (WHERE w.part = 1)), ''),
       coalesce(array_to_tsvector(array_agg(w.word) FILTER (WHERE w.word IS NOT NULL)), ''),
       t.words_revision
FROM subjects s JOIN subject_search t ON t.subject_id = s.id LEFT JOIN search_words w ON w.subject_id = s.id
WHERE 0 < t.words_revision
GROUP BY s.id, s.name, t.words_revision;

-- Not unique: another that gives the same subject its row is noticed by the number alone.
CREATE INDEX search_terms_by_name ON search_terms (name);
-- Terms are gathered, and brought into the index some subjects at a time; each search goes through what is gathered.
CREATE INDEX search_terms_by_term ON search_terms USING gin (terms) WITH (gin_pending_list_limit = 64);
