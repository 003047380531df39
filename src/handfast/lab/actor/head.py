"""A head in relief from one portrait: the 468 points of the face mesh, the skull behind them, the room around."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from handfast.base.image import Image, Pixels
from handfast.face.detect import FaceDetector
from handfast.face.mesh import FaceMesh
from handfast.face.pose import head_pose
from handfast.lab.actor.room import with_room
from handfast.models.store import ModelStore

LEFT_EAR, RIGHT_EAR = 454, 234  # mesh points beside the person's own ears
CHEEKS = (50, 280, 205, 425)  # mesh points whose colour is the person's skin
SKULL, ROOM = 1.38, 2.1  # rings around the face: hair that turns with the head, and the room that does not
RING_POINTS = 24
FACE_WIDTH = 140.0  # mm from ear to ear


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A portrait that can be turned.

    pixels      of the portrait with room around it
    points      (N, 3) float64: x, y and depth in px (smaller is nearer), the head's axis at depth 0
    triangles   (M, 3) int32 over the points
    centre      (2,) px: between the ears
    width       px from ear to ear
    yaw, pitch  degrees that the portrait itself is turned; > 0: to the person's own left, chin up
    moving      number of points that belong to the head; the others are the room
    tone        linear red, green, blue of the skin
    """

    pixels: Pixels
    points: NDArray[np.float64]
    triangles: NDArray[np.int32]
    centre: NDArray[np.float64]
    width: float
    yaw: float
    pitch: float
    moving: int
    tone: tuple[float, float, float]


def head_of(portrait: Image, models: ModelStore) -> Head:
    """The head in a portrait. Raises NoFaceFound or MoreThanOneFace."""
    found = FaceMesh(models).points(portrait, FaceDetector(models).one(portrait))
    pose, mesh = head_pose(found, portrait.size), found.astype(np.float64)
    middle = (mesh[LEFT_EAR] + mesh[RIGHT_EAR]) / 2
    width = float(np.linalg.norm(mesh[LEFT_EAR, :2] - mesh[RIGHT_EAR, :2]))
    face = np.column_stack([mesh[:, :2], mesh[:, 2] - middle[2]])
    points = np.concatenate([face, _ring(mesh, SKULL, 0.0), _ring(mesh, ROOM, 2 * width)])
    pixels, corner = with_room(portrait)
    points[:, :2] += corner
    triangles = Delaunay(points[:, :2]).simplices.astype(np.int32)
    moving = len(face) + RING_POINTS
    return Head(
        pixels=pixels,
        points=points,
        triangles=triangles,
        centre=middle[:2] + corner,
        width=width,
        yaw=pose.yaw,
        pitch=pose.pitch,
        moving=moving,
        tone=_tone(portrait, mesh, width),
    )


def _ring(mesh: NDArray[np.float64], reach: float, depth: float) -> NDArray[np.float64]:
    """An ellipse around the face, `reach` times as large."""
    low, high = mesh[:, :2].min(0), mesh[:, :2].max(0)
    angle = np.linspace(0, 2 * np.pi, RING_POINTS, endpoint=False)
    places = (low + high) / 2 + reach / 2 * (high - low) * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.column_stack([places, np.full(RING_POINTS, depth)])


def _tone(portrait: Image, mesh: NDArray[np.float64], width: float) -> tuple[float, float, float]:
    reach = max(1, round(width * 0.04))
    patches = []
    for x, y in mesh[list(CHEEKS), :2].astype(int):
        patches.append(portrait.pixels[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach].reshape(-1, 3))
    red, green, blue = (float(v) for v in (np.median(np.concatenate(patches), axis=0) / 255) ** 2.2)
    return red, green, blue
