"""Who calls: an administrator of this installation, or a caller with one programme's key."""

from dataclasses import dataclass
from typing import Literal

from handfast.base.errors import NotAllowed, RequestError
from handfast.service.context import Context

ADMINISTRATOR = "hfa_"
CALLER = "hfk_"
"""How the two kinds of token begin, so that a leaked one is recognised for what it is."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller; programme_id is None for an administrator, who may act on any programme.

    desk    how the person is told who acted: the label of the key
    """

    kind: Literal["administrator", "caller"]
    key_id: str
    programme_id: str | None
    desk: str

    def must_administer(self) -> None:
        """Raises NotAllowed unless this is an administrator."""
        if self.kind != "administrator":
            raise NotAllowed("only an administrator may do this")

    def programme(self, asked: str | None) -> str:
        """The programme to act on. Raises NotAllowed for another's, RequestError where it must be named."""
        if self.programme_id is not None and asked not in (None, self.programme_id):
            raise NotAllowed("this key is for another programme")
        chosen = self.programme_id or asked
        if chosen is None:
            raise RequestError("name the programme")
        return chosen

    def may_see(self, programme_id: str) -> bool:
        """Whether this actor may know of things of that programme."""
        return self.programme_id in (None, programme_id)


def authenticate(context: Context, bearer: str) -> Actor:
    """The actor behind an API key or an administrator's token. Raises NotAuthorised."""
    with context.store.read() as reader:
        if bearer.startswith(ADMINISTRATOR):
            return Actor("administrator", reader.access.admin(bearer, context.clock.now()).id, None, "administrator")
        key = reader.access.api_key(bearer, context.clock.now())
        return Actor("caller", key.id, key.programme_id, key.label)
