-- Days, not times, stand beside a person's id: a leaf of the log is known to the minute, and the two must not meet.
-- For the same reason these tables are WITHOUT ROWID, in the order of random ids and not of enrolment.

-- Bytes that must leave no trace lie in slots (see slab.py); columns called "sealed" in the tables below hold handles.
CREATE TABLE slots (
    slot INTEGER PRIMARY KEY,
    owner BLOB NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX slots_by_owner ON slots (owner, slot);

CREATE TABLE programmes (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    who_sees TEXT NOT NULL,
    policy TEXT NOT NULL,
    notice TEXT NOT NULL,
    languages TEXT NOT NULL,
    another_way TEXT NOT NULL,
    retention_days INTEGER NOT NULL CHECK (retention_days > 0),
    mode TEXT NOT NULL CHECK (mode IN ('trial', 'live')),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    return_urls TEXT NOT NULL,
    webhook_urls TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    secret_hash BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    purposes TEXT NOT NULL,
    site TEXT
);

CREATE TABLE admins (
    id TEXT PRIMARY KEY,
    link_hash BLOB UNIQUE,
    link_expires_at TEXT NOT NULL,
    token_hash BLOB UNIQUE,
    token_expires_at TEXT,
    created_at TEXT NOT NULL
);

CREATE TABLE subjects (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'frozen', 'withdrawn')),
    before_freeze TEXT CHECK (before_freeze IN ('pending', 'active')),
    reference_lookup BLOB,
    reference_sealed BLOB,
    hands TEXT NOT NULL,
    missing TEXT NOT NULL,
    enrolled_on TEXT NOT NULL,
    last_used_on TEXT NOT NULL,
    UNIQUE (programme_id, reference_lookup)
) WITHOUT ROWID;

CREATE TABLE consents (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    subject_id TEXT NOT NULL REFERENCES subjects (id),
    purpose TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'withdrawn')),
    record_hash BLOB NOT NULL UNIQUE,
    record_sealed BLOB,
    given_on TEXT NOT NULL,
    expires_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX consents_by_subject ON consents (subject_id, purpose);

CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    subject_id TEXT NOT NULL REFERENCES subjects (id),
    consent_id TEXT NOT NULL REFERENCES consents (id),
    modality TEXT NOT NULL,
    position INTEGER,
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    model TEXT NOT NULL,
    quality REAL NOT NULL,
    sealed BLOB NOT NULL,
    taken_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX templates_by_subject ON templates (subject_id);
CREATE INDEX templates_by_consent ON templates (consent_id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    kind TEXT NOT NULL CHECK (kind IN ('enrol', 'check', 'find')),
    mode TEXT NOT NULL CHECK (mode IN ('attended', 'self')),
    state TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'answered', 'abandoned')),
    actor TEXT NOT NULL,
    desk TEXT NOT NULL,
    link_hash BLOB NOT NULL UNIQUE,
    idempotency_hash BLOB,
    request_hash BLOB,
    subject_id TEXT REFERENCES subjects (id),
    sealed BLOB,
    answer_sealed BLOB,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    claimed_at TEXT,
    answered_at TEXT,
    UNIQUE (programme_id, idempotency_hash),
    CHECK ((state = 'answered') = (answer_sealed IS NOT NULL)),
    CHECK (state IN ('open', 'claimed') OR (subject_id IS NULL AND sealed IS NULL))
);
CREATE INDEX sessions_by_expiry ON sessions (state, expires_at);

CREATE TABLE cards (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    subject_id TEXT NOT NULL REFERENCES subjects (id),
    issued_on TEXT NOT NULL,
    revoked_on TEXT
) WITHOUT ROWID;
CREATE INDEX cards_by_subject ON cards (subject_id);

CREATE TABLE private_codes (
    lookup BLOB PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    subject_id TEXT NOT NULL UNIQUE REFERENCES subjects (id),
    pin_hash TEXT,
    tries INTEGER NOT NULL,
    next_try_at TEXT
) WITHOUT ROWID;

CREATE TABLE leaves (
    n INTEGER PRIMARY KEY,
    tag TEXT UNIQUE,
    raw BLOB NOT NULL
);

CREATE TABLE nodes (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, place)
) WITHOUT ROWID;

CREATE TABLE details (
    n INTEGER PRIMARY KEY REFERENCES leaves (n),
    sealed BLOB NOT NULL
);

CREATE TABLE tree (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    last_at TEXT NOT NULL,
    frontier BLOB NOT NULL,
    note TEXT NOT NULL,
    verifier_key TEXT NOT NULL
);

CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL
);

CREATE TABLE ratchets (
    subject_id TEXT PRIMARY KEY REFERENCES subjects (id),
    uses INTEGER NOT NULL,
    sealed BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasures (
    subject_id TEXT PRIMARY KEY REFERENCES subjects (id),
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    leaf TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE counts (
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    day TEXT NOT NULL,
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (programme_id, day, desk, kind, cause)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    url TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    tries INTEGER NOT NULL,
    next_try_at TEXT NOT NULL,
    delivered_at TEXT,
    given_up_at TEXT
);
CREATE INDEX deliveries_due ON deliveries (next_try_at);
