"""One trial: a challenge is drawn, the attacker does what they can, the live session says which steps were followed.

The frames go straight into the live session that the capture endpoint feeds, bound as a phone binds them. Fingers are
not played: as if the attacker had perfect copies of them, an attack counts as accepted once every live step was
followed. So the rates are upper bounds for the whole policy where a check asks for face and fingers.
"""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from handfast.base import base64url
from handfast.base.errors import FrameRefused
from handfast.base.image import Image
from handfast.base.modality import Hand
from handfast.base.randomness import Randomness
from handfast.capture.challenge import Aim, Ask, Challenge, Task, TaskKind, draw
from handfast.capture.eyes import Eyes
from handfast.capture.frames import Frame, FrameKind, binding
from handfast.capture.live import LiveSession, LiveSessions
from handfast.imaging.encode import jpeg
from handfast.lab.attack.kinds import Attacker, Shown

FPS = 5.0  # of the dot, as the page sends them where there is room; three on a slow line or a busy server
QUICKLY = 2  # times as many of a step that good pictures in a row end, as the page sends them while they are good
GIVES_UP = {TaskKind.FOLLOW: 10.0}  # seconds
GIVES_UP_AFTER = 5.0  # seconds at another step
PACE = 4.0  # seconds over which somebody does a step
ASK = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


class SimulatedClock:
    """Moves on with the frames."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class StepTaken:
    """How one step went: state "done", "failed" or "going" (given up), frames sent, the last hint."""

    kind: str
    state: str
    frames: int
    hint: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One attempt. `followed`: every live step was done; `responded`: a face was seen at all."""

    steps: tuple[StepTaken, ...]
    followed: bool
    responded: bool
    simulated_s: float
    cpu_s: float


@dataclass
class Player:
    """Plays attempts against the eyes of a server; the pictures that were sent are kept for who looks at a failure."""

    eyes: Eyes
    randomness: Randomness
    fps: float = FPS
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    sent: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._live: LiveSessions[str] = LiveSessions(self.clock, self.eyes)
        self._sessions = 0

    def challenge(self) -> Challenge:
        """A challenge as a check with one hand draws it."""
        return draw(ASK, clock=self.clock, randomness=self.randomness)

    def play(self, who: Attacker, challenge: Challenge | None = None) -> Trial:
        """One attempt, at a fresh challenge unless one is given."""
        began, self.sent = time.process_time(), []
        challenge = challenge or self.challenge()
        self._sessions += 1
        session = self._live.of(f"trial-{self._sessions}", self.clock.now() + timedelta(minutes=15))
        self._live.begin(session, challenge)
        attempt = _Attempt(self, self._live, session, challenge, who)
        steps: list[StepTaken] = []
        for task in challenge.tasks:
            if task.kind is TaskKind.FINGERS:
                break
            steps.append(attempt.step(task))
            if steps[-1].state != "done":
                break
        self._live.end(session, told=None)
        asked = sum(task.kind is not TaskKind.FINGERS for task in challenge.tasks)
        done = [step.state for step in steps] == ["done"] * asked
        passed = (self.clock.now() - challenge.drawn_at).total_seconds()
        return Trial(tuple(steps), done, attempt.seen, passed, time.process_time() - began)


class _Attempt:
    def __init__(
        self, player: Player, live: LiveSessions[str], session: LiveSession[str], drawn: Challenge, who: Attacker
    ) -> None:
        self._player, self._live, self._session, self._challenge, self._who = player, live, session, drawn, who
        self._number = 0
        self._dot: Aim | None = None
        self.seen = False

    def step(self, task: Task) -> StepTaken:
        """One step, until it is over or the attacker gives up."""
        limit = GIVES_UP.get(task.kind, GIVES_UP_AFTER)
        fps = self._player.fps * (1 if task.kind is TaskKind.FOLLOW else QUICKLY)
        count, state, hint = 0, "going", ""
        seconds = max(PACE, limit if task.kind is TaskKind.FOLLOW else 0.0)
        for shown in self._who.frames(task, seconds, fps, lambda: self._dot):
            state, hint = self._send(task, shown, 1 / fps)
            count += 1
            if state != "going" or count >= limit * fps:
                break
        return StepTaken(task.kind.value, state, count, hint)

    def _send(self, task: Task, shown: Shown, after: float) -> tuple[str, str]:
        clock = self._player.clock
        clock.pass_time(after)
        body = jpeg(shown, 74) if isinstance(shown, Image) else shown
        self._player.sent.append(body)
        elapsed = round((clock.now() - self._challenge.drawn_at).total_seconds() * 1000)
        loose = Frame(task.id, self._number, elapsed, FrameKind.FRAME, body, mac="")
        self._number += 1
        mac = base64url.encode(binding(self._challenge.id, self._challenge.nonce, loose))
        try:
            answer = self._live.take(self._session, replace(loose, mac=mac))
        except FrameRefused as refused:
            return "going", str(refused)
        self.seen = self.seen or answer.face is not None
        self._dot = Aim(answer.dot) if answer.dot else None
        return answer.task.state, answer.hint or ""
