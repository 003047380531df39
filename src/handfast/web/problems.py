"""Every error as one JSON shape: RFC 9457 problem details with a stable `code`."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from handfast.base.errors import CaptureError, HandfastError, Overloaded, RequestError
from handfast.web.schemas.words import Problem

MEDIA_TYPE = "application/problem+json"

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
    """A problem document; `detail` says what to do and never holds what the caller sent."""
    body = Problem(
        type=f"urn:handfast:problem:{code}",
        title=TITLES.get(status, HTTPStatus(status).phrase),
        status=status,
        code=code,
        detail=detail,
        advice=advice,
    )
    return JSONResponse(body.model_dump(exclude_none=True), status_code=status, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route that may answer these problems."""
    return {status: {"model": Problem, "description": TITLES[status]} for status in sorted({400, 500, *statuses})}


def install(app: FastAPI) -> None:
    """Make every failure of `app` a problem document."""

    @app.exception_handler(HandfastError)
    async def on_known(_request: Request, error: HandfastError) -> JSONResponse:
        advice = error.advice if isinstance(error, CaptureError) else None
        detail = str(error) if error.status < 500 or isinstance(error, Overloaded) else "Ask whoever runs this service."
        answer = problem(error.status, error.code, detail or TITLES.get(error.status, ""), advice)
        if isinstance(error, Overloaded):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        where = ", ".join(sorted({".".join(str(part) for part in each["loc"]) for each in error.errors()}))
        return problem(400, RequestError.code, f"Look again at: {where}")

    @app.exception_handler(HTTPException)
    async def on_http(_request: Request, error: HTTPException) -> JSONResponse:
        code = {401: "not-authorised", 404: "not-found", 405: "method-not-allowed"}.get(
            error.status_code, "bad-request"
        )
        answer = problem(error.status_code, code, TITLES.get(error.status_code, ""))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def on_unknown(_request: Request, _error: Exception) -> JSONResponse:
        return problem(500, "error", "Ask whoever runs this service.")
