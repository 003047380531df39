"""Portraits as their person would look after turning the head, and as a turned print of them would look."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from handfast.base.image import Image, Pixels

_LEFT_EAR, _RIGHT_EAR = 454, 234
_RING = 1.9  # size of the still ring around the face, over the face


def turned_head(image: Image, mesh: NDArray[np.float32], yaw: float) -> Image:
    """The picture with its head turned by `yaw` degrees (> 0: to the person's own left), in true relief.

    mesh   (468, 3) px, as handfast.face.mesh gives it
    """
    angle = np.radians(yaw)
    middle = (mesh[_LEFT_EAR] + mesh[_RIGHT_EAR]) / 2
    x, z = mesh[:, 0] - middle[0], mesh[:, 2] - middle[2]
    moved = np.column_stack([middle[0] + x * np.cos(angle) - z * np.sin(angle), mesh[:, 1]])
    depth = x * np.sin(angle) + z * np.cos(angle)
    still = _surroundings(image, mesh)
    source = np.concatenate([mesh[:, :2], still])
    target = np.concatenate([moved, still])
    order = np.concatenate([depth, np.full(len(still), depth.max())])
    return Image(_drawn(image.pixels, source, target, order))


def turned_print(image: Image, mesh: NDArray[np.float32], yaw: float) -> Image:
    """The picture as a flat print of it turned by `yaw` degrees would look, at arm's length."""
    width, height = image.size
    middle = (mesh[_LEFT_EAR] + mesh[_RIGHT_EAR]) / 2
    angle, distance = np.radians(yaw), 2.0 * max(width, height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    x, y = corners[:, 0] - middle[0], corners[:, 1] - middle[1]
    scale = distance / (distance + x * np.sin(angle))
    seen = np.column_stack([middle[0] + x * np.cos(angle) * scale, middle[1] + y * scale]).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    return Image(np.asarray(cv2.warpPerspective(image.pixels, matrix, (width, height)), np.uint8))


def _surroundings(image: Image, mesh: NDArray[np.float32]) -> NDArray[np.float64]:
    """Points that stay: a ring around the face and the picture's border."""
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = (low + high) / 2 + _RING / 2 * (high - low) * np.column_stack([np.cos(angles), np.sin(angles)])
    width, height = image.size
    border = [[x * width / 2, y * height / 2] for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    inside = ((ring > 0) & (ring < [width, height])).all(axis=1)
    return np.concatenate([ring[inside], np.array(border)])


def _drawn(
    pixels: Pixels, source: NDArray[np.float64], target: NDArray[np.float64], depth: NDArray[np.float64]
) -> Pixels:
    """Triangles of `source` painted at `target`, far ones first; those turned away are left out."""
    canvas = pixels.copy()
    triangles = Delaunay(source).simplices
    for triangle in triangles[np.argsort(-depth[triangles].mean(axis=1))]:
        a, b = source[triangle].astype(np.float32), target[triangle].astype(np.float32)
        if _area(a) * _area(b) > 0:
            _paint(canvas, pixels, a, b)
    return canvas


def _area(corners: NDArray[np.float32]) -> float:
    (ax, ay), (bx, by) = corners[1] - corners[0], corners[2] - corners[0]
    return float(ax * by - ay * bx)


def _paint(
    canvas: NDArray[np.uint8], pixels: NDArray[np.uint8], a: NDArray[np.float32], b: NDArray[np.float32]
) -> None:
    height, width = canvas.shape[:2]
    left, top = np.floor(b.min(axis=0)).astype(int).clip(0)
    right, bottom = np.minimum(np.ceil(b.max(axis=0)).astype(int) + 1, [width, height])
    if right <= left or bottom <= top:
        return
    shift = np.array([left, top], np.float32)
    patch = cv2.warpAffine(pixels, cv2.getAffineTransform(a, b - shift), (int(right - left), int(bottom - top)))
    mask = np.zeros(patch.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(b - shift).astype(np.int32), 1)
    canvas[top:bottom, left:right][mask > 0] = patch[mask > 0]
