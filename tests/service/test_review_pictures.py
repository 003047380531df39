"""Pictures for a person who decides: by a yes of their own, opened only in an open case, gone with their consent."""

import io
import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image as Pillow

from handfast.base.errors import Conflict, NotAllowed, NotFound, RequestError
from handfast.base.ids import new_id
from handfast.base.modality import Hand, Modality
from handfast.base.roles import Right, Role
from handfast.consent.purpose import Purpose
from handfast.service import finish, review, sessions
from handfast.service.cases import CaseView
from handfast.service.desk.actors import Actor, authenticate
from handfast.service.memory.said import Act, PersonsAnswer
from handfast.service.owner.programmes import create
from handfast.service.person import my_page
from handfast.service.purge import sweep
from handfast.service.review import Ruling
from handfast.service.review_pictures import PLACE, shown
from handfast.service.sessions import NewSession
from handfast.service.start import stop
from handfast.storage.tables.cases import CaseDecision
from handfast.storage.tables.review_pictures import ReviewPictureRow
from support.found import subject_behind
from support.raw import raw, refusal
from support.scripted import NOTICES, PROGRAMME, Desk

pytestmark = pytest.mark.usefixtures("each_store")
PIN = "2468"
DAY = 86_400.0
REVIEW = (Purpose.REVIEW_PICTURES,)


class Reviewed(Desk):
    """The same desk, in a programme that asks to keep pictures for review."""

    def __post_init__(self) -> None:
        super().__post_init__()
        asked = replace(PROGRAMME, name="Clinic B", find=False, duplicate_check=False, review_pictures=True)
        created = create(self.context, self.admin, asked)
        self.programme, self.caller = created.programme, authenticate(self.context, created.api_key)

    def enrolled(self, reference: str, person: int, also: tuple[Purpose, ...] = REVIEW) -> str:
        """Somebody enrols, and says yes to these purposes too; their private code."""
        session = self.open(NewSession("enrol", reference=reference))
        self.say(session.token, also=also)
        self.play(session.token, self.phone(session.token, person, (Hand.RIGHT, Hand.LEFT)))
        told = finish.finish(self.context, session.token)
        return str(getattr(told, "private_code", ""))

    def referred(self, reference: str, person: int) -> CaseView:
        """They come without their hand, which a person must decide."""
        session = self.open(NewSession("check", reference=reference))
        self.say(session.token)
        self.play(session.token, self.phone(session.token, person, hands=()))
        finish.finish(self.context, session.token)
        case = sessions.session_state(self.context, self.caller, session.id).case
        assert case is not None
        return case

    def reviewer(self, name: str = "ben", role: Role = Role.REVIEWER) -> Actor:
        return Actor("operator", f"opr_{name}", None, "Desk", (Right(role, self.programme.id),))

    def subject(self, reference: str) -> str:
        return subject_behind(self.context, self.programme.id, reference)

    def held(self, reference: str) -> int:
        with self.context.store.read() as reader:
            assert reader.review_pictures.without_consent() == 0
            return reader.review_pictures.count(self.subject(reference))

    def uses(self, code: str) -> list[str]:
        told = my_page.page(self.context, my_page.open_page(self.context, code, PIN).token)
        return [f"{use.kind}-{use.outcome}" for use in told.uses]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Reviewed]:
    desk = Reviewed(tmp_path)
    yield desk
    stop(desk.context)


def test_pictures_are_kept_of_who_said_yes_and_of_nobody_else(desk: Reviewed) -> None:
    code = desk.enrolled("P-1", 1)
    desk.enrolled("P-2", 2, also=())
    assert (desk.held("P-1"), desk.held("P-2")) == (3, 0)  # the face and each hand
    desk.referred("P-1", 1)
    desk.referred("P-2", 2)
    assert (desk.held("P-1"), desk.held("P-2")) == (4, 0)
    keys = desk.context.keys.person(desk.programme.id, desk.subject("P-1"))
    with desk.context.store.read() as reader:
        rows = reader.review_pictures.of_enrolment(desk.subject("P-1"))
    assert {(row.modality, row.hand) for row in rows} == {
        (Modality.FACE, None),
        (Modality.FINGER, Hand.LEFT),
        (Modality.FINGER, Hand.RIGHT),
    }
    for row in rows:
        assert not row.content.startswith(b"\xff\xd8")
        assert keys.unseal(row.content, PLACE, row.id).startswith(b"\xff\xd8")
    assert desk.uses(code).count("review-pictures-kept") == 2
    assert my_page.page(desk.context, my_page.open_page(desk.context, code, PIN).token).review_pictures == 4


def test_an_accepted_check_keeps_no_picture(desk: Reviewed) -> None:
    desk.enrolled("P-1", 1)
    assert desk.check(1, reference="P-1").outcome.value == "accepted"
    assert desk.held("P-1") == 3


def test_the_reviewer_of_an_open_case_opens_them_and_the_person_reads_it(desk: Reviewed) -> None:
    code = desk.enrolled("P-1", 1)
    case = desk.referred("P-1", 1)
    pictures = shown(desk.context, desk.reviewer(), case.id)
    assert [(each.who, each.taken_at, each.hand) for each in pictures] == [
        (1, "enrolment", None),
        (1, "enrolment", Hand.LEFT),
        (1, "enrolment", Hand.RIGHT),
        (1, "check", None),
    ]
    assert all(Pillow.open(io.BytesIO(each.jpeg)).format == "JPEG" for each in pictures)
    assert desk.uses(code).count("review-pictures-opened") == 1


def test_nobody_else_opens_them_and_no_decided_case_does(desk: Reviewed) -> None:
    desk.enrolled("P-1", 1)
    case = desk.referred("P-1", 1)
    for nobody in (desk.caller, desk.admin):
        with pytest.raises(NotAllowed):
            shown(desk.context, nobody, case.id)
    for role in (Role.CHECKER, Role.OWNER, Role.AUDITOR):
        with pytest.raises(NotFound):
            shown(desk.context, desk.reviewer(role=role), case.id)
    with desk.context.store.read() as reader:
        asked_by = reader.cases.get(case.id).asked_by
    with pytest.raises(NotAllowed, match="somebody else"):
        shown(desk.context, replace(desk.reviewer(), key_id=asked_by), case.id)
    ruling = Ruling(CaseDecision.CANNOT_TELL, (), "the light was poor")
    review.decide(desk.context, desk.reviewer(), case.id, ruling)
    with pytest.raises(Conflict):
        shown(desk.context, desk.reviewer(), case.id)
    review.reverse(desk.context, desk.reviewer(), case.id, "looked too quickly")
    assert len(shown(desk.context, desk.reviewer(), case.id)) == 4


def test_who_never_agreed_or_paused_is_not_seen(desk: Reviewed) -> None:
    code = desk.enrolled("P-1", 1)
    desk.enrolled("P-2", 2, also=())
    first, second = desk.referred("P-1", 1), desk.referred("P-2", 2)
    assert shown(desk.context, desk.reviewer(), second.id) == ()
    page = my_page.open_page(desk.context, code, PIN).token
    my_page.freeze(desk.context, page, frozen=True)
    assert shown(desk.context, desk.reviewer(), first.id) == ()
    my_page.freeze(desk.context, page, frozen=False)
    assert len(shown(desk.context, desk.reviewer(), first.id)) == 4


def test_they_go_with_the_consent_with_the_person_and_with_the_case(desk: Reviewed) -> None:
    code, other = desk.enrolled("P-1", 1), desk.enrolled("P-2", 2)
    case = desk.referred("P-1", 1)
    gone = desk.subject("P-2")
    my_page.withdraw(desk.context, my_page.open_page(desk.context, other, PIN).token)
    with desk.context.store.read() as reader:
        assert reader.review_pictures.count(gone) == 0
    review.decide(desk.context, desk.reviewer(), case.id, Ruling(CaseDecision.CANNOT_TELL, (), "nobody could tell"))
    desk.clock.pass_time(91 * DAY)  # a decided case is forgotten, and what was kept for it
    sweep(desk.context)
    assert desk.held("P-1") == 3
    desk.clock.pass_time(250 * DAY)
    said = PersonsAnswer("yes", "en", "1", NOTICES["en"], (0, 1), Act("press", "2026-11-23T09:00:00Z"))
    my_page.renew(desk.context, my_page.open_page(desk.context, code, PIN).token, said)  # to being checked, not to this
    desk.clock.pass_time(30 * DAY)
    sweep(desk.context)
    assert desk.held("P-1") == 0
    assert "review-pictures-ended" in desk.uses(code)


def test_none_is_kept_by_raw_sql_without_a_consent_to_just_that(desk: Reviewed, tmp_path: Path) -> None:
    desk.enrolled("P-1", 1)
    desk.enrolled("P-2", 2, also=())
    folder = tmp_path if desk.settings.database else desk.settings.data_dir
    other = desk.subject("P-2")
    with desk.context.store.read() as reader:
        verify = {row.purpose: row.id for row in reader.consents.of(desk.subject("P-1"))}[Purpose.VERIFY]
        others = reader.consents.of(other)[0].id
    attacks: list[dict[str, str]] = [
        {"consent_id": "con_none"},
        {"consent_id": verify},  # theirs, to something else
        {"subject_id": other},
        {"subject_id": other, "consent_id": others},
        {"case_id": "cas_none"},
        {"taken_on": "2099-01-01"},
    ]
    for attack in attacks:
        assert refusal(folder, copied(**attack)).startswith("no-consent"), attack
    assert refusal(folder, "UPDATE review_pictures SET content = NULL").startswith("no-consent")
    with raw(folder) as sql:
        sql.execute(copied())  # under the live consent it is allowed
        sql.execute("UPDATE consents SET state = 'withdrawn' WHERE purpose = 'review-pictures'")
        assert sql.execute("SELECT COUNT(*) FROM review_pictures").fetchone() == (0,)


def copied(**changes: str) -> str:
    """SQL that adds a copy of a picture's row under a new id, with some columns changed."""
    columns = [field.name for field in fields(ReviewPictureRow)]
    values = [f"'{changes[name]}'" if name in changes else name for name in columns]
    values[0] = "'rev_new'"
    return f"INSERT INTO review_pictures ({', '.join(columns)}) SELECT {', '.join(values)} FROM review_pictures LIMIT 1"  # noqa: S608


def test_keeping_one_without_a_leaf_is_refused(desk: Reviewed) -> None:
    desk.enrolled("P-1", 1)
    with desk.context.store.read() as reader:
        row = reader.review_pictures.of_enrolment(desk.subject("P-1"))[0]
    with pytest.raises(Exception, match="without a leaf"), desk.context.store.write() as unit:
        unit.review_pictures.add(replace(row, id=new_id("rev", desk.randomness)))


def test_the_consent_to_it_is_a_record_of_its_own_and_a_study_asks_for_none(desk: Reviewed) -> None:
    code = desk.enrolled("P-1", 1)
    told = my_page.receipt(desk.context, my_page.open_page(desk.context, code, PIN).token)
    said = json.loads(json.dumps(told["records"]))
    methods = {each["pii_processing"]["purpose"]: each["pii_processing"]["processing_method"] for each in said}
    assert methods["review-pictures"].endswith("#Consult")
    ends_on = desk.clock.now().date() + timedelta(days=9)
    with pytest.raises(RequestError, match="review_pictures"):
        create(desk.context, desk.admin, replace(PROGRAMME, find=False, duplicate_check=False, review_pictures=True,
                                                 study_ends_on=ends_on))  # fmt: skip
