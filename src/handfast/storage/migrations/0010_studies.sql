-- A study: a programme of its own kind, with a last day. What it does not have is a template: nobody is compared in it.
CREATE TABLE studies (
    programme_id TEXT PRIMARY KEY REFERENCES programmes (id),
    ends_on TEXT NOT NULL,
    ended_on TEXT
);

-- A picture of one sitting, sealed under the person's own key. It is too large for the slots of sealed bytes; it lies in
-- pages of its own, which are overwritten when it goes, and nothing opens it once the key is gone.
CREATE TABLE study_images (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES studies (programme_id),
    subject_id TEXT NOT NULL REFERENCES subjects (id),
    consent_id TEXT NOT NULL REFERENCES consents (id),
    sitting INTEGER NOT NULL CHECK (sitting IN (1, 2)),
    modality TEXT NOT NULL CHECK (modality IN ('face', 'finger')),
    hand TEXT CHECK (hand IN ('left', 'right')),
    positions TEXT NOT NULL,
    sample INTEGER NOT NULL CHECK (sample > 0),
    content BLOB NOT NULL,
    taken_on TEXT NOT NULL,
    CHECK ((modality = 'finger') = (hand IS NOT NULL))
) WITHOUT ROWID;
CREATE INDEX study_images_by_subject ON study_images (subject_id, sitting);
CREATE INDEX study_images_by_consent ON study_images (consent_id);
