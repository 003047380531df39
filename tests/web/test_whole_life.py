"""A person's whole life with a programme, over HTTP as it is spoken."""

import re
from collections.abc import Iterator

from support.interface import BOTH, PIN, Interface, Json
from support.scripted import PROGRAMME


def test_a_person_enrols_comes_back_looks_and_withdraws(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="enrol", reference="P-1")
    assert visit.ask("GET", "").json["state"] == "welcome"
    enrolled = visit.whole(BOTH)
    assert enrolled["outcome"] == "enrolled"
    assert enrolled["failed"] == []
    assert visit.ask("POST", "/pin", {"pin": PIN}).status == 200
    assert visit.ask("POST", "/pin", {"pin": PIN}).code == "conflict"
    assert visit.ask("GET", "/receipt").status == 200
    assert visit.seen_by_caller()["outcome"]["outcome"] == "enrolled"

    back = handfast.visit(1, kind="check", card=enrolled["card"]["payload"])
    told = back.whole()
    assert (told["outcome"], told["reference"]) == ("accepted", "P-1")

    page = handfast.page_of(enrolled)
    shown = handfast.ok("GET", "/v1/me", token=page)
    assert [use["outcome"] for use in shown["uses"]] == ["enrolled", "accepted", "opened"]
    assert shown["complete"]
    assert len({held["position"] for held in shown["held"]}) == 9
    assert handfast.ok("GET", "/v1/me/download", token=page)["reference"] == "P-1"

    assert handfast.ok("POST", "/v1/me/freeze", {"frozen": True}, page) == {}
    assert handfast.visit(1, kind="check", reference="P-1").whole()["outcome"] == "not_accepted"
    assert handfast.ok("POST", "/v1/me/freeze", {"frozen": False}, page) == {}
    statement = handfast.ok("POST", "/v1/me/withdraw", token=page)
    assert statement["schema_version"] == "handfast-withdrawal:1"
    for path in ("/v1/me", "/v1/me/receipt", "/v1/me/download"):
        assert handfast.call("GET", path, token=page).status == 401
    assert handfast.visit(1, kind="check", reference="P-1").whole()["outcome"] == "not_accepted"


def test_who_says_no_is_told_nothing_more_and_asked_nothing_more(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    assert visit.say("no").json["state"] == "finished"
    assert visit.ask("POST", "/challenge", {"hands": ["right"]}).code == "session-spent"
    assert visit.seen_by_caller()["outcome"]["outcome"] == "not_captured"


def test_another_way_is_told_on_the_way_out(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    told = visit.ask("POST", "/another-way", {"step": "look", "cause": "camera-refused"})
    assert told.json["steps"] == ["Show the letter you got from us."]
    assert visit.seen_by_caller()["another_way"] == ["Show the letter you got from us."]


def test_the_phone_is_told_where_the_caller_wants_the_person_back(handfast: Interface) -> None:
    back = PROGRAMME.return_urls[0]
    enrolment = handfast.visit(1, kind="enrol", reference="P-1", return_url=back)
    assert enrolment.whole(BOTH)["return_url"] == back
    assert handfast.visit(1, kind="check", reference="P-1", return_url=back).whole()["return_url"] == back
    assert handfast.visit(1, kind="check", reference="P-1").whole()["return_url"] is None


def test_the_answer_is_told_again_to_a_phone_that_lost_it(handfast: Interface) -> None:
    handfast.enrolled("P-1", 1)
    visit = handfast.visit(1, kind="check", reference="P-1")
    assert visit.whole() == visit.ask("POST", "/finish").json


def test_no_score_and_no_evidence_is_in_any_answer(handfast: Interface) -> None:
    """Every JSON body of a whole life; numbers that guide a camera have these names and no others."""
    test_a_person_enrols_comes_back_looks_and_withdraws(handfast)
    handfast.visit(2, kind="check", reference="P-1").whole()
    guidance = {"progress", "focus", "turn", "size", "box"}
    words = re.compile(r"score|llr|likelihood|evidence|confidence|similarity|percent|scripted", re.IGNORECASE)
    for _, path, told in handfast.exchanges:
        if "json" in told.headers["content-type"] and path != "/v1/openapi.json":
            assert not words.search(told.body.decode()), path
            fractions = {name for name, value in leaves(told.json) if isinstance(value, float)}
            assert fractions <= guidance, path


def leaves(value: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    """Every leaf of a JSON value with the name of the field it is under."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, name)
    else:
        yield name, value
