"""Live sessions in memory: what the phone has said and shown so far. Bounded, short-lived, never written down."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from handfast.base.clock import Clock
from handfast.base.errors import FrameRefused, Overloaded, SessionExpired
from handfast.capture.challenge import Challenge
from handfast.capture.eyes import Eyes
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.kept import KeptPicture, kept_with
from handfast.capture.places import Places
from handfast.capture.progress import FrameAnswer
from handfast.capture.receive import judged, received
from handfast.capture.seen import SeenBodies
from handfast.capture.state import CaptureState

MAX_DRAWS = 5  # challenges in one session
ONE_AT_A_TIME = 0.5  # seconds that a frame waits for the one before it

S = TypeVar("S")


@dataclass(slots=True)
class LiveSession(Generic[S]):
    """One session: its lock is held while a frame is judged, so that frames of one phone queue behind each other.

    said    what the person answered at the welcome, or None before
    told    the session's answer once it has one, for a phone that lost it on the way
    keeps   whether some of its pictures may be kept (a study, a review): they wait in `kept` for its end
    """

    id: str
    expires_at: datetime
    said: S | None = None
    told: object = None
    capture: CaptureState | None = None
    draws: int = 0
    keeps: bool = False
    kept: tuple[KeptPicture, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)


class LiveSessions(Generic[S]):
    """All live sessions of this process. Safe to share among threads.

    Who has ended, or only read and answered, takes next to no memory and nobody's place. Pictures that were shown do:
    of so many captures at most is it kept, and whoever was silent for the longest has to begin again.

    limit      sessions in memory; beyond it the answers that ended first are forgotten, then nobody new is taken
    captures   captures whose pictures are remembered; `places` says how many are on at once, which is far fewer
    """

    def __init__(
        self, clock: Clock, eyes: Eyes, limit: int = 10_000, captures: int = 200, places: Places | None = None
    ) -> None:
        self.places = places or Places()
        self._clock = clock
        self._eyes = eyes
        self._limit = limit
        self._most = captures
        self._sessions: dict[str, LiveSession[S]] = {}
        self._captured: dict[str, LiveSession[S]] = {}  # the longest silent first
        self._over: dict[str, LiveSession[S]] = {}  # the first to end first
        self._seen = SeenBodies()
        self._lock = threading.Lock()

    def of(self, session_id: str, expires_at: datetime) -> LiveSession[S]:
        """The live session, made if it is new. Raises Overloaded if there are too many."""
        with self._lock:
            live = self._sessions.get(session_id)
            if live is None:
                if len(self._sessions) >= self._limit:
                    self._make_room()
                live = self._sessions[session_id] = LiveSession(session_id, expires_at)
            return live

    def has_begun(self, session_id: str) -> bool:
        """Whether the person has said something in this session."""
        with self._lock:
            live = self._sessions.get(session_id)
        return live is not None and live.said is not None

    def end(self, live: LiveSession[S], told: object) -> None:
        """Forget all that the phone has shown and said; keep what it was told until the session's time is over."""
        with live.lock:  # a frame that is being judged would put its capture back
            live.capture, live.said, live.told, live.kept = None, None, told, ()
        with self._lock:
            self._captured.pop(live.id, None)
            if live.id in self._sessions:  # its time may be over
                self._over[live.id] = live
        self.places.leave(live.id)

    def drop_expired(self) -> None:
        """Forget sessions whose time is over."""
        with self._lock:
            self._drop_expired()

    def begin(self, live: LiveSession[S], challenge: Challenge, *, keep: bool = False) -> None:
        """Start this challenge; what an earlier one gave is forgotten. Raises FrameRefused after a few, Overloaded.

        keep   hold on to the pictures until the session ends: where a consent of its own lets some be kept
        """
        with _alone(live):
            if live.draws >= MAX_DRAWS:
                raise FrameRefused("this session has begun too often; open another")
            self.places.take(live.id)
            self._heard(live)
            live.draws += 1
            live.capture = CaptureState(challenge, began=challenge.drawn_at)
            live.keeps, live.kept = keep, ()

    def take(self, live: LiveSession[S], frame: Frame) -> FrameAnswer:
        """Accept and judge one frame. Raises FrameRefused, SessionExpired, ImageError, Overloaded."""
        with _alone(live, waited_for=frame.kind is FrameKind.STILL):
            if live.capture is None:
                raise SessionExpired("no challenge is on; draw one")
            self.places.heard(live.id)
            self._heard(live)
            live.capture = received(live.capture, frame, seen=self._seen, clock=self._clock)
            task = live.capture.challenge.tasks[frame.task]
            live.capture, answer = judged(live.capture, frame, eyes=self._eyes, now=self._clock.now())
            if live.keeps:
                live.kept = kept_with(live.kept, task, frame, answer)
            return replace(answer, next_in_ms=self.places.next_in_ms)

    def _heard(self, live: LiveSession[S]) -> None:
        """This capture is on; where too many are remembered, what the longest silent one showed is forgotten."""
        with self._lock:
            if live.id not in self._sessions:  # its time may be over
                return
            self._captured.pop(live.id, None)
            self._captured[live.id] = live
            silent = next(iter(self._captured.values()))
            if len(self._captured) <= self._most or not silent.lock.acquire(blocking=False):
                return
            del self._captured[silent.id]
        silent.capture, silent.kept = None, ()
        silent.lock.release()

    def _make_room(self) -> None:
        self._drop_expired()
        if len(self._sessions) >= self._limit and self._over:
            self._drop(next(iter(self._over)))
        if len(self._sessions) >= self._limit:
            raise Overloaded("too many people at once; try again in a moment")

    def _drop_expired(self) -> None:
        now = self._clock.now()
        for session_id in [s.id for s in self._sessions.values() if s.expires_at <= now]:
            self._drop(session_id)

    def _drop(self, session_id: str) -> None:
        for among in (self._sessions, self._captured, self._over):
            among.pop(session_id, None)
        self.places.leave(session_id)


@contextmanager
def _alone(live: LiveSession[S], *, waited_for: bool = True) -> Iterator[None]:
    """One phone never holds every worker: what must be kept is sent again, of what only guides the next will do."""
    if not live.lock.acquire(timeout=ONE_AT_A_TIME):
        if not waited_for:
            raise FrameRefused("the picture before is still being looked at")
        raise Overloaded("send one picture after the other")
    try:
        yield
    finally:
        live.lock.release()
