-- keys.db: a file of its own, with short-lived backups. Every key in it is wrapped by the one above it.

CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store_id TEXT NOT NULL
);

CREATE TABLE programme_keys (
    programme_id TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE person_keys (
    subject_id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programme_keys (programme_id),
    template_key BLOB NOT NULL,
    log_key BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE signers (
    name TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
) WITHOUT ROWID;
