"""The application: routes, pages, problems and headers around one service context."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from handfast import __version__
from handfast.service.context import Context
from handfast.web import problems
from handfast.web.bodies import SmallBodies
from handfast.web.files import Files
from handfast.web.frames import FRAMES, Frames
from handfast.web.headers import SafeHeaders
from handfast.web.languages import load_notices
from handfast.web.origins import own_origins
from handfast.web.packs import load_packs
from handfast.web.pool import WorkPool
from handfast.web.routes import (
    administration,
    anchor,
    capture,
    care,
    cases,
    dashboard,
    desk,
    devices,
    health,
    my_page,
    operators,
    pages,
    sessions,
    studies,
    voices,
)
from handfast.web.routes.pages import STATIC
from handfast.web.state import Web
from handfast.web.waiting import Waiting

WORKERS = 2
WAITING = 64  # requests in line before 503, small pictures from half of it on: at 10 ms each a third of a second
MODEL_AGE = 86_400  # seconds

DESCRIPTION = (
    "Check that a person is who they say they are, from their face and their open hand, with their consent. "
    "Open a session, show its link to the person's phone, read the signed outcome. "
    "Every error is a problem document (RFC 9457) with a stable `code`."
)
TAGS = [
    {"name": "programmes", "description": "For administrators: programmes and their API keys."},
    {"name": "operators", "description": "For administrators and owners: the people who work with it."},
    {"name": "desk", "description": "For operators: signing in by passkey, second persons, paired phones."},
    {"name": "cases", "description": "For operators: what a person decides, and witnesses of enrolments."},
    {"name": "owner", "description": "For owners: the numbers of a programme."},
    {"name": "sessions", "description": "For callers: open a session, read its outcome."},
    {"name": "capture", "description": "For the page on the person's phone."},
    {"name": "my page", "description": "For the person: what is held, every use of it, freeze, withdraw."},
    {"name": "service", "description": "Whether the service is up."},
]


def create_app(
    context: Context,
    *,
    browser_models: Path,
    public_url: str,
    https_only: bool = False,
    beside: AbstractAsyncContextManager[None] | None = None,
) -> FastAPI:
    """The ASGI application.

    browser_models   folder with the .task files and tasks-vision that the page loads
    public_url       where phones reach this server
    https_only       tell browsers so, for good: where the certificate is one that they trust by themselves
    beside           what runs as long as the application does (handfast.jobs)
    """
    web = Web(
        context=context,
        pool=WorkPool(WORKERS, WAITING, context.live.places),
        notices=load_notices(STATIC / "languages"),
        packs=load_packs(STATIC),
        public_url=public_url.rstrip("/"),
        origins=own_origins(public_url),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with beside or nullcontext():
            with _what_is_loaded_stays():
                yield
        web.pool.close()

    app = FastAPI(
        title="Handfast",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,  # a redirect would name whatever host the caller claims
        generate_unique_id_function=_operation_id,
    )
    app.state.web = web
    at_desks = (administration, operators, desk, devices, cases, care, dashboard, studies, voices)
    of_people = (sessions, my_page, anchor, health, pages)
    for part in (capture, *at_desks, *of_people):  # the first is tried first, and nothing comes as often as frames
        app.include_router(part.router)
    app.include_router(voices.spoken)
    app.mount("/static", Files(STATIC, max_age=0))
    app.mount("/models", Files(browser_models, max_age=MODEL_AGE))
    problems.install(app)
    app.add_middleware(SmallBodies, unless=FRAMES)
    app.add_middleware(Waiting, web=web)
    app.add_middleware(Frames, web=web)
    app.add_middleware(problems.LastResort)
    app.add_middleware(
        SafeHeaders, https_only=https_only
    )  # added last: around everything, so that every answer has them
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app


@contextmanager
def _what_is_loaded_stays() -> Iterator[None]:
    """Garbage is not looked for among models, routes and libraries: that stopped every thread for 0.3 s at times."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _operation_id(route: APIRoute) -> str:
    return route.name


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document of what is really answered: problems as application/problem+json, 400 for a bad request."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=TAGS
        )
        for path in schema["paths"].values():
            for operation in path.values():
                _honest(operation)
        for unused in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema


def _honest(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    documented = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if documented.get("$ref", "").endswith("HTTPValidationError"):
        del responses["422"]
    problem = responses["500"]["content"]["application/json"]
    possible = [400] * _can_be_wrong(operation) + [413] * ("requestBody" in operation)
    for status in possible:
        responses.setdefault(
            str(status), {"description": problems.TITLES[status], "content": {"application/json": problem}}
        )
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = {problems.MEDIA_TYPE: response["content"]["application/json"]}
    operation["responses"] = dict(sorted(responses.items()))


def _can_be_wrong(operation: dict[str, Any]) -> bool:
    return "requestBody" in operation or any(each["in"] != "path" for each in operation.get("parameters", []))
