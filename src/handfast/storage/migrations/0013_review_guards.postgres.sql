CREATE FUNCTION review_pictures_need_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.purpose = 'review-pictures'
      AND consents.state = 'live'
      AND NEW.taken_on BETWEEN consents.given_on AND consents.expires_on
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
    FOR SHARE;
    IF NOT FOUND OR (NEW.case_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases WHERE id = NEW.case_id AND programme_id = NEW.programme_id AND state = 'open'
    )) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'no-consent: a picture for review needs a live consent of the same person to just that';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_pictures_need_consent BEFORE INSERT ON review_pictures
FOR EACH ROW EXECUTE FUNCTION review_pictures_need_consent();

CREATE TRIGGER review_pictures_do_not_change BEFORE UPDATE ON review_pictures
FOR EACH ROW EXECUTE FUNCTION refuse('no-consent: a picture is added or removed, never changed');

CREATE FUNCTION review_pictures_end_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM review_pictures WHERE consent_id = OLD.id;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER review_pictures_end_with_consent AFTER UPDATE OF state ON consents FOR EACH ROW
WHEN (NEW.state <> 'live') EXECUTE FUNCTION review_pictures_end_with_consent();
CREATE TRIGGER review_pictures_go_with_consent BEFORE DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION review_pictures_end_with_consent();

SELECT guards_always_hold();
