"""Judging the step "follow": the head points where the dot goes, place after place, in time and not elsewhere. Pure.

The phone learns each place only once the head has stayed at the one before for a time that nobody is told, so that
nothing can be drawn ahead of time. A recording of other places strays; one of the same places at times of its own
leaves too soon, arrives sooner than a head can, or is slower wherever the dot stayed shorter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from statistics import median

import numpy as np
from numpy.typing import NDArray

from handfast.face.challenge import facing
from handfast.face.relief import SHOWN_ASLANT, SHOWN_BY_NOD, SHOWN_BY_TURN, deep, parallax
from handfast.face.types import Pose
from handfast.imaging.compiled import compiled
from handfast.imaging.geometry import Points

AROUND = ("left", "up-left", "up", "up-right", "right", "down-right", "down", "down-left")
"""The places as the person sees them, each an eighth of the way round from the one before."""
_EIGHTH = pi / 4
AXES = {place: (float(np.cos(n * _EIGHTH)), float(np.sin(n * _EIGHTH))) for n, place in enumerate(AROUND)}
"""Of each place, the unit vector to the person's left and up."""


@dataclass(frozen=True, slots=True)
class FollowParameters:
    """Tuned numbers of the judge."""

    yaw: float = 12.0  # degrees from the person's own facing pose, from which the head points aside
    pitch: float = 8.0  # degrees, from which it points up or down
    ahead: int = 3  # frames in a row that face the camera and hold still, before the dot goes anywhere
    still: float = 5.0  # degrees between them at most
    upright: float = 1.25  # relief shown by a nod is told from that shown by a turn as if it were this much more
    frames: int = 2  # in a row that point elsewhere, until it counts
    seconds: float = 8.0  # for one place
    strays: int = 1  # places beside the asked one, or its mirror image, that are forgiven; no other is
    soonest: float = 0.3  # seconds from being told a place until a head can point there
    hurry: float = 0.5  # seconds by which nobody is quicker after a long stay than after every short one


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
    failed    it went elsewhere too often, was too slow, or not at the times of somebody who follows
    lacks     "left", "right", "up" or "down": where the head is to go further to point at the dot; None without a dot
    """

    reached: int
    dot: str | None
    failed: bool
    lacks: str | None = None


def follow(
    path: Sequence[str], stays: Sequence[float], frames: Sequence[Seen], p: FollowParameters = FollowParameters()
) -> Following:
    """The step after these frames of it, oldest first; path of AROUND, stays in seconds."""
    start = next((n for n in range(p.ahead, len(frames) + 1) if _holds(frames[n - p.ahead : n], p)), None)
    if start is None:
        return Following(0, None, failed=False)
    own, later = frames[start - p.ahead : start], frames[start:]
    shown = _shown(own, later)
    ahead = median(seen.pose.yaw for seen in own), median(seen.pose.pitch for seen in own)
    places = _places(ahead, later, shown, p)
    reached, failed = visited(path, stays, places, [frames[start - 1].at, *(seen.at for seen in later)], p)
    if reached == len(path):
        return Following(reached, None, failed)
    newest = shown[-1].tolist() if later else (0.0, 0.0)
    return Following(reached, path[reached], failed, _lacking(path[reached], newest))


def visited(
    path: Sequence[str],
    stays: Sequence[float],
    places: Sequence[str],
    at: Sequence[float],
    p: FollowParameters = FollowParameters(),
) -> tuple[int, bool]:
    """How many places of the path were reached, and whether the step failed; it never reached all and failed.

    places   where the head points in each frame after the dot was first told, "" for nowhere
    at       seconds: when it was told, then of each frame
    """
    reached, strays, run, last, told, came, wavers = 0, 0, 0, "", at[0], at[0], False
    lags: list[float] = []
    for place, now in zip(places, at[1:], strict=True):
        if now - told > p.seconds:
            return reached, True
        wavers = not wavers and last == path[reached] and _beside(place, last)
        if wavers:
            continue  # one frame beside the place where it stays: the head is between two, and has not gone
        run, came = (run + 1, came) if place == last else (1, now)
        last = place
        if place == path[reached]:
            if came - told < p.soonest:
                return reached, True
            if now - came >= stays[reached]:
                lags.append(came - told)
                reached, told = reached + 1, now
                if reached == len(path):
                    return (reached - 1, True) if _hurried(lags, stays, p) else (reached, False)
        elif place and run == p.frames:
            strays += _stray(place, path[reached - 1] if reached else None, path[reached], p)
            if strays > p.strays:
                return reached, True
    return reached, False


def _stray(place: str, before: str | None, asked: str, p: FollowParameters) -> int:
    """How much a place that is not asked counts: what a head passes nothing, what may be meant for it 1, else all."""
    if before and (place == before or place in _between(before, asked)):
        return 0
    return 1 if _beside(place, asked) or place == _mirrored(asked) else p.strays + 1


def _beside(place: str, other: str) -> bool:
    """Whether these are next to each other; nowhere is next to nothing."""
    return place != "" and (AROUND.index(place) - AROUND.index(other)) % 8 in (1, 7)


def _between(start: str, end: str) -> tuple[str, ...]:
    """The places on the shorter way round; none between opposite ones, where the way is across."""
    first, ahead = AROUND.index(start), (AROUND.index(end) - AROUND.index(start)) % 8
    steps = range(1, ahead) if ahead < 4 else range(-1, ahead - 8, -1) if ahead > 4 else ()
    return tuple(AROUND[(first + step) % 8] for step in steps)


def _mirrored(place: str) -> str:
    """The place where somebody looks who takes left for right."""
    return AROUND[(4 - AROUND.index(place)) % 8]


def _hurried(lags: Sequence[float], stays: Sequence[float], p: FollowParameters) -> bool:
    """Whether it came sooner wherever the dot had stayed longer: by times of its own, and not by being told."""
    long = max(range(len(stays) - 1), key=lambda place: stays[place])
    after, others = lags[long + 1], [lag for place, lag in enumerate(lags) if place not in (0, long + 1)]
    return bool(others) and min(others) - after > p.hurry


def _holds(frames: Sequence[Seen], p: FollowParameters) -> bool:
    """Whether the head faces the camera and keeps its pose: from there the person's own facing pose is taken."""
    poses = [seen.pose for seen in frames]
    yaws, pitches = [pose.yaw for pose in poses], [pose.pitch for pose in poses]
    steady = max(yaws) - min(yaws) <= p.still and max(pitches) - min(pitches) <= 2 * p.still
    return steady and all(facing(seen.pose) for seen in frames)


def _shown(own: Sequence[Seen], later: Sequence[Seen]) -> NDArray[np.float64]:
    """(M, 2): by how much the relief shows a turn to the person's left, and up, in each later frame."""
    first = np.mean([seen.rigid for seen in own], axis=0)
    shown: NDArray[np.float64] = parallax(first, [seen.rigid for seen in later]) * _UP
    return shown


def _places(
    ahead: tuple[float, float], later: Sequence[Seen], shown: NDArray[np.float64], p: FollowParameters
) -> list[str]:
    """Where the head points in each frame: told by its relief, borne out by the pose.

    "" for nowhere, or as flat as a print.
    """
    yaw, pitch = ahead
    turned = np.array([(seen.pose.yaw - yaw, seen.pose.pitch - pitch) for seen in later]).reshape(-1, 2)
    return ["" if n < 0 else AROUND[n] for n in _pointed(shown, turned, (p.yaw, p.pitch, p.upright)).tolist()]


@compiled
def _pointed(
    shown: NDArray[np.float64], turned: NDArray[np.float64], limits: tuple[float, float, float]
) -> NDArray[np.int64]:
    """Indices into AROUND, or -1, of (M, 2) relief and (M, 2) degrees of yaw and pitch from the own facing pose."""
    out = np.full(len(shown), -1)
    for n in range(len(shown)):
        aside, above = shown[n]
        yaw, pitch = turned[n]
        place = int(np.rint(np.arctan2(limits[2] * above, aside) / _EIGHTH)) % 8
        across, up = _AXES[place]
        enough = abs(aside) >= _LEAST[place, 0] and abs(above) >= _LEAST[place, 1]
        borne_out = across * yaw / limits[0] + up * pitch / limits[1] >= 1.0
        if enough and borne_out and deep(across * aside + up * above, across * yaw + up * pitch, 0.0):
            out[n] = place
    return out


def _least(place: str) -> tuple[float, float]:
    """The relief that a place wants to be shown, to its side and up or down."""
    if "-" in place:
        return SHOWN_ASLANT
    return (SHOWN_BY_TURN, 0.0) if place in ("left", "right") else (0.0, SHOWN_BY_NOD)


_UP = np.array([1.0, -1.0])  # relief is told right and down
_AXES, _LEAST = np.array([AXES[place] for place in AROUND]), np.array([_least(place) for place in AROUND])


def _lacking(place: str, shown: Sequence[float]) -> str:
    """The part of a place that is shown least of what it wants."""
    up, _, side = place.rpartition("-")
    if not up:
        return place
    aside, above = _least(place)
    across = shown[0] if side == "left" else -shown[0]
    rise = shown[1] if up == "up" else -shown[1]
    return side if across / aside < rise / above else up
