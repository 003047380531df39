-- What people are searched by: one row a person and model, only for those whose consent names a search.
CREATE TABLE search_codes (
    subject_id TEXT NOT NULL REFERENCES subjects (id),
    model TEXT NOT NULL,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    consent_id TEXT NOT NULL REFERENCES consents (id),
    sealed BLOB NOT NULL,
    made_on TEXT NOT NULL,
    PRIMARY KEY (subject_id, model)
) WITHOUT ROWID;
CREATE INDEX search_codes_by_programme ON search_codes (programme_id, model);

-- How far the searched set of a programme has moved on, and who moved since `cleared`. Rows of it live for a second:
-- what stays would tell in which order people came.
CREATE TABLE search_states (
    programme_id TEXT PRIMARY KEY REFERENCES programmes (id),
    moved INTEGER NOT NULL,
    cleared INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE search_moves (
    subject_id TEXT PRIMARY KEY REFERENCES subjects (id),
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    moved INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX search_moves_by_programme ON search_moves (programme_id, moved);
