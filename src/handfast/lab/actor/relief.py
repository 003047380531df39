"""Warping a picture over a triangulated relief: each pixel of the frame learns where in the picture it comes from."""

import numpy as np
from numpy.typing import NDArray

from handfast.finger.synth.compiled import Floats, compiled


@compiled
def draw_relief(
    target: np.ndarray,
    depth: np.ndarray,
    source: np.ndarray,
    triangles: NDArray[np.int32],
    map_x: Floats,
    map_y: Floats,
    nearest: Floats,
) -> None:
    """Fill map_x, map_y (H, W) inside the triangles; nearest (H, W) starts at infinity and keeps the depth drawn.

    target   (N, 2) where each point appears in the frame
    depth    (N,) its distance, smaller is nearer
    source   (N, 2) where it lies in the picture
    """
    height, width = map_x.shape
    for number in range(len(triangles)):
        a, b, c = triangles[number]
        ax, ay, bx, by, cx, cy = target[a, 0], target[a, 1], target[b, 0], target[b, 1], target[c, 0], target[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-6:
            continue
        left, right = max(0, int(min(ax, bx, cx))), min(width - 1, int(max(ax, bx, cx)) + 1)
        top, bottom = max(0, int(min(ay, by, cy))), min(height - 1, int(max(ay, by, cy)) + 1)
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
                wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
                wa = 1 - wb - wc
                if wa < -1e-4 or wb < -1e-4 or wc < -1e-4:
                    continue
                z = wa * depth[a] + wb * depth[b] + wc * depth[c]
                if z >= nearest[y, x]:
                    continue
                nearest[y, x] = z
                map_x[y, x] = wa * source[a, 0] + wb * source[b, 0] + wc * source[c, 0]
                map_y[y, x] = wa * source[a, 1] + wb * source[b, 1] + wc * source[c, 1]
