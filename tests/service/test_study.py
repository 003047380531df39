"""A study: pictures only under its own consent, out only by two people, gone with the person and with its last day."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.errors import (
    Conflict,
    NoConsent,
    NotAllowed,
    NotAuthorised,
    NotFound,
    RequestError,
    SealBroken,
    SecondPersonNeeded,
)
from handfast.base.modality import SampleKind
from handfast.base.roles import Role
from handfast.consent.purpose import Purpose
from handfast.lab.sets.captures import Grouping, make_captures, pairs
from handfast.lab.sets.dataset import read_dataset
from handfast.lab.sets.statement import read_statement
from handfast.service.owner.programmes import create
from handfast.service.person import my_page
from handfast.service.purge import sweep
from handfast.service.sessions import NewSession
from handfast.service.sitting import PLACE
from handfast.service.start import stop
from handfast.service.study import studies
from handfast.service.study_export import exported, give_export
from handfast.storage.keys.key_values import Keyring
from handfast.storage.tables.studies import StudyImageRow
from support.raw import REFUSED, kept, raw, refusal
from support.scripted import PROGRAMME
from support.studying import DAY, LASTS, Study, write

pytestmark = pytest.mark.usefixtures("each_store")
PIN = "2468"
HANDS = r"(?P<person>p[0-9a-f]+)/(?P<sitting>\d)-(?P<sample>\d+)-(?P<hand>left|right)\.jpg"
FACES = r"(?P<person>p[0-9a-f]+)/(?P<sitting>\d)-(?P<sample>\d+)-face\.jpg"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    study = Study(tmp_path)
    yield study
    stop(study.context)


def export(study: Study) -> list[tuple[str, bytes]]:
    owner = study.operator("opr_1", Role.OWNER)
    given = give_export(study.context, owner, study.programme.id, study.approval("opr_1", "opr_2"))
    return list(exported(study.context, given.export))


def leaves(study: Study) -> Counter[str]:
    with study.context.store.read() as reader:
        return Counter(json.loads(raw)["kind"] for raw in reader.log.leaves())


def test_two_sittings_on_different_days_keep_sealed_pictures_and_no_template(study: Study) -> None:
    study.sit("P-1", 1)
    with pytest.raises(Conflict, match="another day"):
        study.open(NewSession("enrol", reference="P-1"))
    study.clock.pass_time(DAY)
    assert study.sit("P-1", 1).card is None  # they have one
    subject_id = study.subject("P-1")
    keys = study.context.keys.person(study.programme.id, subject_id)
    with study.context.store.read() as reader:
        rows = list(reader.studies.images(subject_id))
        assert reader.templates.of(subject_id) == ()
        assert reader.studies.without_consent() == 0
        assert [row.purpose for row in reader.consents.of(subject_id)] == [Purpose.STUDY]
    assert {(row.sitting, row.modality, row.hand) for row in rows} == {
        (sitting, modality, hand)
        for sitting in (1, 2)
        for modality, hand in (("face", None), ("finger", "left"), ("finger", "right"))
    }
    for row in rows:
        assert not row.content.startswith(b"\xff\xd8")
        assert keys.unseal(row.content, PLACE, row.id).startswith(b"\xff\xd8")
        with pytest.raises(SealBroken):
            keys.unseal(row.content, PLACE, "img_other")
    study.clock.pass_time(DAY)
    with pytest.raises(Conflict, match="both sittings"):
        study.open(NewSession("enrol", reference="P-1"))


def test_the_consent_to_a_study_says_that_nothing_is_decided_by_it(study: Study) -> None:
    codes = [str(study.sit("P-1", 1).private_code)]
    study.programme, study.caller = study.clinic, study.clinic_caller
    codes.append(str(study.enrol("C-1", 2).private_code))
    said = []
    for code in codes:
        told = my_page.receipt(study.context, my_page.open_page(study.context, code, PIN).token)
        records = told["records"]
        assert isinstance(records, list)
        said.append({record["pii_processing"]["processing_method"].partition("#")[2] for record in records})
    assert said == [{"Analyse"}, {"AutomatedDecisionMaking"}]


def test_nobody_is_compared_in_a_study(study: Study) -> None:
    study.sit("P-1", 1)
    for kind, more in (("check", {"reference": "P-1"}), ("find", {"reason": "who is this person"})):
        with pytest.raises((NotAllowed, RequestError), match=r"compared|does not find"):
            study.open_as(study.caller, NewSession(kind, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change", [{"find": True}, {"duplicate_check": True}, {"days": 0}, {"days": 731}, {"undo": 24}]
)
def test_a_study_ends_on_a_day_and_searches_nobody(study: Study, change: dict[str, int]) -> None:
    ends_on = study.clock.now().date() + timedelta(days=change.get("days", 10))
    asked = replace(PROGRAMME, find=bool(change.get("find")), duplicate_check=bool(change.get("duplicate_check")))
    asked = replace(asked, study_ends_on=ends_on, terms=replace(asked.terms, undo_hours=change.get("undo", 0)))
    with pytest.raises(RequestError):
        create(study.context, study.admin, asked)


def copied(**changes: str) -> str:
    """SQL that adds a copy of a picture's row under a new id, with some columns changed."""
    columns = [field.name for field in fields(StudyImageRow)]
    values = [f"'{changes[name]}'" if name in changes else name for name in columns]
    values[0] = "'img_new'"
    return f"INSERT INTO study_images ({', '.join(columns)}) SELECT {', '.join(values)} FROM study_images LIMIT 1"  # noqa: S608


def test_an_image_without_a_study_consent_is_refused_by_raw_sql(study: Study, tmp_path: Path) -> None:
    study.sit("P-1", 1)
    folder = _folder(study, tmp_path)
    study_id = study.programme.id
    study.programme, study.caller = study.clinic, study.clinic_caller
    study.enrol("C-1", 2)
    clinic = study.subject("C-1")
    with study.context.store.read() as reader:
        consent = reader.consents.of(clinic)[0].id
    late = (study.clock.now().date() + timedelta(days=LASTS + 1)).isoformat()
    attacks = [
        {"consent_id": "con_none"},
        {"subject_id": clinic},
        {"programme_id": study.clinic.id},
        {"programme_id": study.clinic.id, "subject_id": clinic, "consent_id": consent},  # theirs, but no study's
        {"subject_id": clinic, "consent_id": consent},
        {"taken_on": late},
    ]
    for attack in attacks:
        assert refusal(folder, copied(**attack)).startswith("no-consent"), attack
    with raw(folder) as sql:
        sql.execute(copied())  # under the live consent it is allowed
    assert refusal(folder, "UPDATE study_images SET content = NULL").startswith("no-consent")
    assert refusal(folder, f"UPDATE studies SET ends_on = '2099-01-01' WHERE programme_id = '{study_id}'").startswith(  # noqa: S608
        "conflict"
    )
    template = f"UPDATE templates SET programme_id = '{study_id}'"  # noqa: S608
    assert refusal(folder, template).startswith("no-consent")
    with raw(folder) as sql:
        row = sql.execute("SELECT * FROM study_images WHERE id = 'img_new'").fetchone()
        sql.execute("UPDATE consents SET state = 'withdrawn' WHERE purpose = 'study'")
        assert sql.execute("SELECT COUNT(*) FROM study_images").fetchone() == (0,)
        with pytest.raises(REFUSED, match="no-consent"):
            sql.execute(f"INSERT INTO study_images VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


def test_the_ledger_records_no_other_consent_in_a_study_and_no_studys_elsewhere(study: Study) -> None:
    study.sit("P-1", 1)
    keys = study.context.keys.person(study.programme.id, study.subject("P-1"))
    with study.context.store.write() as unit:
        programme = unit.programmes.get(study.programme.id)
        with pytest.raises(NoConsent):
            study.context.ledger.record(unit, keys, programme, Purpose.VERIFY, (), None)  # type: ignore[arg-type]
        clinic = unit.programmes.get(study.clinic.id)
        with pytest.raises(NoConsent):
            study.context.ledger.record(unit, keys, clinic, Purpose.STUDY, (), None)  # type: ignore[arg-type]


def test_an_export_by_one_person_is_refused(study: Study) -> None:
    study.sit("P-1", 1)
    owner, programme_id = study.operator("opr_1", Role.OWNER), study.programme.id
    with pytest.raises(SecondPersonNeeded):
        give_export(study.context, owner, programme_id, None)
    for approval in (study.approval("opr_3", "opr_2"), study.approval("opr_1", "opr_2", "withdraw")):
        with pytest.raises(SecondPersonNeeded):
            give_export(study.context, owner, programme_id, approval)
    for nobody in (study.caller, study.admin, study.operator("opr_1", Role.ENROLLER)):
        with pytest.raises(NotAllowed):
            give_export(study.context, nobody, programme_id, study.approval("opr_1", "opr_2"))
    used = study.approval("opr_1", "opr_2")
    given = give_export(study.context, owner, programme_id, used)
    with pytest.raises(SecondPersonNeeded):
        give_export(study.context, owner, programme_id, used)
    list(exported(study.context, given.export))
    for secret in (given.export, "guessed"):
        with pytest.raises(NotAuthorised):
            exported(study.context, secret)
    with pytest.raises(NotFound):
        give_export(study.context, replace(owner, rights=(replace(owner.rights[0], programme_id=study.clinic.id),)),
                    study.clinic.id, None)  # fmt: skip


def test_the_lab_reads_an_export_directly(study: Study, tmp_path: Path) -> None:
    study.both_sittings(3)
    folder = tmp_path / "export"
    before = leaves(study)[LeafKind.EXPORT]
    write(folder, export(study))
    assert leaves(study)[LeafKind.EXPORT] == before + 1 + 3  # the act of two people, and one for each person
    statement = read_statement((folder / "statement.json").read_text("utf-8"), folder)
    assert "opr_1 with opr_2" in statement.who
    hands = read_dataset(folder, HANDS, SampleKind.HAND)
    faces = read_dataset(folder, FACES, SampleKind.PORTRAIT)
    assert statement.pictures == len(hands.pictures) + len(faces.pictures)
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    assert {each["file"] for each in labels} == {p.path.as_posix() for p in (*hands.pictures, *faces.pictures)}
    assert {(each["sitting"], each["hand"]) for each in labels} == {(s, h) for s in "12" for h in ("", "left", "right")}
    captures = make_captures(hands, Grouping())
    compared = [(captures[i], captures[j]) for i, j in pairs(captures)]
    assert all(a.sitting != b.sitting for a, b in compared if a.person == b.person)
    assert any(a.person == b.person for a, b in compared)
    text = b"".join(content for _, content in export(study) if not content.startswith(b"\xff\xd8"))
    assert study.subject("P-1").encode() not in text
    assert b"P-1" not in text


def test_a_withdrawn_persons_images_are_not_exported_and_their_key_is_gone(study: Study, tmp_path: Path) -> None:
    codes = study.both_sittings(3)
    gone = study.subject("P-2")
    with study.context.store.read() as reader:
        sealed = [row.content[:64] for row in reader.studies.images(gone)]
    owner = study.operator("opr_1", Role.OWNER)
    given = give_export(study.context, owner, study.programme.id, study.approval("opr_1", "opr_2"))
    files = exported(study.context, given.export)
    first = next(files)[0]  # under way already
    my_page.withdraw(study.context, my_page.open_page(study.context, codes[1], PIN).token)
    rest = [place for place, _ in files]
    assert _key_is_gone(study.context.keys, study.programme.id, gone)
    with study.context.store.read() as reader:
        assert list(reader.studies.images(gone)) == []
        assert reader.studies.count(study.programme.id)[0] == 2
    again = {place.split("/")[0] for place, _ in export(study) if "/" in place}
    assert len(again) == 2
    assert {place.split("/")[0] for place in (first, *rest) if "/" in place} >= again
    study.context.store.truncate()
    if _folder(study, tmp_path) != tmp_path:  # SQLite overwrites what is deleted; Postgres when it next vacuums
        disk = kept(_folder(study, tmp_path))
        assert not any(piece in disk for piece in sealed)


def test_who_paused_is_not_exported(study: Study) -> None:
    codes = study.both_sittings(2)
    my_page.freeze(study.context, my_page.open_page(study.context, codes[0], PIN).token, frozen=True)
    assert len({place.split("/")[0] for place, _ in export(study) if "/" in place}) == 1


def test_when_its_last_day_has_passed_a_study_is_destroyed_with_leaves(study: Study) -> None:
    study.both_sittings(3)
    people = [study.subject(f"P-{n}") for n in (1, 2, 3)]
    study.clock.pass_time((LASTS - 1) * DAY)  # the last day itself
    sweep(study.context)
    assert studies(study.context, study.admin)[0].people == 3
    before = leaves(study)
    study.clock.pass_time(DAY)
    sweep(study.context)
    after = leaves(study)
    told = studies(study.context, study.admin)[0]
    assert (told.people, told.pictures, told.ended_on) == (0, 0, study.clock.now().date())
    assert after[LeafKind.WITHDRAW] - before[LeafKind.WITHDRAW] == 3
    assert after[LeafKind.ERASE] - before[LeafKind.ERASE] == 3
    assert after[LeafKind.STUDY] - before[LeafKind.STUDY] == 1
    assert all(_key_is_gone(study.context.keys, study.programme.id, person) for person in people)
    sweep(study.context)
    assert leaves(study) == after
    with pytest.raises(Conflict, match="over"):
        study.open(NewSession("enrol", reference="P-9"))
    with pytest.raises(NotFound):
        export(study)


def test_pictures_of_a_clinics_captures_are_kept_nowhere(study: Study) -> None:
    study.programme, study.caller = study.clinic, study.clinic_caller
    session = study.open(NewSession("enrol", reference="C-1"))
    study.say(session.token)
    study.play(session.token, study.phone(session.token, 1))
    live = study.context.live.of(session.id, session.expires_at)
    assert live.kept == ()
    assert not live.keeps


def _key_is_gone(keys: Keyring, programme_id: str, subject_id: str) -> bool:
    try:
        keys.person(programme_id, subject_id)
    except NotFound:
        return subject_id not in keys.people()
    return False


def _folder(study: Study, tmp_path: Path) -> Path:
    """Where raw SQL finds the records."""
    return tmp_path if study.settings.database else study.settings.data_dir
