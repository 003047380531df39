"""Pictures, which are most of a capture's requests, past the layers that read any request.

A request that is as the page sends it is answered here, with the same words as by its route in `routes.capture`. Any
other goes on to the route, which says what is wrong with it; nothing is refused here that was read here only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from handfast.base.errors import HandfastError, ImageTooLarge
from handfast.capture.frames import MAX_BYTES, Frame, FrameKind
from handfast.service import capturing
from handfast.web.problems import known
from handfast.web.schemas.capture import FrameOut
from handfast.web.state import Web

FRAMES = "/v1/capture/frames"
PART = r"(0|1|0\.[0-9]+|1\.0+)"  # of the picture, 0..1; Handfast-Guide is four: x, y, width, height
GUIDE = f"^{PART}(,{PART}){{3}}$"
MOST_TASKS, MOST_FRAMES, LONGEST = 99, 100_000, 3_600_000  # the highest task, n, and t in milliseconds

_NUMBER = rb"(0|[1-9][0-9]{0,6})"
_QUERY = re.compile(rb"task=%b&n=%b&t=%b&kind=(frame|preview|still)" % ((_NUMBER,) * 3))
BEARER = re.compile(rb"Bearer ([A-Za-z0-9_-]{1,512})")
_READ = {
    b"authorization": BEARER,
    b"content-type": re.compile(rb"(image/jpeg)"),
    b"content-length": re.compile(rb"([0-9]{1,7})"),
    b"handfast-frame": re.compile(rb"([A-Za-z0-9_-]{1,100})"),
    b"handfast-guide": re.compile(rb"(?=.{,100}\Z)(%b)" % GUIDE[1:-1].encode()),
}
_UNUSUAL = frozenset({b"transfer-encoding", b"content-encoding", b"expect"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for one picture says before its body, whose length it states."""

    token: str
    length: int
    task: int
    n: int
    t: int
    kind: FrameKind
    mac: str
    guide: str | None

    def sent(self, body: bytes) -> Frame:
        """The picture with its body."""
        return Frame(self.task, self.n, self.t, self.kind, body, self.mac, guide_of(self.guide))


class Frames:
    """ASGI middleware; `web` is what the routes share."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self.app = app
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = as_the_page_asks(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        try:
            body = await _body(receive, asked.length)
            if body is None:
                return
            answer, took = await looked_at(self._web, asked.token, asked.sent(body))
        except HandfastError as error:
            await known(error)(scope, receive, send)
            return
        told = answer.model_dump_json().encode()
        await Response(told, headers={"Server-Timing": took}, media_type="application/json")(scope, receive, send)


async def looked_at(web: Web, token: str, sent: Frame) -> tuple[FrameOut, str]:
    """The answer to one picture, and the Server-Timing of its judging: the rest was the line's."""
    began = perf_counter()
    judge = web.pool.run if sent.kind is FrameKind.STILL else web.pool.run_guiding
    seen = await judge(capturing.frame, web.context, token, sent)
    return FrameOut.model_validate(seen), f"judge;dur={1000 * (perf_counter() - began):.0f}"


def guide_of(header: str | None) -> tuple[float, float, float, float] | None:
    """The drawn guide of a Handfast-Guide that was read as `GUIDE`."""
    if header is None:
        return None
    x, y, width, height = (float(part) for part in header.split(","))
    return x, y, width, height


def as_the_page_asks(scope: Scope) -> Asked | None:
    """What this request asks, where it is for one picture and in every detail as the page sends it."""
    if scope["type"] != "http" or scope["path"] != FRAMES or scope["method"] != "POST":
        return None
    query, said = _QUERY.fullmatch(scope["query_string"]), _said(scope)
    if query is None or said is None or len(said.keys() - {b"handfast-guide"}) < len(_READ) - 1:
        return None
    task, n, t = (int(query[place]) for place in (1, 2, 3))
    kind, length = FrameKind(query[4].decode()), int(said[b"content-length"])
    if task > MOST_TASKS or n > MOST_FRAMES or t > LONGEST or length > MAX_BYTES[kind]:
        return None
    return Asked(said[b"authorization"], length, task, n, t, kind, said[b"handfast-frame"], said.get(b"handfast-guide"))


def _said(scope: Scope) -> Mapping[bytes, str] | None:
    """The headers that count; None where one comes twice, or otherwise than the page sends it."""
    said: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _UNUSUAL or name in said:
            return None
        if form := _READ.get(name):
            read = form.fullmatch(value)
            if read is None:
                return None
            said[name] = read[1].decode()
    return said


async def _body(receive: Receive, length: int) -> bytes | None:
    """The body of so many bytes; None where the phone hung up."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > length:  # the parser sees to it; here it is a bound on memory
            raise ImageTooLarge(f"more than the {length} bytes that were stated")
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
