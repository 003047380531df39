"""What the routes share, made once with the application."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from handfast.service.context import Context
from handfast.web.languages import Notices
from handfast.web.packs import Pack
from handfast.web.pool import WorkPool


@dataclass(frozen=True, slots=True)
class Web:
    """public_url is where phones reach this server, without a slash at the end; origins are those of its own pages."""

    context: Context
    pool: WorkPool
    notices: Notices
    packs: Mapping[str, Pack]
    public_url: str
    origins: tuple[str, ...]


async def web_of(request: Request) -> Web:
    """The shared state of the application that serves this request."""
    web: Web = request.app.state.web
    return web
