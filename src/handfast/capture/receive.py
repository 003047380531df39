"""One frame from the network to its answer: accept, decode, judge, move on. The pixels are gone when it returns."""

from dataclasses import replace
from datetime import datetime

from handfast.base.clock import Clock
from handfast.base.errors import CaptureError, FacesDiffer, FrameRefused
from handfast.base.image import Image
from handfast.base.modality import FingerPosition
from handfast.base.sample import Acquisition, Box
from handfast.capture.challenge import Task, TaskKind
from handfast.capture.eyes import Eyes, Sight
from handfast.capture.fingers import FingersTaken, advice, progress
from handfast.capture.frames import Frame, FrameKind, accept
from handfast.capture.progress import FingerView, FrameAnswer, TaskProgress
from handfast.capture.seen import SeenBodies
from handfast.capture.state import CaptureState, ended, with_look, with_observation, with_print, with_sight
from handfast.imaging.decode import Format, decode

MAX_PIXELS: dict[FrameKind, int] = {
    FrameKind.FRAME: 3_000_000,
    FrameKind.PREVIEW: 3_000_000,
    FrameKind.STILL: 20_000_000,
}


QUALITY = frozenset(
    {"show-face", "one-person", "closer", "further", "more-light", "less-light", "hold-still", "show-hand"}
)
"""All that is ever said about why a step failed: what was wrong with its pictures, never what was missed in it."""


def received(state: CaptureState, frame: Frame, *, seen: SeenBodies, clock: Clock) -> CaptureState:
    """The state with this frame taken in, before anything looks at it. Raises FrameRefused, SessionExpired."""
    task = state.task
    if task is None:
        raise FrameRefused("every step is over")
    if (task.kind is TaskKind.FINGERS) is (frame.kind is FrameKind.FRAME):
        raise FrameRefused(f"a {frame.kind} does not belong to this step")
    nonce = state.challenge.nonce
    now = accept(state.challenge, frame, expected_nonce=nonce, received=state.received, seen=seen, clock=clock)
    return replace(state, received=now)


def judged(state: CaptureState, frame: Frame, *, eyes: Eyes, now: datetime) -> tuple[CaptureState, FrameAnswer]:
    """The state after looking at a frame that was taken in, and what the phone is told. Raises ImageError."""
    task = state.challenge.tasks[frame.task]
    image = decode(frame.body, MAX_PIXELS[frame.kind], frozenset({Format.JPEG}))
    if frame.kind is FrameKind.STILL:
        return _still(state, task, eyes, frame, image, now)
    if frame.kind is FrameKind.PREVIEW:
        sight = _preview(eyes, task, image, frame, state)
        taken = _taken(state, task)
        if sight.near and sight.hint == "good" and advice(taken) == "further":
            sight = replace(sight, hint="further")  # from here the last photo was out of focus
        return with_observation(state, sight), _answer(state, progress(taken, task), sight)
    sight = _watched(eyes, task, image, state, frame.t / 1000)
    state, where = with_sight(state, task, sight, now)
    if where.state == "done":
        state, where = _shown_by_whom(state, task, where, eyes, now)
        sight = replace(sight, hint="hold-still") if where.state == "going" else sight
        state, sight = _with_next(state, sight, eyes, frame.t / 1000)
    elif where.state == "failed":
        state = ended(state, task, "failed", (), now)
    if where.state == "failed":
        sight = replace(sight, hint=sight.hint if sight.hint in QUALITY else "try-again")
    return state, _answer(state, where, sight)


def _shown_by_whom(
    state: CaptureState, task: Task, where: TaskProgress, eyes: Eyes, now: datetime
) -> tuple[CaptureState, TaskProgress]:
    """A step that was shown ends once its frames give a face, and fails if that is not the face of the first step."""
    first = next(iter(state.faces.values()), ())
    try:
        faces = eyes.faces(task, state.observations)
        same = not first or not faces or eyes.same_face(first, faces)
    except FacesDiffer:
        faces, same = (), False
    if not same:
        return ended(state, task, "failed", (), now), replace(where, state="failed")
    if not faces:
        return state, replace(where, state="going", progress=0.95)
    return ended(state, task, "done", faces, now), where


def _with_next(state: CaptureState, sight: Sight, eyes: Eyes, at: float) -> tuple[CaptureState, Sight]:
    """Where the dot goes first is told with the end of the look, if there is nothing more to see before."""
    coming = state.task
    first = eyes.begun(coming, state.observations, at) if coming is not None else None
    return (with_observation(state, first), replace(sight, dot=first.dot)) if first else (state, sight)


def _still(
    state: CaptureState, task: Task, eyes: Eyes, frame: Frame, image: Image, now: datetime
) -> tuple[CaptureState, FrameAnswer]:
    assert task.hand is not None  # noqa: S101  a fingers task has a hand
    guide = _guide(frame, image)
    got, look = eyes.still(task, image, guide, frame.t / 1000)
    state = with_look(state, look)
    state, where = with_print(state, task, task.hand, got)
    fingers = tuple(_finger(position, got, _taken(state, task)) for position in task.positions)
    word = "good" if where.state == "done" else advice(_taken(state, task)) or "hold-still"
    if where.state != "going":
        state = ended(state, task, where.state, (), now)
    return state, _answer(state, where, Sight(where.state == "done", where.progress, word, fingers=fingers))


def _finger(position: FingerPosition, got: Acquisition, taken: FingersTaken) -> FingerView:
    quality = next((t.quality.value for t in got.templates if t.position is position), 0.0)
    return FingerView(position, "good" if position in taken.good else "retake", focus=quality / 100.0, box=None)


def _answer(state: CaptureState, where: TaskProgress, sight: Sight) -> FrameAnswer:
    task = state.task
    coming = task.id if task is not None and task.id != where.id else None
    return FrameAnswer(where, coming, sight.hint, sight.fingers, sight.face, state.done, sight.dot)


def _taken(state: CaptureState, task: Task) -> FingersTaken:
    return state.fingers.get(task.hand, FingersTaken()) if task.hand is not None else FingersTaken()


def _watched(eyes: Eyes, task: Task, image: Image, state: CaptureState, at: float) -> Sight:
    try:
        return eyes.watch(task, image, state.observations, at)
    except CaptureError as error:
        return Sight(done=False, progress=0.0, hint=error.advice)


def _preview(eyes: Eyes, task: Task, image: Image, frame: Frame, state: CaptureState) -> Sight:
    try:
        return eyes.preview(task, image, _guide(frame, image), state.observations, frame.t / 1000)
    except CaptureError as error:
        return Sight(done=False, progress=0.0, hint=error.advice)


def _guide(frame: Frame, image: Image) -> Box | None:
    if frame.guide is None:
        return None
    width, height = image.size
    x, y, w, h = frame.guide
    return Box(x * width, y * height, w * width, h * height)
