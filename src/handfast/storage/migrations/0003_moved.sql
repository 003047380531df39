-- A database whose records were moved elsewhere says so, and is not opened any more.
CREATE TABLE moved (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    place TEXT NOT NULL
);
