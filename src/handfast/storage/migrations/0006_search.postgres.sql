CREATE FUNCTION search_codes_need_live_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.purpose IN ('find', 'duplicate-check')
      AND consents.state = 'live'
      AND NEW.made_on BETWEEN consents.given_on AND consents.expires_on
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'no-consent: a search code needs a live consent of the same person to being searched for';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER search_codes_need_live_consent BEFORE INSERT ON search_codes
FOR EACH ROW EXECUTE FUNCTION search_codes_need_live_consent();

CREATE TRIGGER search_codes_do_not_change BEFORE UPDATE ON search_codes
FOR EACH ROW EXECUTE FUNCTION refuse('no-consent: a search code is added or removed, never changed');

CREATE FUNCTION search_codes_end_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_codes WHERE subject_id = NEW.subject_id AND NOT EXISTS (
        SELECT 1 FROM consents WHERE subject_id = NEW.subject_id AND purpose IN ('find', 'duplicate-check') AND state = 'live'
    );
    RETURN NULL;
END $$;
CREATE TRIGGER search_codes_end_with_consent AFTER UPDATE OF state ON consents FOR EACH ROW
WHEN (NEW.state <> 'live') EXECUTE FUNCTION search_codes_end_with_consent();

CREATE FUNCTION search_codes_go_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_codes WHERE subject_id = OLD.subject_id;
    RETURN OLD;
END $$;
CREATE TRIGGER search_codes_go_with_consent BEFORE DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION search_codes_go_with_consent();

CREATE TRIGGER blank_search_codes_sealed AFTER DELETE ON search_codes
FOR EACH ROW EXECUTE FUNCTION blank_slot('sealed');

-- Whatever changes who may be searched moves the programme's state on, by raw SQL too, and wakes whoever listens.
-- The row of search_states is locked until the end: numbers are given in the order in which they are committed.
CREATE FUNCTION search_moves_on(subject TEXT, programme TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    number BIGINT;
BEGIN
    INSERT INTO search_states (programme_id, moved, cleared) VALUES (programme, 1, 0)
    ON CONFLICT (programme_id) DO UPDATE SET moved = search_states.moved + 1
    RETURNING search_states.moved INTO number;
    INSERT INTO search_moves (subject_id, programme_id, moved) VALUES (subject, programme, number)
    ON CONFLICT (subject_id) DO UPDATE SET moved = excluded.moved;
    PERFORM pg_notify('handfast_changes', '');
END $$;

CREATE FUNCTION search_moves_by_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM search_moves_on(OLD.subject_id, OLD.programme_id);
    ELSE
        PERFORM search_moves_on(NEW.subject_id, NEW.programme_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_moves_by_code AFTER INSERT OR DELETE ON search_codes
FOR EACH ROW EXECUTE FUNCTION search_moves_by_code();

CREATE FUNCTION search_moves_by_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM search_codes WHERE subject_id = NEW.id) THEN
        PERFORM search_moves_on(NEW.id, NEW.programme_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_moves_by_state AFTER UPDATE OF state ON subjects FOR EACH ROW
WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION search_moves_by_state();

CREATE FUNCTION search_moves_by_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.purpose IN ('find', 'duplicate-check') AND EXISTS (
        SELECT 1 FROM search_codes WHERE subject_id = NEW.subject_id
    ) THEN
        PERFORM search_moves_on(NEW.subject_id, NEW.programme_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_moves_by_new_consent AFTER INSERT ON consents
FOR EACH ROW EXECUTE FUNCTION search_moves_by_consent();
CREATE TRIGGER search_moves_by_consent AFTER UPDATE ON consents FOR EACH ROW
WHEN (OLD.state <> NEW.state OR OLD.expires_on <> NEW.expires_on) EXECUTE FUNCTION search_moves_by_consent();

SELECT guards_always_hold();
