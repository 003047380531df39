"""Light on skin: diffuse, part of it under the skin (Jensen et al. 2001), highlights on the ridges (Blinn 1977)."""

from collections.abc import Sequence

import cv2
import numpy as np

from handfast.finger.synth.compiled import Bytes, Floats, compiled
from handfast.finger.synth.finger_mesh import FingerMesh
from handfast.finger.synth.four_fingers import position_label
from handfast.finger.synth.master import PPI
from handfast.finger.synth.raster import Surface
from handfast.finger.synth.shot import Shot
from handfast.finger.synth.skin import COARSE, PX_PER_MM, Skin

TRAVEL = (0.28, 0.12, 0.09)  # mm that red, green and blue light travel under the skin
UNDER_SKIN = 0.65  # share of the light that does
GROOVE_SHARE = (0.55, 1.0, 1.05)  # how much darker red, green and blue are in a valley
CREASE_SHARE = (0.28, 0.42, 0.42)  # and in a flexion crease


def shade(surface: Surface, fingers: Sequence[FingerMesh], skins: Sequence[Skin], shot: Shot) -> Floats:
    """Linear red, green, blue of the lit fingers, (H, W, 3); 0 on the background."""
    shape = surface.labels.shape
    colour, diffuse = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    glint = np.zeros(shape, np.float32)
    light = np.array(shot.light.direction) / np.linalg.norm(shot.light.direction)
    half = light + np.array([0, 0, 1.0])
    vectors = np.stack([light, half / np.linalg.norm(half)])
    looks = np.array([shot.light.key, shot.groove, shot.relief, PX_PER_MM, COARSE])
    for finger, skin in zip(fingers, skins, strict=True):
        label = position_label(finger.position)
        textures = _textures(skin, shot.ppi)
        vectors_of_finger = np.vstack([vectors, finger.axis])
        _shade_finger(
            surface.labels,
            surface.geometry,
            label,
            textures,
            skin.colour,
            vectors_of_finger,
            looks,
            colour,
            diffuse,
            glint,
        )
    _soften(colour, diffuse, surface.labels, shot)
    colour += (np.float32(shot.light.gloss * shot.light.key) * glint)[..., None]
    return colour


def _textures(skin: Skin, ppi: float) -> Floats:
    """(1500, 600, 6): relief, its slope along s and t, crease, its slope along t, bead; blurred against aliasing."""
    blur = max(0.0, 0.5 * PPI / ppi - 0.35)
    relief = np.asarray(cv2.GaussianBlur(skin.relief, (0, 0), blur) if blur > 0.2 else skin.relief, np.float32)
    dip = cv2.Scharr(cv2.GaussianBlur(skin.crease, (0, 0), 1.5), cv2.CV_32F, 0, 1, scale=1 / 32)
    slope_s = cv2.Scharr(relief, cv2.CV_32F, 1, 0, scale=1 / 32)
    slope_t = cv2.Scharr(relief, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(cv2.merge([relief, slope_s, slope_t, skin.crease, dip, skin.bead]), np.float32)


def _soften(colour: Floats, diffuse: Floats, labels: Bytes, shot: Shot) -> None:
    """Multiply the colour by the diffuse light, part of it blurred by how far that colour travels under the skin."""
    height, width = diffuse.shape
    small = (max(1, width // 2), max(1, height // 2))
    hand = np.asarray(cv2.resize((labels > 0).astype(np.float32), small, interpolation=cv2.INTER_AREA))
    light = np.asarray(cv2.resize(diffuse, small, interpolation=cv2.INTER_AREA))
    for channel, travel in enumerate(TRAVEL):
        sigma = max(0.3, travel * shot.ppi / 25.4 / 2)
        near = cv2.GaussianBlur(light, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(hand, (0, 0), sigma), 1e-3)
        soft = cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR)
        colour[..., channel] *= np.float32(UNDER_SKIN) * soft + np.float32(1 - UNDER_SKIN) * diffuse


@compiled
def _shade_finger(
    labels: Bytes,
    geometry: Floats,
    label: int,
    textures: Floats,
    tint: Floats,
    vectors: np.ndarray,
    looks: np.ndarray,
    colour: Floats,
    diffuse: Floats,
    glint: Floats,
) -> None:
    """Fill colour, diffuse light and highlights where the label map shows this finger."""
    key, groove, relief_gain, scale, coarse = looks
    rows, columns = textures.shape[0], textures.shape[1]
    tint_rows, tint_columns = tint.shape[0], tint.shape[1]
    lx, ly, lz = vectors[0]
    hx, hy, hz = vectors[1]
    ax, ay, az = vectors[2]
    here = np.zeros(6)
    for y in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            if labels[y, x] != label:
                continue
            u = min(max(geometry[y, x, 0] * scale + columns / 2, 0.0), columns - 1.001)
            # Below the texture's end it goes on as its mirror image.
            v = max(geometry[y, x, 1] * scale, 0.0)
            v = v if v < rows - 2 else max(2 * (rows - 2) - v, 0.0)
            i, j = int(v), int(u)
            fv, fu = v - i, u - j
            for k in range(6):
                upper = textures[i, j, k] * (1 - fu) + textures[i, j + 1, k] * fu
                lower = textures[i + 1, j, k] * (1 - fu) + textures[i + 1, j + 1, k] * fu
                here[k] = upper * (1 - fv) + lower * fv
            relief, slope_s, slope_t, crease, dip, bead = here
            nx, ny, nz = geometry[y, x, 2], geometry[y, x, 3], geometry[y, x, 4]
            length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-6
            nx, ny, nz = nx / length, ny / length, nz / length
            # Along the skin towards the tip, and across it towards growing s.
            dot = nx * ax + ny * ay + nz * az
            tx, ty, tz = ax - dot * nx, ay - dot * ny, az - dot * nz
            length = np.sqrt(tx * tx + ty * ty + tz * tz) + 1e-6
            tx, ty, tz = tx / length, ty / length, tz / length
            sx, sy, sz = ty * nz - tz * ny, tz * nx - tx * nz, tx * ny - ty * nx
            lit, sheen = 0.0, 0.0
            for k in range(3):
                gain = relief_gain * (6.0, 10.0, 14.0)[k]
                across, along = gain * slope_s, 1.5 * dip - gain * slope_t
                mx, my, mz = nx - across * sx - along * tx, ny - across * sy - along * ty, nz - across * sz - along * tz
                length = np.sqrt(mx * mx + my * my + mz * mz) + 1e-6
                if k == 0:
                    lit = max(0.0, (mx * lx + my * ly + mz * lz) / length)
                else:
                    bright = max(0.0, (mx * hx + my * hy + mz * hz) / length)
                    sheen += 0.6 * bright**28 if k == 1 else 0.8 * bright**90
            facing = min(max(nz, 0.0), 1.0)
            shading = key * (0.85 * lit + 0.15) + (1 - key) * (0.30 + 0.70 * facing**0.8)
            diffuse[y, x] = shading * (0.55 + 0.45 * np.sqrt(facing))
            glint[y, x] = sheen * min(max(0.6 + 0.5 * relief, 0.0), 1.3) * bead
            valley = min(max(0.5 - 0.5 * relief, 0.0), 1.5)
            ci, cj = min(int(v / coarse), tint_rows - 2), min(int(u / coarse), tint_columns - 2)
            fv, fu = min(v / coarse - ci, 1.0), min(u / coarse - cj, 1.0)
            for k in range(3):
                upper = tint[ci, cj, k] * (1 - fu) + tint[ci, cj + 1, k] * fu
                lower = tint[ci + 1, cj, k] * (1 - fu) + tint[ci + 1, cj + 1, k] * fu
                dark = (1 - groove * GROOVE_SHARE[k] * valley) * (1 - CREASE_SHARE[k] * crease)
                colour[y, x, k] = (upper * (1 - fv) + lower * fv) * dark
