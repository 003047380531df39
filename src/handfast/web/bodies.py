"""Small bodies only: everything but a picture is refused by its header when it is larger than any honest request."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handfast.base.errors import BodyTooLarge
from handfast.web.problems import problem

LIMIT = 65_536  # bytes
TOO_LARGE = BodyTooLarge.status


class SmallBodies:
    """ASGI middleware; `unless` is the one path whose route counts for itself (see uploads)."""

    def __init__(self, app: ASGIApp, unless: str) -> None:
        self.app = app
        self._unless = unless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == self._unless:
            await self.app(scope, receive, send)
        elif _stated(Headers(scope=scope)) > LIMIT:
            refusal = problem(TOO_LARGE, BodyTooLarge.code, f"At most {LIMIT // 1024} KiB a request.")
            await refusal(scope, receive, send)
        else:
            await self.app(scope, _counted(receive), send)


def _stated(headers: Headers) -> int:
    """The length that the header states; 0 without one, over any limit where it is no sensible number."""
    stated = headers.get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else LIMIT + 1


def _counted(receive: Receive) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LIMIT:  # no length was stated
            raise HTTPException(TOO_LARGE)
        return message

    return counted
