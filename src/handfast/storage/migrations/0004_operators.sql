-- The people who work with it. A right without a programme or site is for all of them: '' and not NULL, so that it is one row.
CREATE TABLE operators (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
);

CREATE TABLE operator_rights (
    operator_id TEXT NOT NULL REFERENCES operators (id),
    role TEXT NOT NULL CHECK (role IN ('enroller', 'checker', 'reviewer', 'auditor', 'finder', 'owner', 'administrator')),
    programme_id TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (operator_id, role, programme_id, site)
);

CREATE TABLE passkeys (
    credential_id BLOB PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    host TEXT NOT NULL,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    used_at TEXT
);
CREATE INDEX passkeys_by_operator ON passkeys (operator_id);

CREATE TABLE operator_secrets (
    secret_hash BLOB PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'recovery')),
    expires_at TEXT
);

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    site TEXT NOT NULL,
    public_key BLOB NOT NULL,
    paired_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
);
CREATE INDEX devices_by_operator ON devices (operator_id, ends_at);
