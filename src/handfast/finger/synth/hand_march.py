"""Sphere tracing (Hart 1996) of a hand of tapered bones joined by smooth unions (Quilez 2008)."""

import numpy as np

from handfast.finger.synth.compiled import Floats, compiled

NEAR, FAR = 34.0, -34.0  # mm: where rays start and give up
STEPS = 40
TOUCH = 0.05  # mm
SIDESTEP = 0.25  # mm between samples of the gradient
OCCLUSION = (3.0, 8.0, 16.0)  # mm along the normal at which openness is judged


@compiled
def march(bones: np.ndarray, flesh: np.ndarray, webbing: np.ndarray, frame: np.ndarray, out: Floats) -> None:
    """Trace one ray along -z for every pixel.

    frame   left x, top y (mm) and pixels a mm
    out     (H, W, 7): coverage 0..1, x, y (mm), normal (3), openness 0..1
    """
    left, top, scale = frame[0], frame[1], frame[2]
    for row in range(out.shape[0]):
        y = top - (row + 0.5) / scale
        for column in range(out.shape[1]):
            x = left + (column + 0.5) / scale
            z, nearest, z_nearest = NEAR, 1e9, NEAR
            for _ in range(STEPS):
                gap = _distance(bones, flesh, webbing, x, y, z)
                if gap < nearest:
                    nearest, z_nearest = gap, z
                z -= max(gap * 0.9, 0.02)
                if gap < TOUCH or z < FAR:
                    break
            cover = 1.0 if nearest < TOUCH else max(0.0, 1.0 - nearest * scale)
            out[row, column, 0] = cover
            if cover <= 0:
                continue
            z = z_nearest
            nx = _distance(bones, flesh, webbing, x + SIDESTEP, y, z) - _distance(
                bones, flesh, webbing, x - SIDESTEP, y, z
            )
            ny = _distance(bones, flesh, webbing, x, y + SIDESTEP, z) - _distance(
                bones, flesh, webbing, x, y - SIDESTEP, z
            )
            nz = _distance(bones, flesh, webbing, x, y, z + SIDESTEP) - _distance(
                bones, flesh, webbing, x, y, z - SIDESTEP
            )
            length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
            nx, ny, nz = nx / length, ny / length, nz / length
            openness = 1.0
            for reach in OCCLUSION:
                gap = _distance(bones, flesh, webbing, x + nx * reach, y + ny * reach, z + nz * reach)
                openness -= 0.33 * (1 - min(max(gap / reach, 0.0), 1.0))
            out[row, column, 1], out[row, column, 2] = x, y
            out[row, column, 3], out[row, column, 4], out[row, column, 5] = nx, ny, nz
            out[row, column, 6] = openness


@compiled
def _distance(bones: np.ndarray, flesh: np.ndarray, webbing: np.ndarray, x: float, y: float, z: float) -> float:
    """Distance to the hand in mm, negative inside."""
    whole, part, group = 1e9, 1e9, 0
    for number in range(len(bones) + 1):
        if number == len(bones) or int(bones[number, 8]) != group:
            whole = part if group == 0 else _blend(whole, part, webbing[group])
            if number == len(bones):
                break
            group, part = int(bones[number, 8]), 1e9
        bone = bones[number]
        ax, ay, az = bone[4] - bone[0], bone[5] - bone[1], bone[6] - bone[2]
        px, py, pz = x - bone[0], y - bone[1], z - bone[2]
        along = (px * ax + py * ay + pz * az) / (ax * ax + ay * ay + az * az)
        along = min(max(along, 0.0), 1.0)
        dx, dy, dz = px - along * ax, py - along * ay, pz - along * az
        gap = np.sqrt(dx * dx + dy * dy + dz * dz) - (bone[3] + along * (bone[7] - bone[3]))
        part = _blend(part, gap, flesh[group])
    return whole


@compiled
def _blend(a: float, b: float, reach: float) -> float:
    """The smaller of two distances, rounded where they differ by less than `reach`."""
    if abs(a - b) >= reach:
        return min(a, b)
    overlap = (reach - abs(a - b)) / reach
    return min(a, b) - overlap * overlap * reach * 0.25
