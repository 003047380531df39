"""A flat or bent sheet (paper, screen) held before the camera: moved, tilted, brought closer. Pinhole perspective."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.lab.actor.motion import Stance
from handfast.lab.actor.relief import draw_relief

FOCAL = 1.1  # over the frame's long side, as of a phone's front camera
GRID = 24  # cells a side


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a sheet is made and held.

    share   of the frame's width that it takes at zoom 1
    bend    radians that it is bent around an upright axis, from edge to edge; 0 is flat
    tilt    how much further than a head it is tilted for the same look
    """

    share: float = 1.0
    bend: float = 0.0
    tilt: float = 1.5


def held(picture: Pixels, sheet: Sheet, stance: Stance, ground: Pixels) -> Pixels:
    """The frame that the camera sees: the sheet before the ground (H, W, 3)."""
    height, width = ground.shape[:2]
    source, target, depth = _projected(picture, sheet, stance, (width, height))
    map_x, map_y = np.full((height, width), -1, np.float32), np.full((height, width), -1, np.float32)
    nearest = np.full((height, width), np.inf, np.float32)
    draw_relief(target, depth, source, _triangles(), map_x, map_y, nearest)
    seen = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.where(np.isfinite(nearest)[..., None], seen, ground).astype(np.uint8)


def corners(picture: tuple[int, int], sheet: Sheet, stance: Stance, frame: tuple[int, int]) -> NDArray[np.float64]:
    """(4, 2) px of the frame of (width, height): corners of a picture of (width, height), top row first."""
    blank = np.empty((picture[1], picture[0], 0), np.uint8)
    return _projected(blank, sheet, stance, frame)[1][[0, GRID, GRID * (GRID + 1), -1]]


def _projected(
    picture: Pixels, sheet: Sheet, stance: Stance, size: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Grid points: (N, 2) px of the picture, (N, 2) px of the frame, (N,) depth."""
    tall, wide = picture.shape[:2]
    v, u = np.mgrid[0 : GRID + 1, 0 : GRID + 1].reshape(2, -1) / GRID
    x, y = (u - 0.5) * sheet.share, (v - 0.5) * sheet.share * tall / wide
    z = np.zeros_like(x)
    if sheet.bend:
        radius = sheet.share / sheet.bend
        x, z = radius * np.sin(x / radius), -radius * (np.cos(x / radius) - np.cos(sheet.bend / 2))
    yaw, pitch, roll = np.radians([stance.yaw * sheet.tilt, stance.pitch * sheet.tilt, stance.roll])
    x, z = x * np.cos(yaw) - z * np.sin(yaw), x * np.sin(yaw) + z * np.cos(yaw)
    y, z = y * np.cos(pitch) + z * np.sin(pitch), z * np.cos(pitch) - y * np.sin(pitch)
    x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    focal = FOCAL * max(size) / size[0]
    depth = focal / stance.zoom + z
    middle = (0.5 + stance.x, 0.5 * size[1] / size[0] + stance.y)
    target = np.column_stack([middle[0] + focal * x / depth, middle[1] + focal * y / depth])
    return np.column_stack([u * (wide - 1), v * (tall - 1)]), target * size[0], depth


def _triangles() -> NDArray[np.int32]:
    corner = (np.arange(GRID)[:, None] * (GRID + 1) + np.arange(GRID)).reshape(-1)
    first = np.column_stack([corner, corner + 1, corner + GRID + 1])
    second = np.column_stack([corner + 1, corner + GRID + 2, corner + GRID + 1])
    return np.concatenate([first, second]).astype(np.int32)
