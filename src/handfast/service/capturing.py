"""The phone's side of a session: read the welcome, say yes or no, be captured, or go another way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from handfast.base.errors import RequestError, SessionExpired
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand, Modality
from handfast.capture.challenge import Ask, Challenge, draw
from handfast.capture.frames import Frame
from handfast.capture.progress import FrameAnswer
from handfast.consent.purpose import Purpose
from handfast.consent.terms import KEY_COPIES_DAYS, terms_of
from handfast.service import review_pictures, tries
from handfast.service.context import Context
from handfast.service.ending import leave
from handfast.service.link import DeskHelp, Link, find, find_open, open_standing
from handfast.service.memory.said import Act as Act
from handfast.service.memory.said import PersonsAnswer as PersonsAnswer
from handfast.service.memory.said import Yes
from handfast.service.memory.searching import further_purposes
from handfast.service.study import study_of
from handfast.service.tally import DECLINED, MISUNDERSTOOD, count_for_operator
from handfast.service.uses import permission
from handfast.storage.tables.access import hash_secret
from handfast.storage.tables.sessions import SessionKind, SessionMode, SessionState

SECONDS = {SessionKind.CHECK: 15, SessionKind.ENROL: 90, SessionKind.FIND: 30}
"""How long a capture takes for who knows it; told at the welcome."""

STILLS = {SessionKind.CHECK: 1, SessionKind.ENROL: 2, SessionKind.FIND: 1}
RETAKES = 1
ALL_FINGERS = tuple(position for fingers in FOUR_FINGERS.values() for position in fingers)


@dataclass(frozen=True, slots=True)
class HandView:
    """A hand that can be shown and its fingers."""

    hand: Hand
    positions: tuple[FingerPosition, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """What the welcome and the notice say of the programme; seconds is how long the capture takes.

    study_ends_on   the last day of a study, whose notice is another one; None for every other programme
    """

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    seconds: int
    undo_hours: int
    key_copies_days: int
    study_ends_on: date | None


@dataclass(frozen=True, slots=True)
class CaptureView:
    """Body 1 of the contract. The notice's version and hashes are the page's, added by web.

    further   purposes that an enrolment asks for beside the check, each with a yes of its own; no is as good
    """

    kind: Literal["enrol", "check", "find"]
    mode: Literal["attended", "self"]
    help: DeskHelp | None
    state: Literal["welcome", "capture", "finished"]
    trial: bool
    programme: ProgrammeView
    languages: tuple[str, ...]
    language: str | None
    hands: tuple[HandView, ...]
    has_face: bool
    further: tuple[Purpose, ...]
    expires_at: datetime


def view(context: Context, token: str) -> CaptureView:
    """The session behind the link. Raises SessionUnknown, SessionExpired."""
    link = find(context, token)
    over = link.row.state is not SessionState.OPEN
    if not over and link.row.expires_at <= context.clock.now():
        raise SessionExpired("this session is over")
    begun = context.live.has_begun(link.id)
    return _view(context, link, "finished" if over else "capture" if begun else "welcome")


def in_study(context: Context, token: str) -> bool:
    """Whether the session belongs to a study, which shows a notice of its own. Raises SessionUnknown."""
    with context.store.read() as reader:
        return reader.studies.find(reader.sessions.by_link(hash_secret(token)).programme_id) is not None


def answer(context: Context, token: str, said: PersonsAnswer, notices: Mapping[str, str]) -> CaptureView:
    """Take the person's yes or no; notices is {language: hash} of what the server serves. "no" ends the session."""
    link = find_open(context, token)
    if not set(said.also) <= set(_further(link)):
        raise RequestError("nobody is asked for this here")
    live = context.live.of(link.id, link.row.expires_at)
    if said.answer == "no":
        with context.store.write() as unit:
            unit.counts.decline(link.programme.id, context.clock.now().date(), link.row.desk)
            for what in (DECLINED, *[MISUNDERSTOOD] * bool(said.missed)):
                count_for_operator(context, unit, link, what)
            leave(context, unit, link)
        context.live.end(live, told=None)
        return _view(context, link, "finished")
    if said.language not in link.programme.languages:
        raise RequestError("the programme does not speak this language")
    if notices.get(said.language) != said.notice_hash:
        raise RequestError("this is not the notice that is served now; read it again")
    if said.missed:
        with context.store.write() as unit:
            count_for_operator(context, unit, link, MISUNDERSTOOD)
    live.said = Yes(said, context.clock.now())
    return _view(context, link, "capture")


def wait(context: Context, token: str) -> None:
    """Raises Overloaded while whoever was told to wait by `begin` still has to: each asks many times on a full server.

    Raises SessionUnknown, SessionExpired, SessionSpent. Nobody gets into the line here, who has not been through all
    that is looked at there.
    """
    context.live.places.wait(open_standing(context, token).id)


def begin(
    context: Context,
    token: str,
    hands: tuple[Hand, ...],
    missing: frozenset[FingerPosition],
    *,
    face: bool,
    moves: bool = True,
) -> Challenge:
    """Draw the challenge; at most a few times a session, the newest counts. Raises RequestError, TooManyTries.

    Overloaded where others come first: see `wait`.
    """
    link = find_open(context, token)
    live = context.live.of(link.id, link.row.expires_at)
    if live.said is None:
        raise RequestError("the person has not said yes")
    if link.row.kind is SessionKind.CHECK:
        tries.check(context, tries.counted_for(context, link))  # it may have been opened before the failed ones
    offered = {shown.hand: shown.positions for shown in _shown(context, link)[0]}
    if len(set(hands)) != len(hands) or not set(hands) <= set(offered):
        raise RequestError(f"choose among these hands: {', '.join(offered)}")
    if link.row.kind is SessionKind.CHECK and len(hands) > 1:
        raise RequestError("a check takes one hand")
    if link.row.kind is SessionKind.FIND and not (face and hands):
        raise RequestError("nobody is looked for without face and hand: serve them by card or number")
    absent = frozenset(p for hand in hands for p in FOUR_FINGERS[hand] if p not in offered[hand])
    ask = Ask(
        hands=hands,
        missing=missing | absent,
        face=face,
        stills=STILLS[link.row.kind],
        retakes=RETAKES,
        attended=link.row.mode is SessionMode.ATTENDED,
        moves=moves,
    )
    challenge = draw(ask, clock=context.clock, randomness=context.randomness)
    if not challenge.tasks:
        raise RequestError("show your face, or one finger at least")
    context.live.begin(live, challenge, keep=_may_keep(context, link))
    return challenge


def _may_keep(context: Context, link: Link) -> bool:
    """Whether any picture may outlive this session, by a consent to that."""
    return study_of(context, link.programme.id) is not None or review_pictures.agreed(context, link)


def frame(context: Context, token: str, sent: Frame) -> FrameAnswer:
    """Accept one frame, judge it, answer. Raises FrameRefused, SessionExpired, SessionSpent, ImageError, Overloaded."""
    session = open_standing(context, token)
    return context.live.take(context.live.of(session.id, session.expires_at), sent)


def another_way(context: Context, token: str, step: str, cause: str) -> tuple[str, ...]:
    """End the session as not_captured and give the programme's other way; the cause is counted, not the person."""
    link = find_open(context, token)
    word = f"{step}:{cause}" if re.fullmatch(r"[a-z0-9-]{1,30}:[a-z0-9-]{0,40}", f"{step}:{cause}") else "other"
    with context.store.write() as unit:
        unit.counts.add(link.programme.id, context.clock.now().date(), link.row.desk, "another-way", word)
        leave(context, unit, link)
    context.live.end(context.live.of(link.id, link.row.expires_at), told=None)
    return link.programme.another_way


def _view(context: Context, link: Link, state: Literal["welcome", "capture", "finished"]) -> CaptureView:
    row, programme = link.row, link.programme
    hands, has_face = _shown(context, link)
    study = study_of(context, programme.id)
    return CaptureView(
        kind=row.kind.value,
        mode=row.mode.value,
        help=link.wishes.help,
        state=state,
        trial=link.trial,
        programme=ProgrammeView(
            id=programme.id,
            name=programme.name,
            purpose=programme.purpose,
            who_sees=programme.who_sees,
            retention_days=programme.retention_days,
            another_way=programme.another_way,
            seconds=SECONDS[row.kind],
            undo_hours=terms_of(programme).undo_hours,
            key_copies_days=KEY_COPIES_DAYS,
            study_ends_on=study.ends_on if study else None,
        ),
        languages=programme.languages,
        language=link.wishes.language,
        hands=hands,
        has_face=has_face,
        further=_further(link),
        expires_at=row.expires_at,
    )


def _further(link: Link) -> tuple[Purpose, ...]:
    return further_purposes(link.programme) if link.row.kind is SessionKind.ENROL else ()


def _shown(context: Context, link: Link) -> tuple[tuple[HandView, ...], bool]:
    """The fingers that can be shown, and whether the face can: what is enrolled, or everything for who is not known."""
    positions, has_face = ALL_FINGERS, True
    if link.row.subject_id is not None and link.row.kind is not SessionKind.ENROL:
        with context.store.read() as reader:
            if permission(context, reader, link) is not None:  # who may not be compared looks like anyone
                held = reader.templates.shown_by(link.row.subject_id)
                positions = tuple(sorted(position for _, position in held if position is not None))
                has_face = any(modality is Modality.FACE for modality, _ in held)
    hands = {hand: tuple(p for p in fingers if p in positions) for hand, fingers in FOUR_FINGERS.items()}
    wanted = link.wishes.hand
    shown = {hand: p for hand, p in hands.items() if p and wanted in (None, hand)}
    return tuple(HandView(hand, p) for hand, p in shown.items()), has_face
