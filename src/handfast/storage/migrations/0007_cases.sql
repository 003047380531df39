-- Cases that a person decides. Who it is about lies sealed in the details; rows tell no person, and days, not times.
CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    kind TEXT NOT NULL CHECK (kind IN ('referred', 'duplicate', 'objection')),
    state TEXT NOT NULL CHECK (state IN ('open', 'decided')),
    site TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    session_id TEXT,
    opened_on TEXT NOT NULL,
    deadline_on TEXT NOT NULL,
    details BLOB NOT NULL,
    decision TEXT CHECK (decision IN ('same', 'different', 'cannot-tell')),
    decided_by TEXT,
    decided_on TEXT,
    CHECK ((state = 'decided') = (decision IS NOT NULL))
);
CREATE INDEX cases_by_programme ON cases (programme_id, state, deadline_on);
CREATE INDEX cases_by_session ON cases (session_id);

-- One row for everyone enrolled and one for every capture that failed, whether or not it says anything.
CREATE TABLE duress (
    subject_id TEXT PRIMARY KEY REFERENCES subjects (id),
    details BLOB NOT NULL
);

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    day TEXT NOT NULL,
    details BLOB NOT NULL
);
CREATE INDEX alerts_by_day ON alerts (programme_id, day);
