"""How a person moves before the camera: small sway all the time, and the movement that was asked for."""

from dataclasses import dataclass, replace

import numpy as np

from handfast.capture.challenge import TaskKind

TURN = 28.0  # degrees
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
        if kind is TaskKind.CLOSER:
            return replace(stance, zoom=stance.zoom * (1 + (APPROACH - 1) * done))
        if kind is TaskKind.HAND:
            return replace(stance, hand=smooth(share / 0.3))
        return stance


def smooth(share: float) -> float:
    """0 up to 0, 1 from 1 on, without a jerk in between."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
