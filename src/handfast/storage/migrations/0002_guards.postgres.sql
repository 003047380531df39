-- Rules that hold for raw SQL too, with foreign keys off. A message starts with the code of the error that it becomes.
-- Every trigger is ENABLE ALWAYS (at the end), so that a session in replica mode does not get round it either.

-- Sealed bytes go when the row that holds their handle goes or changes; the column's name is the argument.
CREATE FUNCTION blank_slot() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held BYTEA;
    kept BYTEA;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO held USING OLD;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO kept USING NEW;
    END IF;
    IF held IS NOT NULL AND held IS DISTINCT FROM kept THEN
        UPDATE slots SET owner = decode(repeat('00', 16), 'hex'), data = decode(repeat('00', length(data)), 'hex')
        WHERE owner = held;
    END IF;
    RETURN NULL;
END $$;

-- Says no, in the words of its argument.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION templates_need_live_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The rows stay as they are until this template is committed, whoever else writes.
    PERFORM 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.state = 'live'
      AND NEW.taken_on BETWEEN consents.given_on AND consents.expires_on
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'no-consent: a template needs a live consent of the same person in the same programme';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER templates_need_live_consent BEFORE INSERT ON templates
FOR EACH ROW EXECUTE FUNCTION templates_need_live_consent();

CREATE TRIGGER templates_do_not_change BEFORE UPDATE ON templates
FOR EACH ROW EXECUTE FUNCTION refuse('no-consent: a template is added or removed, never changed');

CREATE FUNCTION consents_are_not_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM consents WHERE id = NEW.id OR record_hash = NEW.record_hash) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'conflict: this consent is recorded already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consents_are_not_replaced BEFORE INSERT ON consents
FOR EACH ROW EXECUTE FUNCTION consents_are_not_replaced();

CREATE TRIGGER consents_only_end BEFORE UPDATE ON consents FOR EACH ROW
WHEN (OLD.id <> NEW.id OR OLD.programme_id <> NEW.programme_id OR OLD.subject_id <> NEW.subject_id
  OR OLD.purpose <> NEW.purpose OR OLD.record_hash <> NEW.record_hash OR OLD.given_on <> NEW.given_on
  OR OLD.expires_on < NEW.expires_on OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'))
EXECUTE FUNCTION refuse('conflict: a consent can end, nothing else about it changes');

CREATE FUNCTION templates_end_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM templates WHERE consent_id = OLD.id;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER templates_end_with_consent AFTER UPDATE OF state ON consents FOR EACH ROW
WHEN (NEW.state <> 'live') EXECUTE FUNCTION templates_end_with_consent();
CREATE TRIGGER templates_go_with_consent BEFORE DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION templates_end_with_consent();

CREATE FUNCTION subjects_are_not_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subjects WHERE id = NEW.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'conflict: this person is there already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subjects_are_not_replaced BEFORE INSERT ON subjects
FOR EACH ROW EXECUTE FUNCTION subjects_are_not_replaced();

CREATE TRIGGER withdrawn_is_final BEFORE UPDATE ON subjects FOR EACH ROW
WHEN (OLD.id <> NEW.id OR OLD.programme_id <> NEW.programme_id OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'))
EXECUTE FUNCTION refuse('conflict: a withdrawn person stays withdrawn, and nobody moves to another programme');

CREATE FUNCTION consents_end_with_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE consents SET state = 'withdrawn', record_sealed = NULL WHERE subject_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER consents_end_with_subject AFTER UPDATE OF state ON subjects FOR EACH ROW
WHEN (NEW.state = 'withdrawn') EXECUTE FUNCTION consents_end_with_subject();

CREATE FUNCTION leaves_follow_each_other() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.n <> (SELECT COALESCE(MAX(n) + 1, 0) FROM leaves) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'conflict: a leaf takes the next place in the log';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER leaves_follow_each_other BEFORE INSERT ON leaves
FOR EACH ROW EXECUTE FUNCTION leaves_follow_each_other();

CREATE TRIGGER leaves_do_not_change BEFORE UPDATE ON leaves
FOR EACH ROW EXECUTE FUNCTION refuse('conflict: the log only grows');
CREATE TRIGGER leaves_stay BEFORE DELETE ON leaves
FOR EACH ROW EXECUTE FUNCTION refuse('conflict: the log only grows');
CREATE TRIGGER leaves_stay_all BEFORE TRUNCATE ON leaves
FOR EACH STATEMENT EXECUTE FUNCTION refuse('conflict: the log only grows');

CREATE TRIGGER blank_templates_sealed AFTER DELETE ON templates
FOR EACH ROW EXECUTE FUNCTION blank_slot('sealed');
CREATE TRIGGER blank_consents_record_sealed AFTER DELETE OR UPDATE OF record_sealed ON consents
FOR EACH ROW EXECUTE FUNCTION blank_slot('record_sealed');
CREATE TRIGGER blank_subjects_reference_sealed AFTER DELETE OR UPDATE OF reference_sealed ON subjects
FOR EACH ROW EXECUTE FUNCTION blank_slot('reference_sealed');
CREATE TRIGGER blank_sessions_sealed AFTER DELETE OR UPDATE OF sealed ON sessions
FOR EACH ROW EXECUTE FUNCTION blank_slot('sealed');
CREATE TRIGGER blank_sessions_answer_sealed AFTER DELETE OR UPDATE OF answer_sealed ON sessions
FOR EACH ROW EXECUTE FUNCTION blank_slot('answer_sealed');
CREATE TRIGGER blank_ratchets_sealed AFTER DELETE ON ratchets
FOR EACH ROW EXECUTE FUNCTION blank_slot('sealed');
CREATE TRIGGER blank_deliveries_body_sealed AFTER DELETE OR UPDATE OF body_sealed ON deliveries
FOR EACH ROW EXECUTE FUNCTION blank_slot('body_sealed');

-- A slot is overwritten again and again: what the overwriting leaves behind is cleared away soon.
ALTER TABLE slots SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The guards of every table hold in a session in replica mode too; later migrations call this again for theirs.
CREATE FUNCTION guards_always_hold() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    guard RECORD;
BEGIN
    FOR guard IN SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND tgenabled = 'O' AND relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', guard.relation, guard.tgname);
    END LOOP;
END $$;
SELECT guards_always_hold();
