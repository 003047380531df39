"""Attacks on a session, over HTTP as an attacker would send them; each is refused."""

from dataclasses import replace
from typing import ClassVar

import pytest

from handfast.base.errors import NoHandFound, Overloaded
from handfast.capture.challenge import LIFE
from handfast.capture.places import Places
from handfast.decision.policy import DEFAULT_POLICY
from handfast.service.owner import admin
from handfast.service.owner.programmes import create
from support.interface import PIN, Interface, Visit
from support.scripted import PROGRAMME


@pytest.fixture
def visit(handfast: Interface) -> Visit:
    """A check that the person has said yes to, with a challenge drawn."""
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw()
    return visit


def another(handfast: Interface) -> Visit:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw()
    return visit


def test_a_replayed_frame_is_refused(handfast: Interface, visit: Visit) -> None:
    shot = visit.shot(0)
    assert visit.send(shot).status == 200
    assert visit.send(shot).code == "frame-refused"
    later = another(handfast)
    replayed = later.send(later.shot(0, body=shot.body))
    assert (replayed.status, replayed.code) == (409, "frame-refused")


def test_an_expired_challenge_is_refused(handfast: Interface, visit: Visit) -> None:
    shot = visit.shot(0)
    handfast.desk.clock.pass_time(LIFE.total_seconds())
    told = visit.send(shot)
    assert (told.status, told.code) == (410, "session-expired")


def test_a_frame_under_a_wrong_nonce_is_refused(visit: Visit) -> None:
    told = visit.send(visit.shot(0), nonce="A" * 43)
    assert (told.status, told.code) == (409, "frame-refused")


def test_a_frame_of_the_challenge_before_is_refused(visit: Visit) -> None:
    shot, nonce = visit.shot(0), visit.challenge["nonce"]
    visit.draw()
    assert visit.send(shot, nonce=nonce).code == "frame-refused"


def test_another_sessions_frame_is_refused(handfast: Interface, visit: Visit) -> None:
    other = another(handfast)
    shot, nonce = other.shot(0), other.challenge["nonce"]
    told = visit.send(shot, nonce=nonce)
    assert (told.status, told.code) == (409, "frame-refused")


def test_a_changed_picture_is_refused(visit: Visit) -> None:
    shot = visit.shot(0)
    changed = replace(shot, body=shot.body + b"\0")
    told = visit.send(changed, Handfast_Frame=shot.mac(visit.challenge["nonce"]))
    assert told.code == "frame-refused"


def test_frames_out_of_order_are_refused(visit: Visit) -> None:
    early, late = visit.shot(0), visit.shot(1)
    assert visit.send(late).code == "frame-refused"
    assert visit.send(early).status == 200
    assert visit.send(replace(early, task=1)).code == "frame-refused"
    assert visit.send(replace(late, kind="still")).code == "frame-refused"


def test_a_frame_from_before_or_after_its_time_is_refused(handfast: Interface, visit: Visit) -> None:
    shot = visit.shot(0)
    assert visit.send(replace(shot, t=shot.t + 5_000)).code == "frame-refused"
    handfast.desk.clock.pass_time(60)
    assert visit.send(shot).code == "frame-refused"


def test_nothing_is_decided_before_every_step(visit: Visit) -> None:
    visit.send(visit.shot(0))
    told = visit.ask("POST", "/finish")
    assert (told.status, told.code) == (400, "bad-request")
    assert visit.seen_by_caller()["outcome"] is None


def test_a_second_finish_decides_nothing_again(handfast: Interface) -> None:
    handfast.enrolled("P-1", 1)
    visit = handfast.visit(1, kind="check", reference="P-1")
    first = visit.whole()
    with handfast.desk.context.store.read() as reader:
        size = reader.log.tree().size
    assert visit.ask("POST", "/finish").json == first
    assert visit.ask("POST", "/challenge", {"hands": ["right"]}).code == "session-spent"
    assert visit.send(visit.shot(0)).code == "session-spent"
    with handfast.desk.context.store.read() as reader:
        assert reader.log.tree().size == size


def test_a_second_finish_on_another_server_of_the_same_data_is_refused(handfast: Interface) -> None:
    """After a restart nothing in memory can repeat the answer."""
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.whole()
    live = handfast.desk.context.live
    live.of(visit.id, handfast.desk.clock.now()).told = None
    told = visit.ask("POST", "/finish")
    assert (told.status, told.code) == (409, "session-spent")


def test_a_withdrawn_person_is_not_accepted(handfast: Interface) -> None:
    enrolled = handfast.enrolled("P-1", 1)
    handfast.ok("POST", "/v1/me/withdraw", token=handfast.page_of(enrolled))
    for shown in ({"reference": "P-1"}, {"card": enrolled["card"]["payload"]}, {"card": enrolled["card"]["number"]}):
        assert handfast.visit(1, kind="check", **shown).whole()["outcome"] == "not_accepted"
    opened = handfast.call("POST", "/v1/me/open", {"private_code": enrolled["private_code"], "pin": PIN})
    assert opened.status == 401


def test_a_check_with_someone_elses_card_is_not_accepted(handfast: Interface) -> None:
    card = handfast.enrolled("P-1", 1)["card"]["payload"]
    handfast.enrolled("P-2", 2)
    visit = handfast.visit(2, kind="check", card=card)
    told = visit.whole()
    assert (told["outcome"], told["reference"]) == ("not_accepted", None)
    assert visit.seen_by_caller()["outcome"]["reference"] is None


def test_the_card_alone_opens_no_page(handfast: Interface) -> None:
    card = handfast.enrolled("P-1", 1)["card"]
    for shown in (card["payload"], card["number"]):
        told = handfast.call("POST", "/v1/me/open", {"private_code": shown, "pin": PIN})
        assert (told.status, told.code) == (401, "not-authorised")
        assert handfast.call("GET", "/v1/me", token=shown).status == 401


def test_the_private_code_without_its_pin_opens_no_page_and_tries_are_few(handfast: Interface) -> None:
    code = handfast.enrolled("P-1", 1)["private_code"]
    told = [handfast.call("POST", "/v1/me/open", {"private_code": code, "pin": f"11111{n}"}) for n in range(7)]
    assert [answer.status for answer in told] == [401] * 5 + [429] * 2
    assert len({answer.body for answer in told[:5]}) == 1
    assert handfast.call("POST", "/v1/me/open", {"private_code": code, "pin": PIN}).status == 429


def test_a_wrong_code_and_a_wrong_pin_get_one_answer(handfast: Interface) -> None:
    code = handfast.enrolled("P-1", 1)["private_code"]
    wrong_pin = handfast.call("POST", "/v1/me/open", {"private_code": code, "pin": "111111"})
    unknown = f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}"
    wrong_code = handfast.call("POST", "/v1/me/open", {"private_code": unknown, "pin": PIN})
    assert (wrong_code.status, wrong_code.code) == (wrong_pin.status, wrong_pin.code)


def test_failed_checks_against_one_person_make_the_caller_wait(handfast: Interface) -> None:
    handfast.enrolled("P-1", 1)
    for _ in range(DEFAULT_POLICY.attempts):
        assert handfast.visit(2, kind="check", reference="P-1").whole()["outcome"] == "not_accepted"
    told = handfast.call(
        "POST",
        "/v1/sessions",
        {"kind": "check", "reference": "P-1"},
        handfast.key,
        {"Idempotency-Key": "after-many-tries"},
    )
    assert (told.status, told.code) == (429, "too-many-tries")
    assert told.headers["retry-after"] == "30"


def test_a_mistyped_card_number_does_not_look_like_a_bad_key(handfast: Interface) -> None:
    asked = {"kind": "check", "card": "1234 5678 9010"}
    told = handfast.call("POST", "/v1/sessions", asked, handfast.key, {"Idempotency-Key": "mistyped-number"})
    assert (told.status, told.code) == (400, "not-a-card")


def test_a_guessed_administrators_link_opens_nothing(handfast: Interface) -> None:
    for guess in ("", "A" * 43, handfast.administrator, handfast.key):
        told = handfast.call("POST", "/v1/admin/claim", {"token": guess})
        assert (told.status, told.code) == (401, "not-authorised")


def test_an_administrators_link_is_good_once(handfast: Interface) -> None:
    link = admin.new_link_token(handfast.desk.context)
    assert handfast.call("POST", "/v1/admin/claim", {"token": link}).status == 200
    assert handfast.call("POST", "/v1/admin/claim", {"token": link}).status == 401


def test_a_still_without_a_hand_says_what_to_do(handfast: Interface, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> None:
        raise NoHandFound("no hand")

    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw(face=False)
    monkeypatch.setattr(handfast.desk.eyes, "still", nothing)
    told = visit.send(visit.shot(0))
    assert (told.status, told.code, told.json["advice"]) == (422, "no-hand", "show-hand")


def test_every_step_of_a_session_is_over_with_its_time(handfast: Interface, visit: Visit) -> None:
    say = said_later(visit)
    shot = visit.shot(0)
    handfast.desk.clock.pass_time(15 * 60)
    told = [
        visit.ask("GET", ""),
        visit.ask("POST", "/answer", say),
        visit.send(shot),
        visit.ask("POST", "/challenge", {"hands": ["right"]}),
        visit.ask("POST", "/finish"),
        visit.ask("POST", "/another-way", {"step": "look", "cause": "other"}),
    ]
    assert {(each.status, each.code) for each in told} == {(410, "session-expired")}
    assert visit.seen_by_caller()["state"] == "expired"


def test_every_step_of_a_session_is_over_with_its_answer(handfast: Interface, visit: Visit) -> None:
    say = said_later(visit)
    shot = visit.shot(0)
    assert visit.ask("POST", "/another-way", {"step": "look", "cause": "other"}).status == 200
    told = [
        visit.ask("POST", "/answer", say),
        visit.send(shot),
        visit.ask("POST", "/challenge", {"hands": ["right"]}),
        visit.ask("POST", "/finish"),
        visit.ask("POST", "/another-way", {"step": "look", "cause": "other"}),
    ]
    assert {(each.status, each.code) for each in told} == {(409, "session-spent")}


def said_later(visit: Visit) -> dict[str, object]:
    """A yes to the notice that is served, to be sent when it is too late."""
    notice = visit.ask("GET", "").json["notice"]
    return {
        "answer": "yes",
        "language": "en",
        "notice_version": notice["version"],
        "notice_hash": notice["hash"]["en"],
        "act": {"kind": "press", "at": "2026-11-23T09:00:00Z"},
    }


def test_a_yes_to_another_notice_is_no_yes(visit: Visit) -> None:
    told = visit.ask("POST", "/answer", said_later(visit) | {"notice_hash": "0" * 64})
    assert (told.status, told.code) == (400, "bad-request")


def test_an_administrator_cannot_act_on_a_programme_that_is_not_there(handfast: Interface) -> None:
    asked = {"kind": "check", "reference": "P-1", "programme": "prg_none"}
    headers = {"Idempotency-Key": "to-nobody"}
    told = handfast.call("POST", "/v1/sessions", asked, handfast.administrator, headers)
    assert (told.status, told.code) == (404, "not-found")
    told = handfast.call("POST", "/v1/programmes/prg_none/keys", {"name": "x"}, handfast.administrator)
    assert (told.status, told.code) == (404, "not-found")


class TestKeys:
    """An API key is good for its own programme, until it is revoked."""

    def refused(self, handfast: Interface, key: str | None, session: str) -> set[tuple[int, str]]:
        asked = {"kind": "check", "reference": "P-1"}
        answers = [
            handfast.call("POST", "/v1/sessions", asked, key, {"Idempotency-Key": "a-key-of-mine"}),
            handfast.call("GET", f"/v1/sessions/{session}", token=key),
            handfast.call("GET", "/v1/programmes", token=key),
        ]
        return {(told.status, told.code) for told in answers}

    def test_no_key_and_a_wrong_key_are_refused(self, handfast: Interface, visit: Visit) -> None:
        for key in (None, "hfk_" + "A" * 43, "A", "hfa_" + "A" * 43, "k" * 600):
            assert self.refused(handfast, key, visit.id) == {(401, "not-authorised")}

    def test_a_revoked_key_is_refused(self, handfast: Interface, visit: Visit) -> None:
        desk = handfast.desk
        path = f"/v1/programmes/{desk.programme.id}/keys/{desk.caller.key_id}"
        assert handfast.ok("DELETE", path, token=handfast.administrator)["revoked_at"]
        assert self.refused(handfast, handfast.key, visit.id) == {(401, "not-authorised")}

    def test_a_key_sees_nothing_of_another_programme(self, handfast: Interface, visit: Visit) -> None:
        handfast.enrolled("P-1", 1)
        desk = handfast.desk
        stranger = create(desk.context, desk.admin, PROGRAMME)
        told = handfast.call("GET", f"/v1/sessions/{visit.id}", token=stranger.api_key)
        assert (told.status, told.code) == (404, "session-unknown")
        made_up = handfast.call("GET", "/v1/sessions/ses_unknown", token=stranger.api_key)
        assert made_up.body == told.body
        asked = {"kind": "check", "reference": "P-1", "programme": desk.programme.id}
        told = handfast.call("POST", "/v1/sessions", asked, stranger.api_key, {"Idempotency-Key": "someone-else"})
        assert (told.status, told.code) == (403, "not-allowed")
        assert [each["id"] for each in handfast.ok("GET", "/v1/programmes", token=stranger.api_key)] == [
            stranger.programme.id
        ]


class TestIdempotency:
    """The same key and body give the same answer; the same key otherwise is refused."""

    ASKED: ClassVar = {"kind": "check", "reference": "P-1"}
    KEY: ClassVar = {"Idempotency-Key": "visit-4711"}

    def test_asked_again_the_answer_is_the_same(self, handfast: Interface) -> None:
        first, again = (handfast.call("POST", "/v1/sessions", self.ASKED, handfast.key, self.KEY) for _ in range(2))
        assert first.status == 201
        assert first.body == again.body

    def test_another_body_under_the_same_key_is_a_conflict(self, handfast: Interface) -> None:
        handfast.call("POST", "/v1/sessions", self.ASKED, handfast.key, self.KEY)
        other = self.ASKED | {"reference": "P-2"}
        told = handfast.call("POST", "/v1/sessions", other, handfast.key, self.KEY)
        assert (told.status, told.code) == (409, "conflict")

    def test_another_callers_same_key_is_another_session(self, handfast: Interface) -> None:
        first = handfast.call("POST", "/v1/sessions", self.ASKED, handfast.key, self.KEY)
        path = f"/v1/programmes/{handfast.desk.programme.id}/keys"
        second_key = handfast.ok("POST", path, {"name": "desk 2"}, handfast.administrator)["api_key"]
        assert handfast.call("POST", "/v1/sessions", self.ASKED, second_key, self.KEY).json["id"] != first.json["id"]

    @pytest.mark.parametrize("key", ["", "short", "k" * 101, "with a space"])
    def test_a_key_must_be_sensible(self, handfast: Interface, key: str) -> None:
        told = handfast.call("POST", "/v1/sessions", self.ASKED, handfast.key, {"Idempotency-Key": key})
        assert (told.status, told.code) == (400, "bad-request")


@pytest.mark.parametrize(
    "asked",
    [
        {"return_url": "https://clinic.example/elsewhere"},
        {"return_url": "https://evil.example/back"},
        {"return_url": "https://clinic.example/back?next=evil"},
        {"return_url": "javascript:alert(1)"},
        {"webhook_url": "https://clinic.example/other"},
        {"webhook_url": "https://169.254.169.254/latest"},
        {"language": "xx"},
        {"programme": None, "card": "1", "reference": "P-1"},
        {"reference": None},
        {"reference": "with\x00zero"},
        {"mode": "remote"},
        {"threshold": 0.1},
    ],
)
def test_what_was_not_registered_or_makes_no_sense_is_refused(handfast: Interface, asked: dict[str, object]) -> None:
    body = {"kind": "check", "reference": "P-1"} | asked
    told = handfast.call("POST", "/v1/sessions", body, handfast.key, {"Idempotency-Key": "a-new-session"})
    assert (told.status, told.code) == (400, "bad-request")


def test_the_registered_addresses_are_taken(handfast: Interface) -> None:
    asked = {"return_url": PROGRAMME.return_urls[0], "webhook_url": PROGRAMME.webhook_url}
    opened = handfast.open(kind="check", reference="P-1", **asked)
    seen = handfast.ok("GET", f"/v1/sessions/{opened['id']}", token=handfast.key)
    assert seen["return_url"] == PROGRAMME.return_urls[0]


def test_where_there_is_no_room_a_capture_is_refused_before_it_begins(handfast: Interface) -> None:
    """Who begins is guided in time; whoever comes meanwhile is told to wait, and nothing of theirs is used up."""
    visit = handfast.visit(1, kind="check", reference="P-1")
    places = handfast.desk.context.live.places = Places()
    visit.say()
    crowd = [f"somebody {number}" for number in range(2)]
    for somebody in crowd:
        places.take(somebody)
    for _ in range(8):
        places.answered(9.0)  # seconds: too late to guide one more
    told = visit.draw()
    assert (told.status, told.code, told.headers["retry-after"]) == (503, "overloaded", "1")
    behind = [f"waits {number}" for number in range(20)]
    for somebody in behind:
        with pytest.raises(Overloaded):
            places.take(somebody)
    later = handfast.visit(1, kind="check", reference="P-1")
    later.say()
    told = later.draw()
    assert told.headers["retry-after"] == "6"  # the phone is told the time of its own place in the line
    again = later.draw()  # past what any request goes through
    assert (again.status, again.json) == (told.status, told.json)
    assert {name: again.headers[name] for name in told.headers if name != "date"} == {
        name: told.headers[name] for name in told.headers if name != "date"
    }
    later.ask("POST", "/another-way", {"step": "face", "cause": "x"})
    assert later.draw().code == "session-spent"
    for somebody in behind:
        places.leave(somebody)
    for somebody in crowd:
        places.leave(somebody)
    visit.draw()
    told = visit.send(visit.shot(0))
    assert told.status == 200
    assert told.json["next_in_ms"] == 190
