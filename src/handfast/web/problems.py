"""Every error as one JSON shape: RFC 9457 problem details with a stable `code`."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handfast.base.errors import BodyTooLarge, CaptureError, HandfastError, Overloaded, RequestError, TooManyTries
from handfast.web.schemas.words import Problem

MEDIA_TYPE = "application/problem+json"
ASK = "Ask whoever runs this service."

log = logging.getLogger("handfast.problems")

TITLES: Mapping[int, str] = {
    400: "The request does not make sense",
    401: "A valid key or code is needed",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not done this way",
    409: "Not possible in this state",
    410: "This is over",
    411: "The length must be stated first",
    413: "Too large",
    415: "Not a picture that is read here",
    422: "No good picture",
    429: "Too many tries",
    500: "Something broke here",
    503: "Busy, come back in a moment",
}


def problem(status: int, code: str, detail: str, advice: str | None = None) -> JSONResponse:
    """A problem document; `detail` says what to do, in words of ours."""
    body = Problem(
        type=f"urn:handfast:problem:{code}",
        title=TITLES.get(status, HTTPStatus(status).phrase),
        status=status,
        code=code,
        detail=detail,
        advice=advice,
    )
    headers = HEADERS[status] if status in (401, 503) else None  # of the others only the case itself knows the value
    told = body.model_dump(exclude_none=True)
    return JSONResponse(told, status_code=status, media_type=MEDIA_TYPE, headers=headers)


HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    405: {"Allow": "The methods that work here."},
    429: {"Retry-After": "Seconds to wait."},
    503: {"Retry-After": str(Overloaded.retry_after)},
}
"""Headers that go with a status, and their values."""


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route that may answer these problems; 400 for a bad body is added to the document itself."""
    return {status: documented_problem(status) for status in sorted({500, *statuses})}


def documented_problem(status: int) -> dict[str, object]:
    """One response of the document."""
    told: dict[str, object] = {"model": Problem, "description": TITLES[status]}
    if status in HEADERS:
        told["headers"] = {name: {"schema": {"type": "string"}} for name in HEADERS[status]}
    return told


def known(error: HandfastError) -> JSONResponse:
    """The problem document of an error of ours; what broke here is logged and not told."""
    broken = error.status >= 500 and not isinstance(error, Overloaded)
    if broken:
        log.error("%s", error.code, exc_info=error)
    detail = ASK if broken else str(error) or TITLES.get(error.status, "")
    advice = error.advice if isinstance(error, CaptureError) else None
    answer = problem(error.status, error.code, detail, advice)
    if isinstance(error, (TooManyTries, Overloaded)):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def install(app: FastAPI) -> None:
    """Make every failure that a route knows of a problem document."""

    @app.exception_handler(HandfastError)
    async def on_known(_request: Request, error: HandfastError) -> JSONResponse:
        return known(error)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        where = ", ".join(sorted({_place(each["loc"]) for each in error.errors()}))
        return problem(400, RequestError.code, f"Look again at: {where}")

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        code = _HTTP_CODES.get(error.status_code, RequestError.code)
        answer = problem(error.status_code, code, TITLES.get(error.status_code, ""))
        answer.headers.update(error.headers or {})
        allowed = _allowed(app, request.scope) if error.status_code == 405 else ()
        if allowed:
            answer.headers["Allow"] = ", ".join(allowed)
        return answer


_HTTP_CODES = {404: "not-found", 405: "method-not-allowed", BodyTooLarge.status: BodyTooLarge.code}


def _allowed(app: FastAPI, scope: Scope) -> tuple[str, ...]:
    """Every method that works on this path: the router itself tells those of the first route that has the path."""
    return tuple(
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    )


def _place(loc: tuple[str | int, ...]) -> str:
    """Where it is wrong, such as "body.reference"; a field's name may be the caller's own, so only safe letters."""
    return re.sub(r"[^\w.-]", "?", ".".join(map(str, loc)), flags=re.ASCII)[:100]


class LastResort:
    """ASGI middleware: what nobody expected is logged and becomes a problem document that says nothing of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            log.exception("unexpected")
            await problem(500, HandfastError.code, ASK)(scope, receive, send)
