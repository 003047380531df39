"""Judging the step "follow": the head points where the dot goes, place after place, in time and not elsewhere. Pure.

The phone learns each place only once the head has stayed at the one before for a time that nobody is told, so that
nothing can be drawn ahead of time, and a recording of other movements, or of other times, strays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from handfast.face.challenge import facing, smoothed
from handfast.face.relief import SHOWN_BY_NOD, SHOWN_BY_TURN, deep, parallax, toward
from handfast.face.types import Pose
from handfast.imaging.geometry import Points

AXES = {"left": (1.0, 0.0), "right": (-1.0, 0.0), "up": (0.0, 1.0), "down": (0.0, -1.0)}
"""Of each place, the sign of yaw and of pitch."""
LEAST = {"left": SHOWN_BY_TURN, "right": SHOWN_BY_TURN, "up": SHOWN_BY_NOD, "down": SHOWN_BY_NOD}


@dataclass(frozen=True, slots=True)
class FollowParameters:
    """Tuned numbers of the judge."""

    yaw: float = 12.0  # degrees from the person's own facing pose, from which the head points aside
    pitch: float = 8.0  # degrees, from which it points up or down
    ahead: int = 3  # frames in a row that face the camera and hold still, before the dot goes anywhere
    still: float = 5.0  # degrees between them at most
    frames: int = 2  # that point somewhere, until it counts
    seconds: float = 8.0  # for one place
    strays: int = 1  # places other than the asked one that are forgiven


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One frame of the step: what is remembered of all of them, so without any picture.

    rigid   see FaceObservation
    at      seconds since the challenge was drawn, by the phone's watch
    """

    pose: Pose
    rigid: Points
    at: float


@dataclass(frozen=True, slots=True)
class Following:
    """How far the step is.

    reached   places that were reached
    dot       the place that is asked for now; None before the head was seen facing, and when it is over
    failed    it went elsewhere too often, or was too slow
    """

    reached: int
    dot: str | None
    failed: bool


def follow(
    path: Sequence[str], stays: Sequence[float], frames: Sequence[Seen], p: FollowParameters = FollowParameters()
) -> Following:
    """The step after these frames of it, oldest first; path of "left", "right", "up", "down", stays in seconds."""
    start = next((n for n in range(p.ahead, len(frames) + 1) if _holds(frames[n - p.ahead : n], p)), None)
    if start is None:
        return Following(0, None, failed=False)
    reached, strays, run, last, since = 0, 0, 0, "", frames[start - 1].at
    came = since
    for seen, place in zip(frames[start:], _places(frames[start - p.ahead :], p)[p.ahead :], strict=True):
        run, came = (run + 1, came) if place == last else (1, seen.at)
        last = place
        if reached == len(path) or strays > p.strays or seen.at - since > p.seconds:
            break
        if place and run >= p.frames and place == path[reached]:
            if seen.at - came >= stays[reached]:
                reached, since = reached + 1, seen.at
        elif place and run == p.frames and (reached == 0 or place != path[reached - 1]):
            strays += 1
    late = reached < len(path) and frames[-1].at - since > p.seconds
    over = reached == len(path)
    return Following(reached, None if over else path[reached], failed=late or strays > p.strays)


def _holds(frames: Sequence[Seen], p: FollowParameters) -> bool:
    """Whether the head faces the camera and keeps its pose: from there the person's own facing pose is taken."""
    poses = [seen.pose for seen in frames]
    yaws, pitches = [pose.yaw for pose in poses], [pose.pitch for pose in poses]
    steady = max(yaws) - min(yaws) <= p.still and max(pitches) - min(pitches) <= 2 * p.still
    return steady and all(facing(seen.pose) for seen in frames)


def _places(frames: Sequence[Seen], p: FollowParameters) -> list[str]:
    """Where the head points in each frame, the first of them ahead; "" for nowhere, or as flat as a print."""
    first = np.mean([seen.rigid for seen in frames[: p.ahead]], axis=0)
    ahead = [seen.pose for seen in frames[: p.ahead]]
    yaw, pitch = median(pose.yaw for pose in ahead), median(pose.pitch for pose in ahead)
    yaws = [value - yaw for value in smoothed([seen.pose.yaw for seen in frames])]
    pitches = [value - pitch for value in smoothed([seen.pose.pitch for seen in frames])]
    moved = parallax(first, [seen.rigid for seen in frames])
    shown = {place: smoothed(toward(moved, *axis)) for place, axis in AXES.items()}
    found = []
    for n, (across, up) in enumerate(zip(yaws, pitches, strict=True)):
        place = _place(across / p.yaw, up / p.pitch)
        is_deep = place and deep(shown[place][n], across * AXES[place][0] + up * AXES[place][1], LEAST[place])
        found.append(place if is_deep else "")
    return found


def _place(yaw: float, pitch: float) -> str:
    """The place that an angle, in units of its threshold, points to."""
    along = {place: x * yaw + y * pitch for place, (x, y) in AXES.items()}
    place = max(along, key=lambda name: along[name])
    return place if along[place] >= 1.0 else ""
