-- Versions of one subject may share an `$id`. The first of them has it in `versions.uri`, which is unique, so that no
-- other subject can claim it; the later ones have it here.

CREATE TABLE shared_ids (
    version_id BIGINT PRIMARY KEY REFERENCES versions (id),
    uri        TEXT COLLATE "C" NOT NULL
);
CREATE INDEX shared_ids_by_uri ON shared_ids (uri);
