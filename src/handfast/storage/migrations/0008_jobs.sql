-- Long work that outlives a process. A job tells of nobody: what it is about stands in its programme's own tables.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    asked TEXT NOT NULL,
    reached TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    worker TEXT,
    CHECK ((state = 'running') = (worker IS NOT NULL))
);
CREATE INDEX jobs_due ON jobs (state, due_at);
