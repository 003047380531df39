"""A z-buffer rasteriser for finger meshes (Pineda 1988)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handfast.finger.synth.camera import Camera
from handfast.finger.synth.compiled import Bytes, Floats, compiled
from handfast.finger.synth.finger_mesh import FingerMesh
from handfast.finger.synth.four_fingers import position_label


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What each pixel shows.

    labels     (H, W) uint8, 1 index to 4 little finger, 0 background
    geometry   (H, W, 5) float32: s, t in mm on the skin, then the normal; undefined on the background
    """

    labels: Bytes
    geometry: Floats


def rasterise(fingers: Sequence[FingerMesh], camera: Camera, shape: tuple[int, int]) -> Surface:
    """Draw the fingers into a picture of (H, W) pixels."""
    depth = np.full(shape, -1e9, np.float32)
    surface = Surface(np.zeros(shape, np.uint8), np.empty((*shape, 5), np.float32))
    for finger in fingers:
        attributes = np.concatenate([finger.vertices[..., 2:], finger.skin, finger.normals], -1).astype(np.float32)
        corners = camera.project(finger.vertices)
        _draw_mesh(corners, attributes, position_label(finger.position), depth, surface.labels, surface.geometry)
    return surface


@compiled
def _draw_mesh(
    corners: np.ndarray, attributes: Floats, label: int, depth: Floats, labels: Bytes, geometry: Floats
) -> None:
    """Draw one mesh of (R, C) corners into the buffers; attribute 0 is its depth."""
    height, width = depth.shape
    for row in range(corners.shape[0] - 1):
        for column in range(corners.shape[1] - 1):
            for half in range(2):
                ra, ca, rb, cb, rc, cc = row, column, row + 1, column, row, column + 1
                if half == 1:
                    ra, ca, rb, cb, rc, cc = row + 1, column + 1, row, column + 1, row + 1, column
                ax, ay = corners[ra, ca, 0], corners[ra, ca, 1]
                bx, by = corners[rb, cb, 0], corners[rb, cb, 1]
                cx, cy = corners[rc, cc, 0], corners[rc, cc, 1]
                area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
                if abs(area) < 1e-9:
                    continue
                left, right = max(0, int(min(ax, bx, cx))), min(width - 1, int(max(ax, bx, cx)) + 1)
                top, bottom = max(0, int(min(ay, by, cy))), min(height - 1, int(max(ay, by, cy)) + 1)
                for y in range(top, bottom + 1):
                    for x in range(left, right + 1):
                        wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
                        wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
                        wa = 1 - wb - wc
                        if wa < -1e-6 or wb < -1e-6 or wc < -1e-6:
                            continue
                        z = wa * attributes[ra, ca, 0] + wb * attributes[rb, cb, 0] + wc * attributes[rc, cc, 0]
                        if z <= depth[y, x]:
                            continue
                        depth[y, x] = z
                        labels[y, x] = label
                        for k in range(5):
                            geometry[y, x, k] = (
                                wa * attributes[ra, ca, k + 1]
                                + wb * attributes[rb, cb, k + 1]
                                + wc * attributes[rc, cc, k + 1]
                            )
