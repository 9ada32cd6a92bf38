-- Something to write that means nothing: whether a full disk has room again, only a write shows.
CREATE TABLE room_probe (
    id     INTEGER PRIMARY KEY,
    filler BLOB    NOT NULL
) STRICT;
