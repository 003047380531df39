"""Who waits for room and asks for the challenge again, past the layers that read any request: many do, many times."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from handfast.base.errors import HandfastError, Overloaded
from handfast.service import capturing
from handfast.web.frames import BEARER
from handfast.web.problems import known
from handfast.web.state import Web

CHALLENGE = "/v1/capture/challenge"


class Waiting:
    """ASGI middleware; `web` is what the routes share. Whoever need not wait, or is wrong, goes on to the route."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self.app = app
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token(scope)
        told = await self._told(token) if token else None
        await (known(told) if told else self.app)(scope, receive, send)

    async def _told(self, token: str) -> Overloaded | None:
        """When to come back, for whom it is known without more.

        Not by the pool: how long its frames and photos wait says how many are let in.
        """
        try:
            await run_in_threadpool(capturing.wait, self._web.context, token)
        except Overloaded as told:
            return told
        except HandfastError:
            pass  # the route says so
        return None


def _token(scope: Scope) -> str | None:
    """The secret of the link, where this asks for a challenge and states one."""
    if scope["type"] != "http" or scope["path"] != CHALLENGE or scope["method"] != "POST":
        return None
    said = [BEARER.fullmatch(value) for name, value in scope["headers"] if name == b"authorization"]
    return said[0][1].decode() if len(said) == 1 and said[0] else None
