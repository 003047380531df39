-- Withdrawals that can still be taken back: the moment they become final is sealed under the person's own key, for beside
-- a person's id it would lead to the minute of their leaf.
CREATE TABLE leavings (
    subject_id TEXT PRIMARY KEY REFERENCES subjects (id),
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    final_at_sealed BLOB NOT NULL
);
