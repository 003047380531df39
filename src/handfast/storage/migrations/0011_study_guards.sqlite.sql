CREATE TRIGGER study_images_need_study_consent BEFORE INSERT ON study_images
WHEN NOT EXISTS (
    SELECT 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    JOIN studies ON studies.programme_id = consents.programme_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.purpose = 'study'
      AND consents.state = 'live'
      AND NEW.taken_on BETWEEN consents.given_on AND consents.expires_on
      AND NEW.taken_on <= studies.ends_on
      AND studies.ended_on IS NULL
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
)
BEGIN SELECT RAISE(ABORT, 'no-consent: a picture needs a live consent of the same person to a study that is on'); END;

CREATE TRIGGER study_images_do_not_change BEFORE UPDATE ON study_images
BEGIN SELECT RAISE(ABORT, 'no-consent: a picture is added or removed, never changed'); END;

CREATE TRIGGER study_images_end_with_consent AFTER UPDATE OF state ON consents WHEN NEW.state <> 'live'
BEGIN DELETE FROM study_images WHERE consent_id = NEW.id; END;

CREATE TRIGGER study_images_go_with_consent BEFORE DELETE ON consents
BEGIN DELETE FROM study_images WHERE consent_id = OLD.id; END;

CREATE TRIGGER studies_are_not_replaced BEFORE INSERT ON studies
WHEN EXISTS (SELECT 1 FROM studies WHERE programme_id = NEW.programme_id)
BEGIN SELECT RAISE(ABORT, 'conflict: this study is there already'); END;

CREATE TRIGGER studies_only_end BEFORE UPDATE ON studies
WHEN OLD.programme_id <> NEW.programme_id OR OLD.ends_on < NEW.ends_on
  OR (OLD.ended_on IS NOT NULL AND NEW.ended_on IS NOT OLD.ended_on)
BEGIN SELECT RAISE(ABORT, 'conflict: a study can end, nothing else about it changes'); END;

CREATE TRIGGER studies_go_last BEFORE DELETE ON studies
WHEN EXISTS (SELECT 1 FROM study_images WHERE programme_id = OLD.programme_id)
BEGIN SELECT RAISE(ABORT, 'conflict: a study holds pictures'); END;

-- Two kinds of programme: pictures are kept in the one, templates in the other, never both.
CREATE TRIGGER studies_keep_no_templates BEFORE INSERT ON templates
WHEN EXISTS (SELECT 1 FROM studies WHERE programme_id = NEW.programme_id)
BEGIN SELECT RAISE(ABORT, 'no-consent: nobody is compared in a study'); END;
