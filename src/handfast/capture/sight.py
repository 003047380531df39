"""The eyes of a live session: the algorithms of face and finger, brought to one picture for one task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handfast.base.errors import CaptureError, FacesDiffer, NoHandFound
from handfast.base.image import Image
from handfast.base.modality import Hand, SampleKind
from handfast.base.sample import Acquisition, Box, Sample
from handfast.base.template import Template
from handfast.capture.bond import Look, View
from handfast.capture.challenge import Task, TaskKind
from handfast.capture.eyes import Sight
from handfast.capture.progress import FaceView, FingerView, Part
from handfast.face.challenge import judge
from handfast.face.engine import FaceEngine
from handfast.face.expression import advice
from handfast.face.follow import Seen, follow
from handfast.face.merge import AGREE
from handfast.face.types import FaceObservation
from handfast.finger import preview
from handfast.finger.challenge import judge_count, judge_hand
from handfast.finger.engine import FingerEngine
from handfast.finger.hand.landmarks import Points
from handfast.finger.hand.location import SMALL_SIDE
from handfast.finger.hand.open_hand import HandObserver, HandSight, Where
from handfast.finger.hand.tone import finger_tone, palm_tone
from handfast.finger.preview import FingerSight, HandObservation

RAISED = (TaskKind.HAND, TaskKind.COUNT)
FULL_TURN = 25.0  # degrees of yaw that fill the page's arrow
FACES = 12  # kept of "follow": the newest, and those that may be embedded
LATER = 1  # faces embedded in a step after the look, besides turned ones: they show whose it is still
ASKED_FOR = 8  # frames of "look" for which open eyes and a closed mouth are asked for; then it goes on without
FULL_SIZE = 0.6  # face over picture height that fills the page's oval


@dataclass(frozen=True, slots=True)
class Beside:
    """One frame of the task "hand" or "count": the face, and the hand or None where there was none."""

    face: FaceObservation
    hand: HandSight | None


@dataclass(frozen=True, slots=True)
class Followed:
    """The task "follow" so far: each frame without its picture, for however long it takes, and some faces."""

    frames: tuple[Seen, ...] = ()
    faces: tuple[FaceObservation, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveEyes:
    """Fulfils Eyes. Safe to share between threads."""

    face: FaceEngine
    finger: FingerEngine
    hand: HandObserver

    def watch(self, task: Task, image: Image, before: Sequence[object], at: float) -> Sight:
        """One frame of a face or hand task. Raises NoFaceFound, MoreThanOneFace, FaceTooSmall."""
        seen = self.face.observer.observe(image)
        if task.kind is TaskKind.LOOK and len(before) < ASKED_FOR and seen.hint == "good":
            seen = replace(seen, hint=advice(seen.conditions.expression) or "good")
        shown = _face_view(seen, image)
        if task.kind in RAISED:
            return self._beside(task, image, seen, before, shown, at)
        if task.kind is TaskKind.FOLLOW:
            return self._followed(task, before, seen, shown, at)
        frames = [*(o for o in before if isinstance(o, FaceObservation)), seen]
        now = judge(task.kind.value, frames)
        return Sight(now.done, now.progress, now.hint, face=shown, observation=seen)

    def begun(self, task: Task, before: Sequence[object], at: float) -> Sight | None:
        """The dot's first place for who has just looked ahead and held still: it is told with the look's end."""
        looked = _looked(before, at)
        if task.kind is not TaskKind.FOLLOW or not looked:
            return None
        now = follow(task.path, task.stays, looked)
        return Sight(done=False, progress=0.0, hint=None, observation=Followed(looked), dot=now.dot)

    def preview(self, task: Task, image: Image, guide: Box | None, before: Sequence[object], at: float) -> Sight:
        """One small frame before a still of the fingers."""
        if task.hand is None:
            raise ValueError("a fingers task names its hand")
        last = before[-1] if before else None
        points = last.points if isinstance(last, HandObservation) else None
        seen = preview.observe(image, task.hand, task.positions, self.finger.landmarks, guide, points)
        fingers = tuple(_finger_view(finger) for finger in seen.fingers)
        look = _near(task.hand, View.NEAR, image, seen.points, at) or self._coming(task, image, at)
        return Sight(
            done=False,
            progress=0.0,
            hint=seen.hint,
            fingers=fingers or None,
            observation=seen,
            look=look,
            near=seen.near,
        )

    def faces(self, task: Task, observations: Sequence[object]) -> tuple[Template, ...]:
        """The mean of the best frames by each model, nothing where none is good enough. Raises FacesDiffer."""
        frames = _faces(task, observations)
        try:
            return self.face.templates(frames, None if task.kind is TaskKind.LOOK else LATER) if frames else ()
        except FacesDiffer:
            raise
        except CaptureError:
            return ()

    def same_face(self, first: Sequence[Template], later: Sequence[Template]) -> bool:
        """Whether two steps of one capture, seconds apart, show one face."""
        return all(score.value >= AGREE for score in self.face.compare(first, later))

    def still(self, task: Task, image: Image, guide: Box | None, at: float) -> tuple[Acquisition, Look | None]:
        """The prints of one still, and the hand as it was found for them, which must be the one beside the face."""
        if task.hand is None:
            raise ValueError("a fingers task names its hand")
        prints, where = self.finger.acquire_hand(Sample(image, SampleKind.HAND, task.hand, task.positions, guide))
        points = None if where is None or where.turns else where.points
        return prints, _near(task.hand, View.STILL, image, points, at)

    def _coming(self, task: Task, image: Image, at: float) -> Look | None:
        """The open hand on its way from beside the face to the camera, where one camera sees both."""
        if task.hand is None:
            return None
        try:
            points = self.hand.observe(image).pose.landmarks
        except NoHandFound:
            return None
        return Look(View.NEAR, task.hand, at, palm_tone(image.pixels, points))

    def _beside(
        self, task: Task, image: Image, seen: FaceObservation, before: Sequence[object], shown: FaceView, at: float
    ) -> Sight:
        earlier = [o for o in before if isinstance(o, Beside)]
        last = earlier[-1].hand if earlier else None
        try:
            where = None if last is None else last.pose.landmarks
            parts = _parts(task)
            hand = self.hand.observe(image, seen.face.box, where, parts[len(earlier) % len(parts)])
        except NoHandFound:
            hand = None
        frame = Beside(seen, hand)
        frames = [*earlier, frame]
        hands = [f.hand for f in frames]
        now = judge_count(task.count, hands) if task.hand is None else judge_hand(task.hand, hands)
        look = None
        if hand is not None and task.hand is not None and now.hint == "good":
            look = Look(View.BESIDE, task.hand, at, palm_tone(image.pixels, hand.pose.landmarks))
        return Sight(now.done, now.progress, now.hint, face=shown, observation=frame, look=look)

    def _followed(
        self, task: Task, before: Sequence[object], seen: FaceObservation, shown: FaceView, at: float
    ) -> Sight:
        last = before[-1] if before else None
        so_far = last if isinstance(last, Followed) else Followed()
        frames, faces = (*so_far.frames, Seen(seen.pose, seen.rigid, at)), (*so_far.faces, seen)
        now = follow(task.path, task.stays, frames)
        share = now.reached / len(task.path)
        done = share == 1.0
        hint = "good" if done else "turn-back" if now.dot is None else f"turn-{now.lacks}"
        said = _ailing(faces) if now.failed else hint
        following = Followed(frames, self._kept(faces))
        return Sight(done, share, said, face=shown, observation=following, failed=now.failed, dot=now.dot)

    def _kept(self, faces: tuple[FaceObservation, ...]) -> tuple[FaceObservation, ...]:
        if len(faces) <= FACES:
            return faces
        worth = {id(face) for face in self.face.candidates(faces)}
        newest = len(faces) - FACES
        return tuple(face for n, face in enumerate(faces) if n >= newest or id(face) in worth)


def _parts(task: Task) -> tuple[Where, ...]:
    """Where a hand is looked for, one part a frame: where it is asked for first, which is where it mostly is."""
    return (Hand.RIGHT, Hand.LEFT, "whole") if task.hand is None else (task.hand, "whole")


def _near(hand: Hand, view: View, image: Image, points: Points | None, at: float) -> Look | None:
    """A look at four fingers near the camera; their landmarks are of the picture as it is searched."""
    if points is None:
        return None
    scale = SMALL_SIDE / max(image.size)
    return Look(view, hand, at, finger_tone(image.pixels, points / scale))


def _looked(before: Sequence[object], at: float) -> tuple[Seen, ...]:
    """The frames of a look as the first ones of the dot's step."""
    return tuple(Seen(o.pose, o.rigid, at) for o in before if isinstance(o, FaceObservation))


def _ailing(faces: Sequence[FaceObservation]) -> str | None:
    """What was wrong with most of the newest pictures; None where that is nothing."""
    hints = [face.hint for face in faces[-FACES:]]
    common = max(hints, key=hints.count)
    return common if common != "good" and 2 * hints.count(common) > len(hints) else None


def _faces(task: Task, observations: Sequence[object]) -> list[FaceObservation]:
    """The faces of a step so far, oldest first; what "follow" was handed from the step before is not of it."""
    if task.kind is TaskKind.FOLLOW:
        last = observations[-1] if observations else None
        return list(last.faces) if isinstance(last, Followed) else []
    return [f for f in (o.face if isinstance(o, Beside) else o for o in observations) if isinstance(f, FaceObservation)]


def _face_view(seen: FaceObservation, image: Image) -> FaceView:
    turn = max(-1.0, min(1.0, seen.pose.yaw / FULL_TURN))
    return FaceView(_part(seen.face.box, image), turn, min(1.0, seen.conditions.size / FULL_SIZE))


def _part(box: Box, image: Image) -> Part:
    width, height = image.size
    left, top = max(0.0, box.x / width), max(0.0, box.y / height)
    right, bottom = min(1.0, (box.x + box.width) / width), min(1.0, (box.y + box.height) / height)
    return left, top, max(0.0, right - left), max(0.0, bottom - top)


def _finger_view(finger: FingerSight) -> FingerView:
    box = finger.box
    part = None if box is None else (box.x, box.y, box.width, box.height)
    return FingerView(finger.position, finger.state, finger.ready, part)
