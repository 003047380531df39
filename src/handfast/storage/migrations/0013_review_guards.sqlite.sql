CREATE TRIGGER review_pictures_need_consent BEFORE INSERT ON review_pictures
WHEN NOT EXISTS (
    SELECT 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.purpose = 'review-pictures'
      AND consents.state = 'live'
      AND NEW.taken_on BETWEEN consents.given_on AND consents.expires_on
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
) OR (NEW.case_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM cases WHERE id = NEW.case_id AND programme_id = NEW.programme_id AND state = 'open'
))
BEGIN SELECT RAISE(ABORT, 'no-consent: a picture for review needs a live consent of the same person to just that'); END;

CREATE TRIGGER review_pictures_do_not_change BEFORE UPDATE ON review_pictures
BEGIN SELECT RAISE(ABORT, 'no-consent: a picture is added or removed, never changed'); END;

CREATE TRIGGER review_pictures_end_with_consent AFTER UPDATE OF state ON consents WHEN NEW.state <> 'live'
BEGIN DELETE FROM review_pictures WHERE consent_id = NEW.id; END;

CREATE TRIGGER review_pictures_go_with_consent BEFORE DELETE ON consents
BEGIN DELETE FROM review_pictures WHERE consent_id = OLD.id; END;
