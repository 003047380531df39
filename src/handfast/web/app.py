"""The application: routes, pages, problems and headers around one service context."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from handfast import __version__
from handfast.service.context import Context
from handfast.web import problems
from handfast.web.files import Files
from handfast.web.headers import SafeHeaders
from handfast.web.languages import load_notices
from handfast.web.pool import WorkPool
from handfast.web.routes import administration, capture, health, my_page, pages, sessions
from handfast.web.routes.pages import STATIC
from handfast.web.state import Web

WORKERS = 2
WAITING = 32  # requests in line before 503; at 50 ms a frame about a second of work
MODEL_AGE = 86_400  # seconds


def create_app(
    context: Context,
    *,
    browser_models: Path,
    public_url: str,
    beside: AbstractAsyncContextManager[None] | None = None,
) -> FastAPI:
    """The ASGI application.

    browser_models   folder with the .task files and tasks-vision that the page loads
    public_url       where phones reach this server
    beside           what runs as long as the application does (handfast.jobs)
    """
    web = Web(
        context=context,
        pool=WorkPool(WORKERS, WAITING),
        notices=load_notices(STATIC / "languages"),
        public_url=public_url.rstrip("/"),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with beside or nullcontext():
            yield
        web.pool.close()

    app = FastAPI(
        title="Handfast",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.web = web
    for part in (administration, sessions, capture, my_page, health, pages):
        app.include_router(part.router)
    app.mount("/static", Files(STATIC, max_age=0))
    app.mount("/models", Files(browser_models, max_age=MODEL_AGE))
    problems.install(app)
    app.add_middleware(SafeHeaders)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document of what is really answered: problems as application/problem+json, 400 for a bad body."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for path in schema["paths"].values():
            for operation in path.values():
                _honest(operation["responses"])
        for unused in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema


def _honest(responses: dict[str, Any]) -> None:
    documented = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if documented.get("$ref", "").endswith("HTTPValidationError"):
        del responses["422"]
    for status, response in responses.items():
        if int(status) >= 400 and "content" in response:
            response["content"] = {problems.MEDIA_TYPE: response["content"].pop("application/json")}
