"""Signing in at a desk by passkey, taking over from another, stepping up, and an administrator's way back."""

from dataclasses import dataclass
from datetime import datetime

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotAllowed, NotAuthorised, RequestError
from handfast.base.ids import new_id, new_secret
from handfast.base.roles import Right, Role
from handfast.service.context import Context
from handfast.service.desk import passkeys
from handfast.service.desk.actors import Actor
from handfast.service.desk.operators import INVITATION_LIFE
from handfast.service.desk.passkeys import Credential, Options, Origin
from handfast.service.installation import keys_for
from handfast.service.memory.desks import LOCKS_AFTER, SHIFT, DeskSession
from handfast.storage.tables.operators import INVITATION, RECOVERY, Operator

RECOVERY_CODES = 8
SIGN_IN, STEP_UP = "sign-in", "step-up"
DESK = "Desk"
"""What a desk is called where no site is named."""


@dataclass(frozen=True, slots=True)
class DeskView:
    """An open desk as its page sees it; locks_at moves on with every act."""

    operator_id: str
    name: str
    site: str
    rights: tuple[Right, ...]
    csrf: str
    ends_at: datetime
    locks_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The secret of the desk's cookie, what the page sees, and an administrator's recovery codes, shown once."""

    secret: str
    desk: DeskView
    recovery_codes: tuple[str, ...] = ()


def options_to_join(context: Context, origin: Origin, invitation: str) -> Options:
    """What the browser is asked in order to make the passkey of an invitation. Raises NotAuthorised."""
    with context.store.read() as reader:
        operator = reader.operators.behind(invitation, INVITATION, context.clock.now())
        known = reader.operators.passkeys(operator.id)
    return passkeys.options_to_make(context, origin, operator, known)


def join(context: Context, origin: Origin, invitation: str, credential: Credential, site: str | None) -> SignedIn:
    """Make the passkey of an invitation, which is used up, and sign in with it. Raises NotAuthorised, NotAllowed.

    Whoever signed in with another passkey of theirs is out: it may have been lost to somebody.
    """
    now = context.clock.now()
    with context.store.read() as reader:
        operator = reader.operators.behind(invitation, INVITATION, now)
        rights = reader.operators.rights(operator.id)
    chosen = _site(rights, site)
    passkey = passkeys.made(context, origin, operator, credential)
    administers = any(right.role is Role.ADMINISTRATOR for right in rights)
    codes = tuple(new_secret(context.randomness)[:20] for _ in range(RECOVERY_CODES)) if administers else ()
    with context.store.write() as unit:
        unit.operators.use_secret(invitation, INVITATION, now)
        unit.operators.add_passkey(passkey)
        unit.operators.drop_secrets(operator.id, RECOVERY)
        unit.devices.end_all(operator.id, now)
        for code in codes:
            unit.operators.add_secret(code, operator.id, RECOVERY, None)
        told = {"operator": operator.id, "outcome": "passkey"}
        for programme_id in sorted({right.programme_id for right in rights}):
            context.log.append(unit, keys_for(context, programme_id), LeafKind.OPERATOR, operator.id, told)
    context.people.desks.end_all(operator.id)
    return _opened(context, operator, rights, chosen, codes)


def options(context: Context, origin: Origin, purpose: str) -> Options:
    """What the browser is asked in order to show a passkey."""
    return passkeys.options_to_show(context, origin, purpose)


def sign_in(context: Context, origin: Origin, credential: Credential, site: str | None, before: str | None) -> SignedIn:
    """Open the desk to whoever shows a passkey; `before` is the cookie of who had it. NotAuthorised, NotAllowed."""
    operator = passkeys.shown(context, origin, SIGN_IN, credential)
    with context.store.read() as reader:
        rights = reader.operators.rights(operator.id)
    opened = _opened(context, operator, rights, _site(rights, site))
    if before is not None:
        context.people.desks.end(before)
    return opened


def step_up(context: Context, origin: Origin, secret: str, credential: Credential) -> DeskView:
    """The desk's own operator shows their passkey once more. Raises NotAuthorised, DeskLocked."""
    session = context.people.desks.get(secret)
    if passkeys.shown(context, origin, STEP_UP, credential).id != session.operator_id:
        raise NotAuthorised("this is another person's passkey")
    context.people.desks.step_up(secret)
    return seen(context, secret)


def seen(context: Context, secret: str) -> DeskView:
    """The open desk behind a cookie. Raises NotAuthorised, DeskLocked."""
    session = context.people.desks.get(secret)
    with context.store.read() as reader:
        operator = reader.operators.get(session.operator_id)
        rights = reader.operators.rights(operator.id)
    return _view(session, operator, rights)


def sign_out(context: Context, secret: str) -> None:
    """The shift is over: the desk closes, and the operator's phones are paired no more."""
    session = context.people.desks.end(secret)
    if session is not None:
        with context.store.write() as unit:
            unit.devices.end_all(session.operator_id, context.clock.now())


def recover(context: Context, code: str) -> str:
    """An invitation for an administrator who shows a recovery code, which is used up. Raises NotAuthorised.

    A code is 120 random bits, so tries need no limit, and nobody can lock an administrator out by trying.
    """
    now = context.clock.now()
    with context.store.write() as unit:
        operator = unit.operators.use_secret(code.strip(), RECOVERY, now)
        invitation = new_secret(context.randomness)
        unit.operators.add_secret(invitation, operator.id, INVITATION, now + INVITATION_LIFE)
        told = {"operator": operator.id, "outcome": "recovered"}
        context.log.append(unit, keys_for(context, ""), LeafKind.OPERATOR, operator.id, told)
    return invitation


def must_be_at_desk(actor: Actor) -> None:
    """Raises NotAllowed for a phone, a key or a token: this is done at a desk."""
    if actor.kind != "operator" or actor.device is not None:
        raise NotAllowed("this is done at a desk")


def _site(rights: tuple[Right, ...], asked: str | None) -> str:
    """Where the operator signs in. Raises NotAllowed for a site where they may do nothing."""
    if not rights:
        raise NotAllowed("you have no right here any more")
    own = sorted({right.site for right in rights if right.site})
    everywhere = any(not right.site for right in rights)
    if asked is None:
        return own[0] if own and not everywhere else DESK
    if not everywhere and asked not in own:
        raise NotAllowed(f"you work at: {', '.join(own)}")
    if not asked.strip():
        raise RequestError("name the site")
    return asked.strip()


def _opened(
    context: Context, operator: Operator, rights: tuple[Right, ...], site: str, codes: tuple[str, ...] = ()
) -> SignedIn:
    now, secret = context.clock.now(), new_secret(context.randomness)
    session = DeskSession(
        id=new_id("dsk", context.randomness),
        operator_id=operator.id,
        site=site,
        csrf=new_secret(context.randomness),
        started_at=now,
        ends_at=now + SHIFT,
        touched_at=now,
        stepped_up_at=now,
    )
    context.people.desks.add(secret, session)
    return SignedIn(secret, _view(session, operator, rights), codes)


def _view(session: DeskSession, operator: Operator, rights: tuple[Right, ...]) -> DeskView:
    here = tuple(right for right in rights if right.site in ("", session.site))
    locks_at = session.touched_at + LOCKS_AFTER
    return DeskView(operator.id, operator.name, session.site, here, session.csrf, session.ends_at, locks_at)
