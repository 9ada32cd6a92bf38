-- Whether nobody ever wrote an event under a yanked version: it is then no baseline. A version that was yanked before
-- this step counts as used.
ALTER TABLE versions ADD COLUMN never_used BOOLEAN NOT NULL DEFAULT FALSE;

-- A registration that names no version looks for its content among the versions of its subject.
CREATE INDEX versions_by_schema ON versions (subject_id, schema_id);
