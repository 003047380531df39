"""The progression through a challenge: a value, and the pure steps that change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from handfast.base.decision import Lowered
from handfast.base.modality import FingerPosition, Hand
from handfast.base.sample import Acquisition
from handfast.base.template import Template
from handfast.capture.bond import Bond, Look, bond
from handfast.capture.challenge import Challenge, Task, TaskKind
from handfast.capture.eyes import Sight
from handfast.capture.fingers import FingersTaken, progress, with_still
from handfast.capture.frames import Reception
from handfast.capture.progress import TaskProgress, TaskState

PATIENCE = timedelta(seconds=45)  # for one step of the face or hand; then it counts as not followed
CARRIED = 3  # observations of "look" that count for the dot after it
FIRST, NEWEST = 4, 36  # observations kept of the task that is on: from the first on movement is measured


@dataclass(frozen=True, slots=True)
class CaptureState:
    """What one challenge has given so far.

    began          when the task that is on began
    observations   of the task that is on, the first few and the newest, in their order
    ended          how each finished task ended, in order
    faces          face templates by the task that gave them
    fingers        what each hand's stills gave
    looks          at hands, oldest first
    near           whether the newest picture showed fingers so near that the camera may not focus
    """

    challenge: Challenge
    began: datetime
    received: Reception = field(default_factory=Reception)
    observations: tuple[object, ...] = ()
    ended: tuple[TaskState, ...] = ()
    faces: Mapping[int, tuple[Template, ...]] = field(default_factory=lambda: MappingProxyType({}))
    fingers: Mapping[Hand, FingersTaken] = field(default_factory=lambda: MappingProxyType({}))

    looks: tuple[Look, ...] = ()
    near: bool = False

    @property
    def task(self) -> Task | None:
        """The task that is on; None when all are over."""
        return self.challenge.tasks[len(self.ended)] if len(self.ended) < len(self.challenge.tasks) else None

    @property
    def done(self) -> bool:
        """Whether every task is over."""
        return self.task is None

    @property
    def followed(self) -> bool:
        """Whether every step of the face and hand was seen in time."""
        steps = self.challenge.tasks
        return self.done and all(
            state == "done" for task, state in zip(steps, self.ended, strict=True) if task.kind is not TaskKind.FINGERS
        )

    @property
    def lowered(self) -> tuple[Lowered, ...]:
        """What makes this capture less sure than its mode promises; a face alone or fingers alone have no bond."""
        asked, found = self.challenge, list[Lowered]()
        if asked.asks(TaskKind.LOOK) and not asked.moving:
            found.append(Lowered.NO_MOVEMENT)
        if asked.asks(TaskKind.HAND) and self.prints:
            said = bond(self.looks, one_camera=asked.one_camera)
            found += {Bond.HELD: [], Bond.OPEN: [Lowered.HAND_NOT_BONDED], Bond.BROKEN: [Lowered.HAND_DIFFERS]}[said]
        return tuple(found)

    @property
    def prints(self) -> tuple[Template, ...]:
        """All good prints of all hands."""
        return tuple(template for taken in self.fingers.values() for template in taken.templates)

    @property
    def failed_positions(self) -> tuple[FingerPosition, ...]:
        """Fingers that were asked for and gave no print."""
        good = {template.position for template in self.prints}
        return tuple(p for task in self.challenge.tasks for p in task.positions if p not in good)


def with_sight(state: CaptureState, task: Task, sight: Sight, now: datetime) -> tuple[CaptureState, TaskProgress]:
    """The state after one frame of a face or hand task."""
    late = now - state.began >= PATIENCE
    ends: TaskState = "done" if sight.done else "failed" if late or sight.failed else "going"
    return with_observation(state, sight), TaskProgress(
        task.id, ends, 1.0 if ends == "done" else sight.progress, stills_left=0
    )


def with_observation(state: CaptureState, sight: Sight) -> CaptureState:
    """The state with what one picture showed, for judging the next."""
    seen = () if sight.observation is None else (sight.observation,)
    state = with_look(state, sight.look)
    every = (*state.observations, *seen)
    kept = every if len(every) <= FIRST + NEWEST else (*every[:FIRST], *every[-NEWEST:])
    return replace(state, observations=kept, near=sight.near)


def with_look(state: CaptureState, look: Look | None) -> CaptureState:
    """The state with one more look at a hand."""
    return state if look is None else replace(state, looks=(*state.looks, look))


def with_print(state: CaptureState, task: Task, hand: Hand, got: Acquisition) -> tuple[CaptureState, TaskProgress]:
    """The state after one still of a hand."""
    taken = with_still(state.fingers.get(hand, FingersTaken()), task, got, near=state.near)
    state = replace(state, fingers=MappingProxyType({**state.fingers, hand: taken}))
    return state, progress(taken, task)


def ended(state: CaptureState, task: Task, how: TaskState, faces: tuple[Template, ...], now: datetime) -> CaptureState:
    """The state with this task over and the next one on."""
    return replace(
        state,
        ended=(*state.ended, how),
        faces=MappingProxyType({**state.faces, task.id: faces}) if faces else state.faces,
        observations=_carried(state, task),
        began=now,
        received=replace(state.received, task=task.id + 1),
    )


def _carried(state: CaptureState, task: Task) -> tuple[object, ...]:
    """Of a look, the newest frames, where the dot follows: who has just looked ahead need not do it again."""
    tasks = state.challenge.tasks
    follows = task.kind is TaskKind.LOOK and task.id + 1 < len(tasks) and tasks[task.id + 1].kind is TaskKind.FOLLOW
    return state.observations[-CARRIED:] if follows else ()
