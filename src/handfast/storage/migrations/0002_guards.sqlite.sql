-- Rules that hold for raw SQL too, with foreign keys off. A message starts with the code of the error that it becomes.

CREATE TRIGGER templates_need_live_consent BEFORE INSERT ON templates
WHEN NOT EXISTS (
    SELECT 1 FROM consents JOIN subjects ON subjects.id = consents.subject_id
    WHERE consents.id = NEW.consent_id
      AND consents.subject_id = NEW.subject_id
      AND consents.programme_id = NEW.programme_id
      AND consents.state = 'live'
      AND NEW.taken_on BETWEEN consents.given_on AND consents.expires_on
      AND subjects.programme_id = NEW.programme_id
      AND subjects.state <> 'withdrawn'
)
BEGIN SELECT RAISE(ABORT, 'no-consent: a template needs a live consent of the same person in the same programme'); END;

CREATE TRIGGER templates_do_not_change BEFORE UPDATE ON templates
BEGIN SELECT RAISE(ABORT, 'no-consent: a template is added or removed, never changed'); END;

CREATE TRIGGER consents_are_not_replaced BEFORE INSERT ON consents
WHEN EXISTS (SELECT 1 FROM consents WHERE id = NEW.id OR record_hash = NEW.record_hash)
BEGIN SELECT RAISE(ABORT, 'conflict: this consent is recorded already'); END;

CREATE TRIGGER consents_only_end BEFORE UPDATE ON consents
WHEN OLD.id <> NEW.id OR OLD.programme_id <> NEW.programme_id OR OLD.subject_id <> NEW.subject_id
  OR OLD.purpose <> NEW.purpose OR OLD.record_hash <> NEW.record_hash OR OLD.given_on <> NEW.given_on
  OR OLD.expires_on < NEW.expires_on OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'conflict: a consent can end, nothing else about it changes'); END;

CREATE TRIGGER templates_end_with_consent AFTER UPDATE OF state ON consents WHEN NEW.state <> 'live'
BEGIN DELETE FROM templates WHERE consent_id = NEW.id; END;

CREATE TRIGGER templates_go_with_consent BEFORE DELETE ON consents
BEGIN DELETE FROM templates WHERE consent_id = OLD.id; END;

CREATE TRIGGER subjects_are_not_replaced BEFORE INSERT ON subjects
WHEN EXISTS (SELECT 1 FROM subjects WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'conflict: this person is there already'); END;

CREATE TRIGGER withdrawn_is_final BEFORE UPDATE ON subjects
WHEN OLD.id <> NEW.id OR OLD.programme_id <> NEW.programme_id OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'conflict: a withdrawn person stays withdrawn, and nobody moves to another programme'); END;

CREATE TRIGGER consents_end_with_subject AFTER UPDATE OF state ON subjects WHEN NEW.state = 'withdrawn'
BEGIN UPDATE consents SET state = 'withdrawn', record_sealed = NULL WHERE subject_id = NEW.id; END;

CREATE TRIGGER leaves_follow_each_other BEFORE INSERT ON leaves
WHEN NEW.n <> (SELECT COALESCE(MAX(n) + 1, 0) FROM leaves)
BEGIN SELECT RAISE(ABORT, 'conflict: a leaf takes the next place in the log'); END;

CREATE TRIGGER leaves_do_not_change BEFORE UPDATE ON leaves
BEGIN SELECT RAISE(ABORT, 'conflict: the log only grows'); END;

CREATE TRIGGER leaves_stay BEFORE DELETE ON leaves
BEGIN SELECT RAISE(ABORT, 'conflict: the log only grows'); END;

CREATE TRIGGER blank_templates_sealed AFTER DELETE ON templates WHEN OLD.sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.sealed; END;

CREATE TRIGGER blank_consents_record_sealed AFTER DELETE ON consents WHEN OLD.record_sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.record_sealed; END;

CREATE TRIGGER blank_old_consents_record_sealed AFTER UPDATE OF record_sealed ON consents WHEN OLD.record_sealed IS NOT NEW.record_sealed
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.record_sealed; END;

CREATE TRIGGER blank_subjects_reference_sealed AFTER DELETE ON subjects WHEN OLD.reference_sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.reference_sealed; END;

CREATE TRIGGER blank_old_subjects_reference_sealed AFTER UPDATE OF reference_sealed ON subjects WHEN OLD.reference_sealed IS NOT NEW.reference_sealed
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.reference_sealed; END;

CREATE TRIGGER blank_sessions_sealed AFTER DELETE ON sessions WHEN OLD.sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.sealed; END;

CREATE TRIGGER blank_old_sessions_sealed AFTER UPDATE OF sealed ON sessions WHEN OLD.sealed IS NOT NEW.sealed
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.sealed; END;

CREATE TRIGGER blank_sessions_answer_sealed AFTER DELETE ON sessions WHEN OLD.answer_sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.answer_sealed; END;

CREATE TRIGGER blank_old_sessions_answer_sealed AFTER UPDATE OF answer_sealed ON sessions WHEN OLD.answer_sealed IS NOT NEW.answer_sealed
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.answer_sealed; END;

CREATE TRIGGER blank_ratchets_sealed AFTER DELETE ON ratchets WHEN OLD.sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.sealed; END;

CREATE TRIGGER blank_deliveries_body_sealed AFTER DELETE ON deliveries WHEN OLD.body_sealed IS NOT NULL
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.body_sealed; END;

CREATE TRIGGER blank_old_deliveries_body_sealed AFTER UPDATE OF body_sealed ON deliveries WHEN OLD.body_sealed IS NOT NEW.body_sealed
BEGIN UPDATE slots SET owner = zeroblob(16), data = zeroblob(length(data)) WHERE owner = OLD.body_sealed; END;
