"""Judging the face steps of the live challenge from the frames in their order. Pure: no picture, no clock, no state.

It says that a step was shown, not that the camera is real: a replayed or made-up video that shows it passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from handfast.face.relief import SHOWN_BY_NOD, SHOWN_BY_TURN, deep, parallax, toward
from handfast.face.types import FaceObservation, Pose


@dataclass(frozen=True, slots=True)
class ChallengeParameters:
    """Tuned numbers of the judge."""

    still_frames: int = 3  # frames in a row that "look" wants
    facing_yaw: float = 15.0  # degrees to either side that still count as facing the camera
    facing_pitch: float = 28.0
    turn: float = 18.0  # degrees from the person's own facing pose; measured low on purpose, people turn further
    raised: float = 11.0  # degrees that the chin goes up
    turned_frames: int = 2
    closer: float = 1.25  # size over the smallest size before
    closer_frames: int = 2
    room: float = 0.55  # size over picture height, above which nobody can come closer enough


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """How far one step is.

    progress   0..1; the step is done at 1
    hint       the next thing to do, as a word of the capture page
    """

    progress: float
    hint: str

    @property
    def done(self) -> bool:
        """Whether the step was shown."""
        return self.progress >= 1.0


_DONE = TaskProgress(1.0, "good")
_SIGNS = {"turn-left": (1.0, 0.0), "turn-right": (-1.0, 0.0), "turn-up": (0.0, 1.0)}  # of yaw and of pitch
_ALMOST = 0.95  # progress at most, while a step is not done


def judge(
    kind: str, observations: Sequence[FaceObservation], parameters: ChallengeParameters = ChallengeParameters()
) -> TaskProgress:
    """The step `kind` ("look", "turn-left", "turn-right", "turn-up", "closer") after these frames of it, oldest first.

    Left and right are the person's own. ValueError for another kind.
    """
    if not observations:
        return TaskProgress(0.0, "show-face")
    match kind:
        case "look":
            return _look(observations, parameters)
        case "turn-left" | "turn-right" | "turn-up":
            return _turn(kind, observations, parameters)
        case "closer":
            return _closer(observations, parameters)
    raise ValueError(f"{kind!r} is not a step of the face")


def _look(observations: Sequence[FaceObservation], p: ChallengeParameters) -> TaskProgress:
    """Facing the camera, nothing wrong with the picture, for some frames in a row."""
    count = 0
    for observation in observations:
        count = count + 1 if facing(observation.pose, p) and observation.hint == "good" else 0
    newest = observations[-1]
    hint = "turn-back" if newest.hint == "good" and not facing(newest.pose, p) else newest.hint
    return _DONE if count >= p.still_frames else TaskProgress(count / p.still_frames, hint)


def _turn(kind: str, observations: Sequence[FaceObservation], p: ChallengeParameters) -> TaskProgress:
    """From facing the camera to the side that was asked for, as a head turns and a print does not."""
    start = next((i for i, observation in enumerate(observations) if facing(observation.pose, p)), None)
    if start is None:
        return TaskProgress(0.0, "turn-back")
    seen = observations[start:]
    wanted = p.raised if kind == "turn-up" else p.turn
    ahead = [_angle(kind, observation) for observation in seen[:3] if facing(observation.pose, p)]
    turned = [angle - median(ahead) for angle in smoothed([_angle(kind, o) for o in seen])]
    least = SHOWN_BY_NOD if kind == "turn-up" else SHOWN_BY_TURN
    moved = smoothed(toward(parallax(seen[0].rigid, [o.rigid for o in seen]), *_SIGNS[kind]))
    shown = [angle >= wanted and deep(depth, angle, least) for angle, depth in zip(turned, moved, strict=True)]
    if sum(shown) >= p.turned_frames:
        return _DONE
    return TaskProgress(min(_ALMOST, max(0.0, *turned) / wanted), kind)


def _angle(kind: str, observation: FaceObservation) -> float:
    """Degrees of the pose in the direction that is asked for."""
    pose = observation.pose
    yaw, pitch = _SIGNS[kind]
    return yaw * pose.yaw + pitch * pose.pitch


def _closer(observations: Sequence[FaceObservation], p: ChallengeParameters) -> TaskProgress:
    """Larger than it was, still facing the camera."""
    sizes = smoothed([observation.conditions.size for observation in observations])
    smallest, grown = sizes[0], 0
    for size, observation in zip(sizes, observations, strict=True):
        smallest = min(smallest, size)
        grown += size >= p.closer * smallest and facing(observation.pose, p)
    if grown >= p.closer_frames:
        return _DONE
    progress = min(_ALMOST, max(0.0, (sizes[-1] / smallest - 1.0) / (p.closer - 1.0)))
    return TaskProgress(progress, "further" if smallest > p.room else "closer")


def facing(pose: Pose, p: ChallengeParameters = ChallengeParameters()) -> bool:
    """Whether the head points at the camera, roughly."""
    return abs(pose.yaw) <= p.facing_yaw and abs(pose.pitch) <= p.facing_pitch


def smoothed(values: Sequence[float]) -> list[float]:
    """Median of each value and its neighbours; one wild frame changes nothing."""
    return [median(values[max(0, i - 1) : i + 2]) for i in range(len(values))]
