"""The live challenge: what is asked of the person, drawn at random once, bound to a nonce, and soon over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from handfast.base.clock import Clock
from handfast.base.ids import new_id
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.randomness import Randomness

LIFE = timedelta(minutes=4)


class TaskKind(StrEnum):
    """What one task asks; left and right are the person's own."""

    LOOK = "look"
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"
    CLOSER = "closer"
    HAND = "hand"
    FINGERS = "fingers"


class Camera(StrEnum):
    """Which camera of the phone the task is for."""

    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing asked of the person.

    id          index in the challenge, from 0
    hand        for "hand" and "fingers", else None
    positions   the fingers asked for, from the index finger; empty unless kind is "fingers"
    stills      how many stills end the task when all pass
    retakes     how many more are allowed
    seconds     how long it should take at most; for the page's patience, not a limit on the person
    """

    id: int
    kind: TaskKind
    camera: Camera
    hand: Hand | None
    positions: tuple[FingerPosition, ...]
    stills: int
    retakes: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was asked: nonce is 32 random bytes, known to the server and this phone alone."""

    id: str
    nonce: bytes
    tasks: tuple[Task, ...]
    drawn_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """What a challenge is drawn for.

    hands      hands to be shown, in this order
    missing    fingers that the person does not have or cannot show
    face       whether the face is shown
    stills     stills a hand when all pass; retakes, how many more are allowed
    attended   an operator holds the phone: the rear camera all along
    """

    hands: tuple[Hand, ...]
    missing: frozenset[FingerPosition]
    face: bool
    stills: int
    retakes: int
    attended: bool


def draw(ask: Ask, *, clock: Clock, randomness: Randomness) -> Challenge:
    """A challenge for what this person shows: look first, a turn and closer in random order, the hand, the fingers."""
    kinds = [*_face_kinds(randomness)] if ask.face else []
    asked = {hand: tuple(p for p in FOUR_FINGERS[hand] if p not in ask.missing) for hand in ask.hands}
    steps: list[tuple[TaskKind, Hand | None]] = [(kind, None) for kind in kinds]
    shown = [hand for hand in ask.hands if asked[hand]]
    if shown:
        beside = shown[randomness.below(len(shown))]
        steps += [(TaskKind.HAND, beside)] if ask.face else []
        steps += [(TaskKind.FINGERS, hand) for hand in shown]
    now = clock.now()
    return Challenge(
        id=new_id("cha", randomness),
        nonce=randomness.bytes(32),
        tasks=tuple(_task(n, kind, hand, asked, ask) for n, (kind, hand) in enumerate(steps)),
        drawn_at=now,
        expires_at=now + LIFE,
    )


def _face_kinds(randomness: Randomness) -> tuple[TaskKind, TaskKind, TaskKind]:
    turn = (TaskKind.TURN_LEFT, TaskKind.TURN_RIGHT)[randomness.below(2)]
    second, third = ((turn, TaskKind.CLOSER), (TaskKind.CLOSER, turn))[randomness.below(2)]
    return TaskKind.LOOK, second, third


def _task(
    number: int, kind: TaskKind, hand: Hand | None, asked: dict[Hand, tuple[FingerPosition, ...]], ask: Ask
) -> Task:
    fingers = kind is TaskKind.FINGERS and hand is not None
    return Task(
        id=number,
        kind=kind,
        camera=Camera.REAR if fingers or ask.attended else Camera.FRONT,
        hand=hand,
        positions=asked[hand] if fingers and hand is not None else (),
        stills=ask.stills if fingers else 0,
        retakes=ask.retakes if fingers else 0,
        seconds=30 if fingers else 15,
    )
