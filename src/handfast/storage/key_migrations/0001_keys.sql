-- keys.db: a file of its own, with short-lived backups. Every key in it is wrapped by the one above it.

CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store_id TEXT NOT NULL
);

-- Wrapped keys lie in slots (see slab.py): a destroyed one leaves no copy on any page.
CREATE TABLE slots (
    slot INTEGER PRIMARY KEY,
    owner BLOB NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX slots_by_owner ON slots (owner, slot);

CREATE TABLE programme_keys (
    programme_id TEXT PRIMARY KEY,
    handle BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE person_keys (
    subject_id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programme_keys (programme_id),
    handle BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE signers (
    name TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
) WITHOUT ROWID;
