-- A crop of a picture, for a person who decides a case: of an enrolment (no case), or of the check that the case is
-- about. Sealed under the person's own key, and only under a consent of its own.
CREATE TABLE review_pictures (
    id TEXT PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    subject_id TEXT NOT NULL REFERENCES subjects (id),
    consent_id TEXT NOT NULL REFERENCES consents (id),
    case_id TEXT REFERENCES cases (id) ON DELETE CASCADE,
    modality TEXT NOT NULL CHECK (modality IN ('face', 'finger')),
    hand TEXT CHECK (hand IN ('left', 'right')),
    content BLOB NOT NULL,
    taken_on TEXT NOT NULL,
    CHECK ((modality = 'finger') = (hand IS NOT NULL))
) WITHOUT ROWID;
CREATE INDEX review_pictures_by_subject ON review_pictures (subject_id);
CREATE INDEX review_pictures_by_consent ON review_pictures (consent_id);
CREATE INDEX review_pictures_by_case ON review_pictures (case_id);
