"""Unknown, ineligible, frozen and withdrawn references give one answer, byte for byte, at every step."""

import json
import re
from collections.abc import Mapping

import pytest

from handfast.base.modality import FingerPosition
from handfast.service.owner.programmes import create
from handfast.web.qr import link_svg
from support.interface import Interface, Told, Visit
from support.scripted import PROGRAMME

CALLER_POLLS = "/v1/sessions/"
A_YEAR = 366 * 86_400
CLOCKS = {"date", "server-timing"}  # how long a picture was judged, before anything is compared
ID = re.compile(rb'(ses|cha)_[a-z2-7]{26}|"nonce":"[\w-]{43}"')
TIME = re.compile(rb"20\d\d-\d\d-\d\dT[\d:.]+Z")


@pytest.fixture
def references(handfast: Interface, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """One of each kind; those who are known have fewer fingers enrolled than can be shown."""
    desk = handfast.desk
    desk.eyes.bad = {FingerPosition.LEFT_RING}
    handfast.enrolled("lapsed", 1)
    desk.clock.pass_time(A_YEAR)
    for name in ("frozen", "withdrawn"):
        page = handfast.page_of(handfast.enrolled(name, 1))
        if name == "frozen":
            handfast.ok("POST", "/v1/me/freeze", {"frozen": True}, page)
        else:
            handfast.ok("POST", "/v1/me/withdraw", token=page)
    desk.eyes.bad = set()
    other = create(desk.context, desk.admin, PROGRAMME)
    Visit(handfast, *_opened(handfast, other.api_key, "elsewhere"), 1).whole(("right", "left"))
    monkeypatch.setattr(desk.randomness, "below", lambda limit: 0)  # the same steps from here on
    return "unknown", "lapsed", "frozen", "withdrawn", "elsewhere"


def _opened(handfast: Interface, key: str, reference: str) -> tuple[str, str]:
    opened = handfast.open(key, kind="enrol", reference=reference)
    return opened["id"], opened["link"].partition("#")[2]


def steps(handfast: Interface, reference: str) -> list[tuple[int, Mapping[str, str], bytes]]:
    """Every answer of one check, by the caller and at the phone, without what is random or tells the time."""
    clock = handfast.desk.clock
    clock.pass_time(1.0 - clock.now().microsecond / 1e6)  # the same number of digits in every time
    begun = len(handfast.exchanges)
    visit = handfast.visit(1, kind="check", reference=reference)
    visit.ask("GET", "")
    visit.whole()
    visit.ask("POST", "/finish")
    visit.seen_by_caller()
    visit.ask("GET", "")
    return [_bare(told, visit.token) for _, _, told in handfast.exchanges[begun:]]


def _bare(told: Told, token: str) -> tuple[int, Mapping[str, str], bytes]:
    body, headers = told.body, {name: value for name, value in told.headers.items() if name not in CLOCKS}
    if b'"link"' in body:
        answer = told.json
        assert answer.pop("qr_svg") == link_svg(answer["link"])
        body = json.dumps(answer).encode()
        del headers["content-length"]
    if b'"jws"' in body:
        answer = told.json
        assert (answer.pop("jws") is None) is (answer["outcome"] is None)
        if answer["outcome"]:
            answer["outcome"].pop("log_index")
        body = json.dumps(answer).encode()
        del headers["content-length"]
    return told.status, headers, TIME.sub(b"TIME", ID.sub(b"ID", body.replace(token.encode(), b"TOKEN")))


def test_nothing_tells_them_apart(handfast: Interface, references: tuple[str, ...]) -> None:
    first, *others = (steps(handfast, reference) for reference in references)
    assert b'"outcome":"not_accepted"' in first[-3][2]
    for reference, other in zip(references[1:], others, strict=True):
        assert other == first, reference


def test_a_strangers_visit_looks_the_same_as_a_visit_to_nobody(handfast: Interface) -> None:
    """Someone whose every finger is enrolled: even the wrong person at the camera does not learn that."""
    handfast.desk.randomness.below = lambda limit: 0  # type: ignore[method-assign]
    handfast.enrolled("known", 2)
    assert steps(handfast, "known") == steps(handfast, "unknown")
