"""Capture sessions as their caller sees them: opened by reference or card, then an outcome."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from handfast.audit.leaf import encode_details
from handfast.base import base64url
from handfast.base.decision import Assurance
from handfast.base.errors import Conflict, NotFound, RequestError, SessionUnknown
from handfast.base.ids import new_id
from handfast.base.modality import Hand
from handfast.base.roles import Role
from handfast.service import tries
from handfast.service.answer import Answer as Answer
from handfast.service.answer import opened_answer, signed_answer
from handfast.service.cases import CaseView, opened_file, view
from handfast.service.context import Context
from handfast.service.desk import approvals
from handfast.service.desk.actors import PURPOSES, Actor
from handfast.service.find.finding import check_find
from handfast.service.link import DeskHelp, Wishes, known, sealed_wishes
from handfast.service.owner.programmes import open_programme
from handfast.service.person.cards import card_id_of
from handfast.service.study import may_sit, study_of
from handfast.storage.keys.key_values import ProgrammeKeys
from handfast.storage.tables.access import hash_secret
from handfast.storage.tables.programmes import Programme
from handfast.storage.tables.sessions import SessionKind, SessionMode, SessionRow, SessionState
from handfast.storage.tables.studies import StudyRow

Kind = Literal["enrol", "check", "find"]
State = Literal["welcome", "capture", "finished", "expired", "abandoned"]

LIFE = timedelta(minutes=15)
MAY_READ = (Role.ENROLLER, Role.CHECKER, Role.REVIEWER)
MAX_REFERENCE = 200  # characters


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a caller asks for: exactly one of reference and card (enrol: reference; find: neither, but a reason).

    programme     needed from an administrator; from a caller it must be absent or its own
    return_url    one of the programme's registered ones, or None
    webhook_url   one of the programme's registered ones, or None
    reason        why somebody must be found, typed by the operator who stands by
    hand          the hand to check, or None for the person's choice
    approval      a second person's yes to a find, where the programme asks for one
    """

    kind: Kind
    programme: str | None = None
    reference: str | None = None
    card: str | None = None
    mode: Assurance = Assurance.SELF
    return_url: str | None = None
    webhook_url: str | None = None
    language: str | None = None
    hand: Hand | None = None
    reason: str | None = None
    approval: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """What a session belongs to that no caller can ask for: a case, or help at a desk and by whom."""

    case: str | None = None
    help: DeskHelp | None = None
    by: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session for the phone: the link is https://HOST/c#token."""

    id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its caller may see it; jws is the answer, signed afresh at each look."""

    id: str
    kind: Kind
    state: State
    programme: str
    expires_at: datetime
    return_url: str | None
    answer: Answer | None
    jws: str | None
    another_way: tuple[str, ...]
    case: CaseView | None


@dataclass(frozen=True, slots=True)
class _Whom:
    """Who a session is about: nobody known where subject_id is None; limit_key counts failed tries all the same."""

    subject_id: str | None
    limit_key: str


def open_session(context: Context, actor: Actor, new: NewSession, idempotency_key: str) -> OpenedSession:
    """Open a session; the same key and request again give the same answer, the same key otherwise is a Conflict.

    An unknown, frozen or withdrawn reference opens in the same way and ends not_accepted; nothing tells them apart.
    Raises RequestError, NotACard, NotAllowed (another programme), TooManyTries, and Conflict where somebody is to be
    enrolled under a reference that is enrolled.
    """
    return _open(context, actor, new, idempotency_key, Bound())


def open_for_case(context: Context, actor: Actor, new: NewSession, idempotency_key: str, case: str) -> OpenedSession:
    """A check that belongs to a case, by a reviewer; otherwise the same. A referred one opens no case of its own."""
    return _open(context, actor, new, idempotency_key, Bound(case=case))


def open_for_help(context: Context, actor: Actor, new: NewSession, idempotency_key: str, bound: Bound) -> OpenedSession:
    """A check that opens the person's page, or new pictures of somebody enrolled; see service/desk_visits."""
    return _open(context, actor, new, idempotency_key, bound)


def session_state(context: Context, actor: Actor, session_id: str) -> SessionView:
    """The session and, once finished, its answer. Raises SessionUnknown, also for other programmes' sessions."""
    link = known(context, session_id)
    row = link.row
    own = row.actor == actor.key_id and actor.may_see(row.programme_id)  # an owner helps a person at a desk, too
    if not own and not any(actor.may(role, row.programme_id) for role in MAY_READ):
        raise SessionUnknown("no such session")
    answer, jws = None, None
    if row.answer_sealed is not None and row.answered_at is not None:
        answer = opened_answer(row.answer_sealed, context.keys.programme(row.programme_id), row.id)
        jws = signed_answer(context, answer, row.programme_id, row.id, row.answered_at)
    return SessionView(
        id=row.id,
        kind=row.kind.value,
        state=_state(context, row),
        programme=row.programme_id,
        expires_at=row.expires_at,
        return_url=link.wishes.return_url,
        answer=answer,
        jws=jws,
        another_way=link.programme.another_way,
        case=_case(context, session_id),
    )


def _open(context: Context, actor: Actor, new: NewSession, idempotency_key: str, bound: Bound) -> OpenedSession:
    programme = open_programme(context, actor.programme(new.programme))
    if new.kind != "find" and bound.help is None:
        actor.must(programme.id, Role.REVIEWER if bound.case else PURPOSES[new.kind])
    _check(new, programme, idempotency_key)
    study = study_of(context, programme.id)
    if study is not None and (new.kind != "enrol" or bound.help is not None):
        raise RequestError("nobody is compared in a study; open kind enrol for each sitting")
    keys = context.keys.programme(programme.id)
    asked = hashlib.sha256(encode_details(asdict(new) | ({"help": bound.help} if bound.help else {}))).digest()
    once = hash_secret(f"{actor.key_id} {idempotency_key}")
    with context.store.read() as reader:
        before = reader.sessions.by_idempotency(programme.id, once)
    if before is not None:
        return _again(before, asked, keys)
    if new.kind == "find":
        approvals.may_find(context, actor, programme.id, new.reason or "", new.approval)
    whom = _whom(context, new, keys, bound, study)
    if new.kind == "check":
        tries.check(context, tries.counted(context, programme, whom.subject_id or whom.limit_key, actor.key_id))
    row = _row(context, actor, new, programme, keys, whom, once, asked, bound)
    with context.store.write() as unit:
        before = unit.sessions.by_idempotency(programme.id, once)  # the same request may have come twice at once
        if before is None:
            unit.sessions.add(row)
    return _again(before or row, asked, keys)


def _case(context: Context, session_id: str) -> CaseView | None:
    with context.store.read() as reader:
        row = reader.cases.of_session(session_id)
    return None if row is None else view(row, opened_file(context, row))


def _check(new: NewSession, programme: Programme, idempotency_key: str) -> None:
    if not 0 < len(idempotency_key) <= 200:
        raise RequestError("send an Idempotency-Key of 1 to 200 characters")
    if new.kind == "find":
        _check_find(new, programme)
    elif (new.reference is None) is (new.card is None):
        raise RequestError("send either a reference or a card")
    if new.kind == "enrol" and new.reference is None:
        raise RequestError("an enrolment needs a reference")
    if new.reference is not None and not 0 < len(new.reference) <= MAX_REFERENCE:
        raise RequestError(f"a reference has 1 to {MAX_REFERENCE} characters")
    if new.return_url is not None and new.return_url not in programme.return_urls:
        raise RequestError("this return_url is not registered with the programme")
    if new.webhook_url is not None and new.webhook_url not in programme.webhook_urls:
        raise RequestError("this webhook_url is not registered with the programme")
    if new.language is not None and new.language not in programme.languages:
        raise RequestError(f"the programme speaks {', '.join(programme.languages)}")


def _check_find(new: NewSession, programme: Programme) -> None:
    if new.reference is not None or new.card is not None or new.hand is not None:
        raise RequestError("who is to be found is not known yet: send no reference, card or hand")
    check_find(programme, new.mode, new.reason)


def _again(before: SessionRow, asked: bytes, keys: ProgrammeKeys) -> OpenedSession:
    if before.request_hash != asked:
        raise Conflict("this Idempotency-Key was used for another request")
    return OpenedSession(before.id, _token(keys, before.id), before.expires_at)


def _whom(context: Context, new: NewSession, keys: ProgrammeKeys, bound: Bound, study: StudyRow | None) -> _Whom:
    if new.kind == "find":
        return _Whom(None, "")
    if new.reference is not None:
        lookup = keys.lookup(new.reference)
        with context.store.read() as reader:
            subject = reader.subjects.by_reference(keys.programme_id, lookup)
        if study is not None:
            may_sit(context, study, subject)
        elif bound.help == "retake":
            if subject is None:
                raise NotFound("nobody is enrolled under this reference")
        elif new.kind == "enrol" and subject is not None:
            raise Conflict("somebody is enrolled under this reference")
        whom = _Whom(subject.id if subject else None, f"reference {lookup.hex()}")
    else:
        card_id = card_id_of(new.card or "", context.cards.public)
        with context.store.read() as reader:
            card = reader.cards.card(card_id)
        ours = card is not None and card.programme_id == keys.programme_id
        whom = _Whom(card.subject_id if card and ours else None, f"card {card_id}")
    return whom


def _row(
    context: Context,
    actor: Actor,
    new: NewSession,
    programme: Programme,
    keys: ProgrammeKeys,
    whom: _Whom,
    once: bytes,
    asked: bytes,
    bound: Bound,
) -> SessionRow:
    now = context.clock.now()
    session_id = new_id("ses", context.randomness)
    wishes = Wishes(
        reference=new.reference if new.kind == "enrol" and bound.help is None else None,
        return_url=new.return_url,
        webhook_url=new.webhook_url or next(iter(programme.webhook_urls), None),
        language=new.language,
        hand=new.hand,
        limit_key=whom.subject_id or whom.limit_key,
        case=bound.case,
        reason=new.reason.strip() if new.reason else None,
        help=bound.help,
        by=bound.by,
        document=bound.document,
    )
    return SessionRow(
        id=session_id,
        programme_id=programme.id,
        kind=SessionKind(new.kind),
        mode=SessionMode(new.mode.value),
        state=SessionState.OPEN,
        actor=actor.key_id,
        desk=actor.desk,
        link_hash=hash_secret(_token(keys, session_id)),
        idempotency_hash=once,
        request_hash=asked,
        subject_id=whom.subject_id,
        sealed=sealed_wishes(wishes, keys, session_id),
        answer_sealed=None,
        created_at=now,
        expires_at=now + LIFE,
    )


def _token(keys: ProgrammeKeys, session_id: str) -> str:
    """The link's secret follows from the programme's key, so that asking again gives it again and no row keeps it."""
    return base64url.encode(keys.link_token(session_id))


def _state(context: Context, row: SessionRow) -> State:
    if row.state is SessionState.ANSWERED:
        return "finished"
    if row.state is SessionState.ABANDONED:
        return "expired" if row.claimed_at is None else "abandoned"
    if row.expires_at <= context.clock.now():
        return "expired"
    return "capture" if row.state is SessionState.CLAIMED or context.live.has_begun(row.id) else "welcome"
