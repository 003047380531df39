"""Who calls: the actor behind a bearer token, the cookie of a signed-in desk, or the signature of a paired phone."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from handfast.base.errors import CrossSite, NotAuthorised
from handfast.service.desk import actors, devices
from handfast.service.desk.actors import Actor
from handfast.service.desk.devices import SignedRequest
from handfast.service.desk.passkeys import Origin, own_origin
from handfast.web.state import Web, web_of

MAX_TOKEN = 512  # characters
COOKIE = "__Host-handfast-desk"
CSRF, DEVICE, SIGNED = "handfast-csrf", "handfast-device", "handfast-signed"
SAFE = ("GET", "HEAD")

_CALLER = HTTPBearer(
    scheme_name="caller", description="A programme's API key, or an administrator's token.", auto_error=False
)
_DESK = APIKeyCookie(
    name=COOKIE,
    scheme_name="desk",
    description="The cookie of a signed-in desk; acts need Origin and the Handfast-CSRF header too.",
    auto_error=False,
)
_DEVICE = APIKeyHeader(
    name="Handfast-Device",
    scheme_name="device",
    description="A paired phone; Handfast-Signed holds t.nonce.signature (see docs/operating.md).",
    auto_error=False,
)


def _token(name: str, description: str) -> Callable[..., Awaitable[str]]:
    """A dependency that gives the bearer token; NotAuthorised without one. `name` is the document's scheme.

    Like the others that wait for nothing it is async: FastAPI hands any other to a thread, which takes longer.
    """
    scheme = HTTPBearer(scheme_name=name, description=description, auto_error=False)

    async def token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]) -> str:
        return _bearer(credentials)

    return token


LinkToken = Annotated[str, Depends(_token("link", "The secret of a session's link: what stands behind # in it."))]
PageToken = Annotated[str, Depends(_token("my-page", "The token that POST /v1/me/open gave."))]
ExportToken = Annotated[str, Depends(_token("export", "What POST /v1/programmes/ID/study/export gave."))]
ThisWeb = Annotated[Web, Depends(web_of)]


async def _body(request: Request) -> bytes:
    """The body as it was sent, for a signature over it; the route reads the same."""
    return await request.body() if DEVICE in request.headers else b""


def desk_secret(request: Request, web: ThisWeb, cookie: Annotated[str | None, Depends(_DESK)]) -> str:
    """The secret of the desk that this request comes from. Raises NotAuthorised, DeskLocked, CrossSite."""
    if not cookie:
        raise NotAuthorised("sign in at this desk")
    session = web.context.people.desks.get(cookie)
    if request.method not in SAFE:
        own_origin(request.headers.get("origin"), web.origins)
        if not hmac.compare_digest(request.headers.get(CSRF, "").encode(), session.csrf.encode()):
            raise CrossSite("send the Handfast-CSRF header that signing in gave")
        web.context.people.desks.touch(cookie)
    return cookie


def operator_of(web: ThisWeb, secret: Annotated[str, Depends(desk_secret)]) -> Actor:
    """The operator at the desk that this request comes from."""
    return actors.at_desk(web.context, web.context.people.desks.get(secret))


def paired_operator(
    request: Request,
    web: ThisWeb,
    body: Annotated[bytes, Depends(_body)],
    device: Annotated[str | None, Depends(_DEVICE)],
) -> Actor:
    """The operator whose paired phone signed this request; NotAuthorised for any other request."""
    if device is None:
        raise NotAuthorised("this takes a paired phone")
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    sent = SignedRequest(device, request.headers.get(SIGNED, ""), request.method, target, body)
    return devices.recognise(web.context, sent)


def actor_of(
    request: Request,
    web: ThisWeb,
    body: Annotated[bytes, Depends(_body)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_CALLER)],
    cookie: Annotated[str | None, Depends(_DESK)],
    device: Annotated[str | None, Depends(_DEVICE)],
) -> Actor:
    """Who sends this; NotAuthorised for nobody. A bearer token counts before a signature, that before a cookie."""
    if credentials is not None or not (cookie or device):
        return actors.authenticate(web.context, _bearer(credentials))
    if device is not None:
        return paired_operator(request, web, body, device)
    return operator_of(web, desk_secret(request, web, cookie))


async def stated_origin(request: Request, web: ThisWeb) -> Origin:
    """The page's origin, which must be our own. Raises CrossSite."""
    return own_origin(request.headers.get("origin"), web.origins)


def _bearer(credentials: HTTPAuthorizationCredentials | None) -> str:
    if credentials is None or not 0 < len(credentials.credentials) <= MAX_TOKEN:
        raise NotAuthorised("Send the key as a bearer token (Authorization: Bearer ...).")
    return credentials.credentials


CallingActor = Annotated[Actor, Depends(actor_of)]
DeskOperator = Annotated[Actor, Depends(operator_of)]
DeskSecret = Annotated[str, Depends(desk_secret)]
PairedOperator = Annotated[Actor, Depends(paired_operator)]
OurOrigin = Annotated[Origin, Depends(stated_origin)]
