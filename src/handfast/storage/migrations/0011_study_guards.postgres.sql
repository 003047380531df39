CREATE FUNCTION study_images_need_study_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
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
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'no-consent: a picture needs a live consent of the same person to a study that is on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER study_images_need_study_consent BEFORE INSERT ON study_images
FOR EACH ROW EXECUTE FUNCTION study_images_need_study_consent();

CREATE TRIGGER study_images_do_not_change BEFORE UPDATE ON study_images
FOR EACH ROW EXECUTE FUNCTION refuse('no-consent: a picture is added or removed, never changed');

CREATE FUNCTION study_images_end_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM study_images WHERE consent_id = OLD.id;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER study_images_end_with_consent AFTER UPDATE OF state ON consents FOR EACH ROW
WHEN (NEW.state <> 'live') EXECUTE FUNCTION study_images_end_with_consent();
CREATE TRIGGER study_images_go_with_consent BEFORE DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION study_images_end_with_consent();

CREATE FUNCTION studies_are_not_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM studies WHERE programme_id = NEW.programme_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'conflict: this study is there already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER studies_are_not_replaced BEFORE INSERT ON studies
FOR EACH ROW EXECUTE FUNCTION studies_are_not_replaced();

CREATE TRIGGER studies_only_end BEFORE UPDATE ON studies FOR EACH ROW
WHEN (OLD.programme_id <> NEW.programme_id OR OLD.ends_on < NEW.ends_on
  OR (OLD.ended_on IS NOT NULL AND NEW.ended_on IS DISTINCT FROM OLD.ended_on))
EXECUTE FUNCTION refuse('conflict: a study can end, nothing else about it changes');

CREATE FUNCTION studies_go_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM study_images WHERE programme_id = OLD.programme_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'conflict: a study holds pictures';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER studies_go_last BEFORE DELETE ON studies FOR EACH ROW EXECUTE FUNCTION studies_go_last();

-- Two kinds of programme: pictures are kept in the one, templates in the other, never both.
CREATE FUNCTION studies_keep_no_templates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM studies WHERE programme_id = NEW.programme_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'no-consent: nobody is compared in a study';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER studies_keep_no_templates BEFORE INSERT ON templates
FOR EACH ROW EXECUTE FUNCTION studies_keep_no_templates();

SELECT guards_always_hold();
