"""Whether the service is up; nothing about anyone."""

from typing import Literal

from fastapi import APIRouter

from handfast import __version__
from handfast.web.problems import documented
from handfast.web.schemas.words import Out

router = APIRouter(prefix="/v1", tags=["service"])


class Health(Out):
    """The service answers."""

    status: Literal["ok"]
    version: str


@router.get("/health", responses=documented())
def read_health() -> Health:
    """Answer when ready."""
    return Health(status="ok", version=__version__)
