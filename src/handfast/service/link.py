"""The session behind a link, as every step on the phone finds it."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from handfast.audit.leaf import encode_details
from handfast.base.errors import SessionExpired, SessionSpent
from handfast.base.modality import Hand
from handfast.service.context import Context
from handfast.storage.keys.key_values import ProgrammeKeys
from handfast.storage.store import Reader
from handfast.storage.tables.access import hash_secret
from handfast.storage.tables.programmes import Programme, ProgrammeMode
from handfast.storage.tables.sessions import SessionRow, SessionState, Standing

_PLACE = "wishes"

DeskHelp = Literal["page", "retake"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asked for beyond the row's own columns.

    reference   only where it is to be enrolled
    reason      why somebody must be found, as the operator typed it
    case        the case whose fresh capture this is
    limit_key   what failed tries are counted under, whether or not anyone is known by it
    help        what it opens for somebody at a desk beyond a check or an enrolment; by, document: who saw what
    """

    reference: str | None
    return_url: str | None
    webhook_url: str | None
    language: str | None
    hand: Hand | None
    limit_key: str
    reason: str | None = None
    case: str | None = None
    help: DeskHelp | None = None
    by: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One session with its programme; phone is the kind of phone that captures, for counting."""

    row: SessionRow
    programme: Programme
    wishes: Wishes
    phone: str = ""

    @property
    def id(self) -> str:
        """The session's id."""
        return self.row.id

    @property
    def trial(self) -> bool:
        """Whether the programme is in trial, so that no answer may be relied on."""
        return self.programme.mode is ProgrammeMode.TRIAL


def sealed_wishes(wishes: Wishes, keys: ProgrammeKeys, session_id: str) -> bytes:
    """The wishes as the session's row keeps them until its end."""
    return keys.seal(encode_details(asdict(wishes)), _PLACE, session_id)


def opened_wishes(row: SessionRow, keys: ProgrammeKeys) -> Wishes:
    """What a row keeps of its wishes; none once it is over."""
    if row.sealed is None:
        return Wishes(None, None, None, None, None, "")
    kept = json.loads(keys.unseal(row.sealed, _PLACE, row.id))
    hand, by = Hand(kept["hand"]) if kept["hand"] else None, tuple(kept["by"])
    return Wishes(**(kept | {"hand": hand, "by": by}))


def find(context: Context, token: str) -> Link:
    """The session whose link holds this secret, in whatever state. Raises SessionUnknown."""
    with context.store.read() as reader:
        return _link(context, reader, reader.sessions.by_link(hash_secret(token)))


def find_open(context: Context, token: str) -> Link:
    """The session if it may still be used. Raises SessionUnknown, SessionExpired, SessionSpent."""
    return still_open(context, find(context, token))


def still_open(context: Context, link: Link) -> Link:
    """The same session, if it may still be used. Raises SessionExpired, SessionSpent."""
    _check_open(context, link.row)
    return link


def open_standing(context: Context, token: str) -> Standing:
    """The same without its programme and wishes, by one query, for what comes many times a second. Raises the same."""
    standing = context.store.standing(hash_secret(token))
    _check_open(context, standing)
    return standing


def _check_open(context: Context, row: SessionRow | Standing) -> None:
    if row.state is not SessionState.OPEN:
        raise SessionSpent("this session was used already")
    if row.expires_at <= context.clock.now():
        raise SessionExpired("this session is over")


def known(context: Context, session_id: str) -> Link:
    """The session with this id. Raises SessionUnknown."""
    with context.store.read() as reader:
        return _link(context, reader, reader.sessions.get(session_id))


def _link(context: Context, reader: Reader, row: SessionRow) -> Link:
    wishes = opened_wishes(row, context.keys.programme(row.programme_id))
    return Link(row, reader.programmes.get(row.programme_id), wishes)
