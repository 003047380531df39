"""One finger as a mesh in millimetres, palm side towards the camera, with coordinates on its skin.

Lengths and breadths near the means of hand anthropometry (Greiner 1991). Skin coordinates (s, t): s along the skin
across the finger, 0 on its middle line, growing to the right; t along the skin from the tip down.
"""

from dataclasses import dataclass, replace

import numpy as np

from handfast.base.modality import FingerPosition
from handfast.finger.synth.person import Person, traits_of

# Phalanges from the tip in mm, by index to little finger. The last runs on below the finger's base, so that a hand
# always leaves the picture.
LENGTHS = np.array([[24.5, 23.0, 70.0], [25.5, 27.0, 74.0], [25.5, 25.5, 71.0], [22.5, 18.5, 64.0]])
WIDTHS = np.array([15.8, 16.3, 15.5, 13.7])
CAP = 0.60  # widths from the tip to the full width
CAP_ROWS, BODY_ROWS, COLUMNS = 40, 150, 61
MIDDLE = COLUMNS // 2


@dataclass(frozen=True, slots=True)
class Proportions:
    """Phalanges from the tip (mm), width at the last joint (mm), and how far the pad bulges (half widths)."""

    lengths: tuple[float, float, float]
    width: float
    bulge: float


@dataclass(frozen=True, slots=True, eq=False)
class FingerMesh:
    """vertices and normals (R, 61, 3) in the scene; skin (R, 61, 2) s and t in mm; axis towards the tip.

    joints   t of the last and of the middle joint, mm
    """

    position: FingerPosition
    vertices: np.ndarray
    normals: np.ndarray
    skin: np.ndarray
    axis: np.ndarray
    joints: tuple[float, float]
    width: float

    def moved(self, turn: np.ndarray, offset: np.ndarray) -> "FingerMesh":
        """The finger turned about the origin by a (3, 3) matrix, then shifted."""
        return replace(
            self,
            vertices=self.vertices @ turn.T + offset,
            normals=self.normals @ turn.T,
            axis=turn @ self.axis,
        )


def finger_number(position: FingerPosition) -> int:
    """0 for an index finger to 3 for a little finger."""
    return (int(position) - 2) % 5


def proportions_of(person: Person, position: FingerPosition) -> Proportions:
    """The lifelong proportions of one finger."""
    rng = np.random.default_rng([person.seed, int(position), 3])
    size, number = traits_of(person).size, finger_number(position)
    last, middle, base = LENGTHS[number] * size * rng.normal(1, 0.025, 3)
    return Proportions((last, middle, base), WIDTHS[number] * size * rng.normal(1, 0.03), rng.uniform(0.03, 0.10))


def finger_mesh(position: FingerPosition, shape: Proportions, bends: np.ndarray) -> FingerMesh:
    """A finger along +y with its base at the origin; bends at the last joint, middle joint and base in radians."""
    last, total = shape.lengths[0], sum(shape.lengths)
    joints = (last, last + shape.lengths[1])
    cap = CAP * shape.width
    down = np.r_[cap * (1 - np.cos(np.linspace(0, np.pi / 2, CAP_ROWS))), np.linspace(cap, total, BODY_ROWS)[1:]]
    slope = bends[2] + bends[1] * _above(down, joints[1]) + bends[0] * _above(down, joints[0])
    step = np.diff(down, append=down[-1])
    y = np.cumsum((np.cos(slope) * step)[::-1])[::-1, None]
    z = np.cumsum((np.sin(slope) * step)[::-1])[::-1, None]
    half_width, half_depth = _profile(down, shape, joints)
    around = np.radians(np.linspace(-112, 112, COLUMNS))
    across = np.sin(around)[None] * half_width[:, None]
    height = (np.sign(np.cos(around)) * np.abs(np.cos(around)) ** 0.9)[None] * half_depth[:, None]
    vertices = np.stack([across, y - height * np.sin(slope)[:, None], z + height * np.cos(slope)[:, None]], -1)
    skin = _skin_coordinates(vertices)
    along = skin[:, MIDDLE, 1]
    at = (float(np.interp(joints[0], down, along)), float(np.interp(joints[1], down, along)))
    axis = np.array([0.0, 1.0, 0.0])
    return FingerMesh(position, vertices, _normals(vertices, float(slope[0])), skin, axis, at, shape.width)


def joints_on_skin(shape: Proportions) -> tuple[float, float]:
    """The t of the two joints of a straight finger, mm."""
    return finger_mesh(FingerPosition.UNKNOWN, shape, np.zeros(3)).joints


def _above(down: np.ndarray, joint: float) -> np.ndarray:
    """1 towards the tip of a joint, 0 below it, smooth over a few millimetres."""
    return np.asarray(1 / (1 + np.exp((down - joint) / 2.0)))


def _profile(down: np.ndarray, shape: Proportions, joints: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Half width and half depth in mm at each distance from the tip."""
    half = shape.width / 2
    rise = np.sqrt(np.clip(1 - (1 - np.clip(down / (CAP * shape.width), 0, 1)) ** 2, 0, 1))
    pad = np.sqrt(np.clip(1 - (1 - np.clip(down / (0.72 * shape.width), 0, 1)) ** 2, 0, 1))
    swell = 1.0 + 0.02 * np.exp(-(((down - 0.55 * joints[0]) / 8) ** 2)) + 0.0012 * down
    depth = 0.82 + shape.bulge * np.exp(-(((down - 0.52 * joints[0]) / 7.5) ** 2)) + 0.0012 * down
    for joint, waist in zip(joints, (0.035, 0.03), strict=True):
        swell = swell - waist * np.exp(-(((down - joint) / 3.0) ** 2))
        depth = depth - 0.06 * np.exp(-(((down - joint) / 2.2) ** 2))
    return half * rise * swell, half * pad * depth


def _normals(vertices: np.ndarray, tip_slope: float) -> np.ndarray:
    normals = np.cross(np.gradient(vertices, axis=1), -np.gradient(vertices, axis=0))
    normals[0] = (0, np.cos(tip_slope), np.sin(tip_slope))
    return np.asarray(normals / (np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-9))


def _skin_coordinates(vertices: np.ndarray) -> np.ndarray:
    chord = np.linalg.norm(np.diff(vertices, axis=1), axis=-1)
    s = np.c_[np.zeros(len(vertices)), np.cumsum(chord, 1)]
    s = s - s[:, MIDDLE : MIDDLE + 1]
    t = np.r_[0, np.cumsum(np.linalg.norm(np.diff(vertices[:, MIDDLE], axis=0), axis=-1))]
    return np.stack([s, np.broadcast_to(t[:, None], s.shape)], -1)
