CREATE TRIGGER search_codes_need_live_consent BEFORE INSERT ON search_codes
WHEN NOT EXISTS (
    SELECT 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.purpose IN ('find', 'duplicate-check')
      AND consents.state = 'live'
      AND NEW.made_on BETWEEN consents.given_on AND consents.expires_on
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
)
BEGIN SELECT RAISE(ABORT, 'no-consent: a search code needs a live consent of the same person to being searched for'); END;

CREATE TRIGGER search_codes_do_not_change BEFORE UPDATE ON search_codes
BEGIN SELECT RAISE(ABORT, 'no-consent: a search code is added or removed, never changed'); END;

CREATE TRIGGER search_codes_end_with_consent AFTER UPDATE OF state ON consents WHEN NEW.state <> 'live'
BEGIN
    DELETE FROM search_codes WHERE subject_id = NEW.subject_id AND NOT EXISTS (
        SELECT 1 FROM consents WHERE subject_id = NEW.subject_id AND purpose IN ('find', 'duplicate-check') AND state = 'live'
    );
END;

CREATE TRIGGER search_codes_go_with_consent BEFORE DELETE ON consents
BEGIN DELETE FROM search_codes WHERE subject_id = OLD.subject_id; END;

CREATE TRIGGER blank_search_codes_sealed AFTER DELETE ON search_codes WHEN OLD.sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.sealed; END;

-- Whatever changes who may be searched moves the programme's state on, by raw SQL too.

CREATE TRIGGER search_moves_on AFTER INSERT ON search_moves
BEGIN
    INSERT INTO search_states (programme_id, moved, cleared) VALUES (NEW.programme_id, 1, 0)
    ON CONFLICT (programme_id) DO UPDATE SET moved = moved + 1;
    UPDATE search_moves SET moved = (SELECT moved FROM search_states WHERE programme_id = NEW.programme_id)
    WHERE subject_id = NEW.subject_id;
END;

CREATE TRIGGER search_moves_by_code AFTER INSERT ON search_codes
BEGIN
    DELETE FROM search_moves WHERE subject_id = NEW.subject_id;
    INSERT INTO search_moves (subject_id, programme_id, moved) VALUES (NEW.subject_id, NEW.programme_id, 0);
END;

CREATE TRIGGER search_moves_by_code_gone AFTER DELETE ON search_codes
BEGIN
    DELETE FROM search_moves WHERE subject_id = OLD.subject_id;
    INSERT INTO search_moves (subject_id, programme_id, moved) VALUES (OLD.subject_id, OLD.programme_id, 0);
END;

CREATE TRIGGER search_moves_by_state AFTER UPDATE OF state ON subjects
WHEN OLD.state <> NEW.state AND EXISTS (SELECT 1 FROM search_codes WHERE subject_id = NEW.id)
BEGIN
    DELETE FROM search_moves WHERE subject_id = NEW.id;
    INSERT INTO search_moves (subject_id, programme_id, moved) VALUES (NEW.id, NEW.programme_id, 0);
END;

CREATE TRIGGER search_moves_by_consent AFTER UPDATE ON consents
WHEN NEW.purpose IN ('find', 'duplicate-check') AND (OLD.state <> NEW.state OR OLD.expires_on <> NEW.expires_on)
  AND EXISTS (SELECT 1 FROM search_codes WHERE subject_id = NEW.subject_id)
BEGIN
    DELETE FROM search_moves WHERE subject_id = NEW.subject_id;
    INSERT INTO search_moves (subject_id, programme_id, moved) VALUES (NEW.subject_id, NEW.programme_id, 0);
END;

CREATE TRIGGER search_moves_by_new_consent AFTER INSERT ON consents
WHEN NEW.purpose IN ('find', 'duplicate-check') AND EXISTS (SELECT 1 FROM search_codes WHERE subject_id = NEW.subject_id)
BEGIN
    DELETE FROM search_moves WHERE subject_id = NEW.subject_id;
    INSERT INTO search_moves (subject_id, programme_id, moved) VALUES (NEW.subject_id, NEW.programme_id, 0);
END;
