"""Who calls: an administrator of this installation, or a caller with one programme's key."""

from dataclasses import dataclass
from typing import Literal

from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller; programme_id is None for an administrator, who may act on any programme."""

    kind: Literal["administrator", "caller"]
    key_id: str
    programme_id: str | None


def authenticate(context: Context, bearer: str) -> Actor:
    """The actor behind an API key or an administrator's token. Raises NotAuthorised."""
    raise NotImplementedError
