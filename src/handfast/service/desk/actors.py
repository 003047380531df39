"""Who calls: an administrator of this installation, a caller with one programme's key, or an operator at a desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handfast.base.errors import NotAllowed, NotPaired, RequestError, StepUpNeeded
from handfast.base.roles import Right, Role
from handfast.service.context import Context
from handfast.service.memory.desks import STEP_UP_LIFE, DeskSession
from handfast.storage.tables.devices import Device

ADMINISTRATOR = "hfa_"
CALLER = "hfk_"
"""How the two kinds of token begin, so that a leaked one is recognised for what it is."""

PURPOSES: Mapping[str, Role] = {"enrol": Role.ENROLLER, "check": Role.CHECKER}
"""What an API key's purposes let it do. Finding, reviewing and deciding take a person with a passkey."""

METRICS = "metrics"
_ADMINISTRATOR_MAY = frozenset({Role.ADMINISTRATOR, Role.OWNER, Role.AUDITOR, Role.ENROLLER, Role.CHECKER})


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller; programme_id is None for who may act on more than one programme.

    desk            how the person is told who acted: the site, or the label of the key
    rights          of an operator, at the site where they are signed in; of a key, in its programme
    device          the paired phone that signed the request, if one did
    stepped_up_at   when an operator last showed their passkey
    """

    kind: Literal["administrator", "caller", "operator"]
    key_id: str
    programme_id: str | None
    desk: str
    rights: tuple[Right, ...] = ()
    device: Device | None = None
    stepped_up_at: datetime | None = None
    purposes: tuple[str, ...] = ()

    def must_administer(self) -> None:
        """Raises NotAllowed unless this is an administrator."""
        if not self.may(Role.ADMINISTRATOR, ""):
            raise NotAllowed("only an administrator may do this")

    def may(self, role: Role, programme_id: str) -> bool:
        """Whether this actor has a role in a programme."""
        if self.kind == "administrator":
            return role in _ADMINISTRATOR_MAY
        if self.programme_id not in (None, programme_id):
            return False
        return any(right.covers(role, programme_id) for right in self.rights)

    def must(self, programme_id: str, *roles: Role) -> None:
        """Raises NotAllowed unless this actor has one of the roles in the programme."""
        if not any(self.may(role, programme_id) for role in roles):
            raise NotAllowed(f"this takes the right of {' or '.join(roles)} here")

    def must_be_person(self) -> None:
        """Raises NotAllowed unless this is an operator, known by their passkey."""
        if self.kind != "operator":
            raise NotAllowed("this takes a person who is signed in with a passkey")

    def must_be_paired(self, programme_id: str) -> Device:
        """The paired phone of this programme and site that this request comes from, held by this operator.

        Raises NotPaired for a request without a phone's signature, or from a phone of another programme or site.
        """
        device = self.device
        if device is None or device.programme_id != programme_id or device.site != self.desk:
            raise NotPaired("this takes a phone that is paired with this programme at this site")
        return device

    def must_have_stepped_up(self, now: datetime) -> None:
        """Raises StepUpNeeded for an operator who did not show their passkey at this desk within five minutes.

        A phone never did. An administrator's token is for where no passkey works, and is shown with each request.
        """
        if self.kind == "administrator":
            return
        if self.stepped_up_at is None or now - self.stepped_up_at > STEP_UP_LIFE:
            raise StepUpNeeded("show your passkey once more")

    def programme(self, asked: str | None) -> str:
        """The programme to act on. Raises NotAllowed for another's, RequestError where it must be named."""
        if self.programme_id is not None and asked not in (None, self.programme_id):
            raise NotAllowed("this key is for another programme")
        chosen = self.programme_id or asked
        if chosen is None:
            raise RequestError("name the programme")
        if not self.may_see(chosen):
            raise NotAllowed("you have no right in this programme")
        return chosen

    def may_see(self, programme_id: str) -> bool:
        """Whether this actor may know of things of that programme."""
        if self.kind == "operator":
            return any(self.may(role, programme_id) for role in Role)
        return self.programme_id in (None, programme_id)


def authenticate(context: Context, bearer: str) -> Actor:
    """The actor behind an API key or an administrator's token. Raises NotAuthorised."""
    with context.store.read() as reader:
        if bearer.startswith(ADMINISTRATOR):
            return Actor("administrator", reader.access.admin(bearer, context.clock.now()).id, None, "administrator")
        key = reader.access.api_key(bearer, context.clock.now())
    rights = tuple(Right(role, key.programme_id) for purpose, role in PURPOSES.items() if purpose in key.purposes)
    return Actor("caller", key.id, key.programme_id, key.site or key.label, rights, purposes=key.purposes)


def at_desk(context: Context, session: DeskSession) -> Actor:
    """The operator of an open desk, with the rights that they have at this site now."""
    rights = _rights_at(context, session.operator_id, session.site)
    return Actor("operator", session.operator_id, None, session.site, rights, stepped_up_at=session.stepped_up_at)


def with_device(context: Context, device: Device) -> Actor:
    """The operator of a paired phone, in its programme at its site."""
    rights = _rights_at(context, device.operator_id, device.site)
    return Actor("operator", device.operator_id, device.programme_id, device.site, rights, device)


def _rights_at(context: Context, operator_id: str, site: str) -> tuple[Right, ...]:
    with context.store.read() as reader:
        return tuple(right for right in reader.operators.rights(operator_id) if right.site in ("", site))
