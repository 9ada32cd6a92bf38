-- Where a version lies among those of its subject, in the order of bytes, so that a registration reads the versions it
-- is held against and no others: releases in order of precedence behind all pre-releases, which here are in order of
-- the release they precede. The database computes it, for what a registry of the version before writes has it too.
ALTER TABLE versions ADD COLUMN place TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    CASE WHEN strpos(version, '-') = 0 THEN '1' ELSE '0' END
    || lpad(split_part(version, '.', 1), 9, '0')
    || lpad(split_part(version, '.', 2), 9, '0')
    || lpad(split_part(split_part(version, '-', 1), '.', 3), 9, '0')
) STORED;
CREATE INDEX versions_by_place ON versions (subject_id, place);
