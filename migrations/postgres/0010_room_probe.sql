-- Something to write that means nothing: whether a full disk has room again, only a write shows.
CREATE TABLE room_probe (
    id     integer PRIMARY KEY,
    filler text    NOT NULL
);
