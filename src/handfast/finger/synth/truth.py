"""What is known about a synthetic photo: which finger each pixel shows, where tips, pads and minutiae lie."""

from dataclasses import dataclass

import numpy as np

from handfast.base.modality import FingerPosition, Hand
from handfast.base.sample import Box
from handfast.finger.synth.camera import Camera
from handfast.finger.synth.compiled import Bytes, Floats
from handfast.finger.synth.finger_mesh import COLUMNS, MIDDLE, FingerMesh
from handfast.finger.synth.four_fingers import position_label
from handfast.finger.synth.master import SHAPE, Master
from handfast.finger.synth.raster import Surface
from handfast.finger.synth.skin import PX_PER_MM, TIP_MARGIN

PROBE = 0.3  # mm ahead of a minutia, to see where its angle points in the picture
GRAZING = 0.1  # cosine to the view below which a minutia counts as hidden


@dataclass(frozen=True, slots=True, eq=False)
class TipTruth:
    """One fingertip in the photo; pixels, y down; angles radians from +x towards +y.

    box        of the last phalanx, clipped to the picture
    tip        apex of the finger
    angle      from the last joint to the tip
    width      of the pad
    ppi        at the pad
    joint      skin coordinate t of the last joint, mm
    minutiae   (N, 5) float32: x, y, angle, type (0 ending, 1 bifurcation), cosine of the skin to the view
    """

    position: FingerPosition
    box: Box
    tip: tuple[float, float]
    angle: float
    width: float
    ppi: float
    joint: float
    minutiae: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """labels (H, W) uint8: 1 index to 4 little finger, 0 background; depth_down (H, W) float32: skin t in mm there."""

    hand: Hand
    labels: Bytes
    depth_down: Floats
    tips: tuple[TipTruth, ...]

    def tip(self, position: FingerPosition) -> TipTruth | None:
        """The truth about one finger, None where it is missing."""
        return next((tip for tip in self.tips if tip.position is position), None)

    def tip_mask(self, position: FingerPosition) -> np.ndarray:
        """(H, W) bool: the pixels of one finger above its last joint."""
        tip = self.tip(position)
        if tip is None:
            return np.zeros(self.labels.shape, bool)
        return np.asarray((self.labels == position_label(position)) & (self.depth_down <= tip.joint))


def tip_truth(finger: FingerMesh, master: Master, camera: Camera, surface: Surface) -> TipTruth:
    """What is known about one fingertip."""
    last_phalanx = finger.skin[:, 0, 1] <= finger.joints[0]
    outline = camera.project(finger.vertices[last_phalanx]).reshape(-1, 2)
    height, width = surface.labels.shape
    left, top = np.clip(outline.min(0), 0, (width, height))
    right, bottom = np.clip(outline.max(0), 0, (width, height))
    pad, joint = locate(finger, np.array([[0.0, 0.5 * finger.joints[0]], [0.0, finger.joints[0]]]))[0]
    tip, base = camera.project(np.stack([finger.vertices[0, MIDDLE], joint]))
    upwards = (tip - base) / np.linalg.norm(tip - base)
    girth = camera.project(finger.vertices[int(np.argmin(np.abs(finger.skin[:, 0, 1] - 0.55 * finger.joints[0])))])
    return TipTruth(
        position=finger.position,
        box=Box(float(left), float(top), float(right - left), float(bottom - top)),
        tip=(float(tip[0]), float(tip[1])),
        angle=float(np.arctan2(upwards[1], upwards[0])),
        width=float(np.ptp(girth @ np.array([-upwards[1], upwards[0]]))),
        ppi=float(camera.scale * 25.4 * camera.distance / (camera.distance - pad[2])),
        joint=finger.joints[0],
        minutiae=_minutiae(finger, master, camera, surface),
    )


def _minutiae(finger: FingerMesh, master: Master, camera: Camera, surface: Surface) -> Floats:
    x, y, angle, kind = master.minutiae.T
    # The photo shows the mirror image of the print.
    s, t, angle = ((SHAPE[1] - 1) / 2 - x) / PX_PER_MM, (y - TIP_MARGIN) / PX_PER_MM, np.pi - angle
    inside = (t > 0.3) & (t < finger.joints[0])
    s, t, angle, kind = s[inside], t[inside], angle[inside], kind[inside]
    here, normals = locate(finger, np.c_[s, t])
    ahead, _ = locate(finger, np.c_[s + PROBE * np.cos(angle), t + PROBE * np.sin(angle)])
    place, further = camera.project(here), camera.project(ahead)
    turn = np.arctan2(further[:, 1] - place[:, 1], further[:, 0] - place[:, 0]) % (2 * np.pi)
    view = np.array([0, 0, camera.distance]) - here
    cosine = (normals * view).sum(1) / np.linalg.norm(view, axis=1)
    height, width = surface.labels.shape
    column, row = np.nan_to_num(place, nan=-1).round().astype(int).T
    seen = (column >= 0) & (row >= 0) & (column < width) & (row < height) & (cosine > GRAZING)
    seen &= np.isfinite(turn)
    seen[seen] &= surface.labels[row[seen], column[seen]] == position_label(finger.position)
    return np.asarray(np.c_[place, turn, kind, cosine][seen], np.float32)


def locate(finger: FingerMesh, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scene positions and unit normals (N, 3) of skin coordinates (N, 2); NaN beyond the mesh's edge."""
    positions = np.full((len(points), 3), np.nan)
    normals = np.full((len(points), 3), np.nan)
    down = finger.skin[:, 0, 1]
    for number, (s, t) in enumerate(points):
        row = float(np.interp(t, down, np.arange(len(down))))
        upper = min(int(row), len(down) - 2)
        at, normal = np.zeros(3), np.zeros(3)
        for r, weight in ((upper, upper + 1 - row), (upper + 1, row - upper)):
            column = float(np.interp(s, finger.skin[r, :, 0], np.arange(COLUMNS), left=np.nan, right=np.nan))
            left = 0 if np.isnan(column) else min(int(column), COLUMNS - 2)
            blend = np.array([left + 1 - column, column - left]) * weight
            at += blend @ finger.vertices[r, left : left + 2]
            normal += blend @ finger.normals[r, left : left + 2]
        positions[number] = at
        normals[number] = normal / (np.linalg.norm(normal) + 1e-9)
    return positions, normals
