-- What a version was let in by: the findings that waivers accepted, as JSON; nothing where there were none.
ALTER TABLE versions ADD COLUMN accepted TEXT;
