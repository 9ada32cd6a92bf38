-- Where a version lies among those of its subject, in the order of bytes, so that a registration reads the versions it
-- is held against and no others: releases in order of precedence behind all pre-releases, which here are in order of
-- the release they precede. The database computes it, for what a registry of the version before writes has it too.
-- A cast to a number reads as far as there are digits.
ALTER TABLE versions ADD COLUMN place TEXT NOT NULL GENERATED ALWAYS AS (
    printf('%d%09d%09d%09d', instr(version, '-') = 0, CAST(version AS INTEGER),
           CAST(substr(version, instr(version, '.') + 1) AS INTEGER),
           CAST(substr(version, instr(version, '.') + 1
                                + instr(substr(version, instr(version, '.') + 1), '.')) AS INTEGER))
) VIRTUAL;
CREATE INDEX versions_by_place ON versions (subject_id, place);
