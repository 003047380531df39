"""How a person moves before the camera: small sway all the time, and the movement that was asked for."""

from dataclasses import dataclass, replace

import numpy as np

from handfast.capture.challenge import Aim, TaskKind

TURN = 28.0  # degrees
NOD = 20.0  # degrees, up or down
GAZE = {
    Aim.LEFT: (24.0, 0.0),
    Aim.UP_LEFT: (18.0, 15.0),
    Aim.UP: (0.0, NOD),
    Aim.UP_RIGHT: (-18.0, 15.0),
    Aim.RIGHT: (-24.0, 0.0),
    Aim.DOWN_RIGHT: (-18.0, -15.0),
    Aim.DOWN: (0.0, -NOD),
    Aim.DOWN_LEFT: (18.0, -15.0),
}  # yaw, pitch
SPEED = 80.0  # degrees a second at which a head follows the dot
REACTION = (0.2, 0.35)  # seconds, at least and at most, until it sets out
FURTHER = 0.3  # more of it for each second that the dot stays after the first
APPROACH = 1.5  # how much larger the face becomes
SWAY = {"yaw": 1.3, "pitch": 1.0, "roll": 0.8, "x": 0.010, "y": 0.008, "zoom": 0.010}


@dataclass(frozen=True, slots=True)
class Stance:
    """Where the head is in one frame.

    yaw, pitch, roll   degrees; > 0: to the person's own left, chin up, tilted to the left shoulder
    x, y               shift as a share of the frame's width
    zoom               times the usual size of the face
    hand               how far the hand has been raised, 0..1
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    hand: float = 0.0


class Motion:
    """A seeded, smooth movement; the same second gives the same stance."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 11])
        self._phase = rng.uniform(0, 2 * np.pi, (len(SWAY), 3))
        self._pace = rng.uniform(0.5, 1.0, (len(SWAY), 3)) * np.array([1.0, 2.3, 4.1])

    def at(self, kind: TaskKind, second: float, share: float) -> Stance:
        """The stance at a second, when this share 0..1 of the task's time has passed."""
        wave = (np.sin(self._pace * second + self._phase) @ np.array([0.6, 0.3, 0.1])).tolist()
        sway = {name: size * value for (name, size), value in zip(SWAY.items(), wave, strict=True)}
        stance = Stance(**{**sway, "zoom": 1.0 + sway["zoom"]})
        done = smooth(share / 0.6)
        if kind is TaskKind.TURN_LEFT:
            return replace(stance, yaw=stance.yaw + TURN * done)
        if kind is TaskKind.TURN_RIGHT:
            return replace(stance, yaw=stance.yaw - TURN * done)
        if kind is TaskKind.TURN_UP:
            return replace(stance, pitch=stance.pitch + NOD * (done + 0.5 * smooth(share / 0.4 - 1.5)))
        if kind is TaskKind.CLOSER:
            return replace(stance, zoom=stance.zoom * (1 + (APPROACH - 1) * done))
        if kind in (TaskKind.HAND, TaskKind.COUNT):
            return replace(stance, hand=smooth(share / 0.3))
        return stance


class Gaze:
    """A head that follows a dot no faster than heads turn, and goes further while the dot stays."""

    def __init__(self, seed: int) -> None:
        self._yaw, self._pitch = 0.0, 0.0
        self._aim: Aim | None = None
        self._waited = 0.0
        self._rng = np.random.default_rng([seed, 13])
        self._reaction = 0.0

    def towards(self, aim: Aim | None, seconds: float, stance: Stance) -> Stance:
        """The stance so many seconds later; None is straight ahead."""
        if aim is not self._aim:
            self._aim, self._waited, self._reaction = aim, 0.0, self._rng.uniform(*REACTION)
        self._waited += seconds
        moving = min(seconds, max(0.0, self._waited - self._reaction))
        further = 1.0 + FURTHER * min(2.0, max(0.0, self._waited - 1.0))
        yaw, pitch = (0.0, 0.0) if aim is None else (further * angle for angle in GAZE[aim])
        way = np.hypot(yaw - self._yaw, pitch - self._pitch)
        share = 1.0 if way == 0 else min(1.0, SPEED * moving / float(way))
        self._yaw += share * (yaw - self._yaw)
        self._pitch += share * (pitch - self._pitch)
        return replace(stance, yaw=stance.yaw + self._yaw, pitch=stance.pitch + self._pitch)


def smooth(share: float) -> float:
    """0 up to 0, 1 from 1 on, without a jerk in between."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
