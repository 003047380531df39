"""A picture sent as the page sends it passes the layers by; what it is answered is what its route answers."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from handfast.web.frames import as_the_page_asks
from support.interface import Interface, Told, Visit

SAME = ("content-type", "content-security-policy", "cache-control", "permissions-policy", "retry-after")
AS_SENT = {
    b"host": b"here",
    b"authorization": b"Bearer " + b"a" * 43,
    b"content-type": b"image/jpeg",
    b"content-length": b"18000",
    b"handfast-frame": b"b" * 43,
}
QUERY = b"task=0&n=12&t=3400&kind=frame"


def scope(query: bytes = QUERY, more: Mapping[bytes, bytes | None] | None = None, **other: Any) -> dict[str, Any]:
    headers = [(name, value) for name, value in (AS_SENT | dict(more or {})).items() if value is not None]
    asked = {"type": "http", "method": "POST", "path": "/v1/capture/frames", "query_string": query, "headers": headers}
    return asked | other


def test_what_the_page_sends_is_read() -> None:
    asked = as_the_page_asks(scope(more={b"handfast-guide": b"0.1000,0.2500,1.0000,0"}))
    assert asked is not None
    frame = asked.sent(b"x")
    assert (frame.task, frame.n, frame.t, frame.kind, frame.mac) == (0, 12, 3400, "frame", "b" * 43)
    assert frame.guide == (0.1, 0.25, 1.0, 0.0)
    assert (asked.token, asked.length) == ("a" * 43, 18_000)


@pytest.mark.parametrize(
    "query",
    [
        b"",
        QUERY + b"&x=1",
        b"n=12&task=0&t=3400&kind=frame",
        QUERY.replace(b"task=0", b"task=100"),
        QUERY.replace(b"n=12", b"n=100001"),
        QUERY.replace(b"t=3400", b"t=3600001"),
        QUERY.replace(b"n=12", b"n=012"),
        QUERY.replace(b"n=12", b"n=-1"),
        QUERY.replace(b"frame", b"video"),
        QUERY + b"\n",
    ],
)
def test_another_query_is_left_to_the_route(query: bytes) -> None:
    assert as_the_page_asks(scope(query)) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"authorization", None),
        (b"authorization", b"Basic abc"),
        (b"authorization", b"bearer abc"),
        (b"authorization", b"Bearer " + b"a" * 513),
        (b"content-type", b"image/png"),
        (b"content-type", b"image/jpeg; charset=x"),
        (b"content-length", None),
        (b"content-length", b"150001"),
        (b"content-length", b"1e3"),
        (b"handfast-frame", None),
        (b"handfast-frame", b"b" * 101),
        (b"handfast-frame", b"\xe9"),
        (b"handfast-guide", b"0,0,0"),
        (b"handfast-guide", b"0.1,0.1,0.1,0." + b"1" * 100),
        (b"transfer-encoding", b"chunked"),
        (b"expect", b"100-continue"),
    ],
)
def test_another_header_is_left_to_the_route(name: bytes, value: bytes | None) -> None:
    assert as_the_page_asks(scope(more={name: value})) is None


@pytest.mark.parametrize("name", [name for name in AS_SENT if name != b"host"])
def test_a_header_that_comes_twice_is_left_to_the_route(name: bytes) -> None:
    twice = scope()
    twice["headers"].append((name, AS_SENT[name]))
    assert as_the_page_asks(twice) is None


def test_what_is_no_picture_passes() -> None:
    assert as_the_page_asks(scope(path="/v1/capture")) is None
    assert as_the_page_asks(scope(method="GET")) is None
    assert as_the_page_asks({"type": "lifespan"}) is None


def sent(visit: Visit, *, quick: bool, **changed: Any) -> Told:
    """The next picture of the first step, as the page sends it or with its query turned round."""
    body = changed.get("body")
    shot = visit.shot(0, body=body and body + (b"1" if quick else b"2"))  # no picture counts twice
    task = changed.get("task", shot.task)
    parts = [f"task={task}", f"n={shot.n}", f"t={shot.t + changed.get('late', 0)}", f"kind={shot.kind}"]
    headers = {"Content-Type": "image/jpeg", "Handfast-Frame": changed.get("mac") or shot.mac(visit.challenge["nonce"])}
    path = "/v1/capture/frames?" + "&".join(parts if quick else parts[::-1])
    return visit.interface.call("POST", path, token=changed.get("token", visit.token), headers=headers, data=shot.body)


def alike(one: Told, other: Told) -> None:
    assert one.status == other.status
    assert one.headers.keys() == other.headers.keys()
    assert [one.headers.get(name) for name in SAME] == [other.headers.get(name) for name in SAME]


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "x" * 43},
        {"mac": "b" * 43},
        {"task": 1},
        {"late": 60_000},
        {"body": b"no picture"},
    ],
    ids=str,
)
def test_a_picture_is_refused_alike_either_way(handfast: Interface, changed: Mapping[str, object]) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw()
    handfast.desk.eyes.frames = 9
    one, other = (sent(visit, quick=quick, **changed) for quick in (True, False))
    alike(one, other)
    assert one.status >= 400
    assert one.json == other.json


@pytest.mark.parametrize("end", ["claimed", "expired", "no challenge"])
def test_a_session_that_is_over_takes_no_picture_either_way(handfast: Interface, end: str) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw()
    ends: Mapping[str, Callable[[], object]] = {
        "claimed": lambda: visit.ask("POST", "/another-way", {"step": "look", "cause": "tired"}),
        "expired": lambda: handfast.desk.clock.pass_time(16 * 60),
        "no challenge": lambda: handfast.desk.context.live.end(
            handfast.desk.context.live.of(visit.id, handfast.desk.clock.now()), None
        ),
    }
    ends[end]()
    one, other = (sent(visit, quick=quick) for quick in (True, False))
    alike(one, other)
    assert one.status in (409, 410)
    assert one.json == other.json


def test_a_picture_is_answered_alike_either_way(handfast: Interface) -> None:
    handfast.desk.eyes.frames = 9
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw()
    one, other = (sent(visit, quick=quick) for quick in (True, False))
    alike(one, other)
    assert one.status == 200
    assert one.json | {"task": None} == other.json | {"task": None}
    assert one.json["task"].keys() == other.json["task"].keys()
    assert one.headers["server-timing"].startswith("judge;dur=")
