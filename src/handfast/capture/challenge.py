"""The live challenge: what is asked of the person, drawn at random once, bound to a nonce, and soon over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from handfast.base.clock import Clock
from handfast.base.ids import new_id
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.randomness import Randomness

LIFE = timedelta(minutes=4)
PLACES = 4  # of the dot
NEAREST = 2  # eighths round between two places that follow each other
SHORT_STAYS, LONG_STAY = (0.0, 0.2), (0.8, 0.9, 1.0)  # seconds that the dot stays once the head points there
MOST_COUNTED = 4  # fingers


class TaskKind(StrEnum):
    """What one task asks; left and right are the person's own."""

    LOOK = "look"
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"
    TURN_UP = "turn-up"
    CLOSER = "closer"
    FOLLOW = "follow"
    COUNT = "count"
    HAND = "hand"
    FINGERS = "fingers"


MOVES = (TaskKind.TURN_LEFT, TaskKind.TURN_RIGHT, TaskKind.TURN_UP, TaskKind.CLOSER)
SECONDS = {TaskKind.FOLLOW: 30, TaskKind.FINGERS: 30}


class Aim(StrEnum):
    """Where the dot of "follow" lies, as the person sees it; the nose is to point there."""

    LEFT = "left"
    UP_LEFT = "up-left"
    UP = "up"
    UP_RIGHT = "up-right"
    RIGHT = "right"
    DOWN_RIGHT = "down-right"
    DOWN = "down"
    DOWN_LEFT = "down-left"


class Camera(StrEnum):
    """Which camera of the phone the task is for."""

    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing asked of the person.

    id          index in the challenge, from 0
    hand        for "hand" and "fingers", else None; either hand may count
    positions   the fingers asked for, from the index finger; empty unless kind is "fingers"
    stills      how many stills end the task when all pass
    retakes     how many more are allowed
    seconds     how long the person has, from when the step is on
    path        for "follow", where the dot goes; the phone learns each place only once the one before was reached
    stays       for "follow", how many seconds the head is to stay at each place; the phone is never told
    count       for "count", how many fingers are to be stretched; else 0
    """

    id: int
    kind: TaskKind
    camera: Camera
    hand: Hand | None
    positions: tuple[FingerPosition, ...]
    stills: int
    retakes: int
    seconds: int
    path: tuple[Aim, ...] = ()
    count: int = 0
    stays: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was asked: nonce is 32 random bytes, known to the server and this phone alone."""

    id: str
    nonce: bytes
    tasks: tuple[Task, ...]
    drawn_at: datetime
    expires_at: datetime

    @property
    def one_camera(self) -> bool:
        """Whether one camera sees face, hand and fingers."""
        return len({task.camera for task in self.tasks}) <= 1

    @property
    def moving(self) -> bool:
        """Whether a face is asked to move."""
        return any(task.kind in (*MOVES, TaskKind.FOLLOW) for task in self.tasks)

    def asks(self, kind: TaskKind) -> bool:
        """Whether any task is of this kind."""
        return any(task.kind is kind for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a challenge is drawn for.

    hands      hands to be shown, in this order
    missing    fingers that the person does not have or cannot show
    face       whether the face is shown
    stills     stills a hand when all pass; retakes, how many more are allowed
    attended   an operator holds the phone: the rear camera all along
    moves      whether the person can turn and move their head; who cannot is asked for hands and a look only
    """

    hands: tuple[Hand, ...]
    missing: frozenset[FingerPosition]
    face: bool
    stills: int
    retakes: int
    attended: bool
    moves: bool = True


def draw(ask: Ask, *, clock: Clock, randomness: Randomness) -> Challenge:
    """A challenge for what this person shows, drawn before anything is seen and never changed by what is.

    Look first; then the dot to follow, in random order with one random move where no hand is whole, or for who cannot
    move some fingers to show; then the open hand beside the face; last the fingers.
    """
    asked = {hand: tuple(p for p in FOUR_FINGERS[hand] if p not in ask.missing) for hand in ask.hands}
    shown = [hand for hand in ask.hands if asked[hand]]
    whole = [hand for hand in shown if len(asked[hand]) == len(FOUR_FINGERS[hand])]
    steps = _face_steps(ask, randomness, counts=bool(whole)) if ask.face else []
    if shown and ask.face:
        beside = shown.pop(randomness.below(len(shown)))
        shown.insert(0, beside)  # its fingers come next, so that it can be followed all the way
        steps.append(Step(TaskKind.HAND, beside))
    steps += [Step(TaskKind.FINGERS, hand) for hand in shown]
    now = clock.now()
    return Challenge(
        id=new_id("cha", randomness),
        nonce=randomness.bytes(32),
        tasks=tuple(_task(n, step, asked, ask) for n, step in enumerate(steps)),
        drawn_at=now,
        expires_at=now + LIFE,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What was drawn for one task."""

    kind: TaskKind
    hand: Hand | None = None
    path: tuple[Aim, ...] = ()
    count: int = 0
    stays: tuple[float, ...] = ()


def _face_steps(ask: Ask, randomness: Randomness, *, counts: bool) -> list[Step]:
    """Who cannot move counts fingers, if a hand is whole: a missing one is no riddle. Without, one move is added."""
    counted = [Step(TaskKind.COUNT, count=1 + randomness.below(MOST_COUNTED))] if counts else []
    if not ask.moves:
        return [Step(TaskKind.LOOK), *counted]
    follow = follow_step(randomness)
    if counts:
        return [Step(TaskKind.LOOK), follow]
    move = Step(MOVES[randomness.below(len(MOVES))])
    return [Step(TaskKind.LOOK), *((move, follow), (follow, move))[randomness.below(2)]]


def follow_step(randomness: Randomness) -> Step:
    """A path and its stays."""
    return Step(TaskKind.FOLLOW, path=_path(randomness), stays=_stays(randomness))


def _path(randomness: Randomness) -> tuple[Aim, ...]:
    """Random places, each a quarter or more of the way round from the one before: a head needs time to get there."""
    around = list(Aim)
    at = [randomness.below(len(around))]
    for _ in range(PLACES - 1):
        at.append((at[-1] + NEAREST + randomness.below(len(around) + 1 - 2 * NEAREST)) % len(around))
    path = tuple(around[place] for place in at)
    return path if set(path) - {Aim.UP, Aim.DOWN} else _path(randomness)


def _stays(randomness: Randomness) -> tuple[float, ...]:
    """One stay but the last is long, and nobody knows which: what moves at times of its own has left by then."""
    stays = [SHORT_STAYS[0]] * PLACES
    long = randomness.below(PLACES - 1)
    stays[(long + 1 + randomness.below(PLACES - 1)) % PLACES] = SHORT_STAYS[1]
    stays[long] = LONG_STAY[randomness.below(len(LONG_STAY))]
    return tuple(stays)


def _task(number: int, step: Step, asked: dict[Hand, tuple[FingerPosition, ...]], ask: Ask) -> Task:
    fingers = step.kind is TaskKind.FINGERS and step.hand is not None
    return Task(
        id=number,
        kind=step.kind,
        camera=Camera.REAR if fingers or ask.attended else Camera.FRONT,
        hand=step.hand,
        positions=asked[step.hand] if fingers and step.hand is not None else (),
        stills=ask.stills if fingers else 0,
        retakes=ask.retakes if fingers else 0,
        seconds=SECONDS.get(step.kind, 15),
        path=step.path,
        count=step.count,
        stays=step.stays,
    )
