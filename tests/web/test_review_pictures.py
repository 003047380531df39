"""Pictures for a person who decides, as a phone, a reviewer and the person's own page see them."""

import base64

from support.colleagues import colleague
from support.interface import BOTH, PIN, Interface, Visit
from support.scripted import PROGRAMME

FIELDS = ("name", "purpose", "who_sees", "retention_days", "another_way")


def agreed(visit: Visit, *also: str) -> None:
    """Their yes to the notice, and to each of these."""
    notice = visit.ask("GET", "").json["notice"]
    said: dict[str, object] = {"answer": "yes", "language": "en", "questions": [0, 1], "also": list(also)}
    said["act"] = {"kind": "press", "at": "2026-11-23T09:00:00Z"}
    told = visit.ask(
        "POST", "/answer", said | {"notice_version": notice["version"], "notice_hash": notice["hash"]["en"]}
    )
    assert told.status == 200, told.body


def test_a_yes_of_its_own_lets_a_reviewer_see_a_few_crops_and_the_person_see_that(handfast: Interface) -> None:
    asked = {name: getattr(PROGRAMME, name) for name in FIELDS} | {"review_pictures": True}
    made = handfast.ok("POST", "/v1/programmes", asked, handfast.administrator)
    programme, key = made["programme"]["id"], made["api_key"]
    enrolling = handfast.visit(1, key, kind="enrol", reference="P-1")
    assert enrolling.ask("GET", "").json["further"] == ["review-pictures"]
    agreed(enrolling, "review-pictures")
    enrolling.draw(BOTH)
    enrolling.play()
    told = enrolling.ask("POST", "/finish").json
    handfast.ok("POST", "/v1/capture/pin", {"pin": PIN}, enrolling.token)
    checked = handfast.visit(1, key, kind="check", reference="P-1")
    checked.say()
    checked.draw(())
    checked.play()
    assert checked.ask("POST", "/finish").json["outcome"] == "referred"

    ben = colleague(handfast, [{"role": "reviewer", "programme": programme}], site="Desk")
    with handfast.desk.context.store.read() as reader:
        (case,) = reader.cases.of(programme)
    pictures = ben.ok("POST", f"/v1/cases/{case.id}/pictures")
    assert [(each["taken_at"], each["hand"]) for each in pictures] == [
        ("enrolment", None),
        ("enrolment", "left"),
        ("enrolment", "right"),
        ("check", None),
    ]
    assert all(base64.b64decode(each["jpeg"]).startswith(b"\xff\xd8") for each in pictures)
    mine = handfast.ok("GET", "/v1/me", token=handfast.page_of(told))
    assert mine["review_pictures"] == 4
    assert "pictures-opened" in {use["outcome"] for use in mine["uses"]}
