"""Placing a head in the frame of a phone's camera, with perspective, an open hand beside it, and sensor noise."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.base.modality import Hand
from handfast.finger.synth.open_hand import OpenHand
from handfast.lab.actor.head import FACE_WIDTH, RING_POINTS, Head
from handfast.lab.actor.motion import Stance
from handfast.lab.actor.relief import draw_relief

FACE_SHARE = 0.40  # of the frame's width, ear to ear, at zoom 1
FACE_HEIGHT = 0.42  # of the frame's height from the top, the middle of the face
ASIDE = 0.13  # of the frame's width that the head gives way to a hand
ARMS_LENGTH = 4.0  # widths of the face from the lens at zoom 1
HAND_SHARE = 0.25  # of the frame's width from its edge, the middle of the palm
NOISE = 2.2  # grey levels


def head_frame(head: Head, stance: Stance, size: tuple[int, int], aside: float = 0.0) -> Pixels:
    """(H, W, 3) uint8: the head in a frame of (width, height); aside shifts it by a share of the width."""
    width, height = size
    zoom = _zoom(head, stance, size)
    centre = np.array([width * (0.5 + aside + stance.x), height * FACE_HEIGHT + width * stance.y])
    column, row = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    map_x = (column - np.float32(centre[0])) / np.float32(zoom) + np.float32(head.centre[0])
    map_y = (row - np.float32(centre[1])) / np.float32(zoom) + np.float32(head.centre[1])
    places, depth = _turned(head, stance)
    nearest = np.full((height, width), np.inf, np.float32)
    draw_relief(places * zoom + centre, depth, head.points[:, :2], head.triangles, map_x, map_y, nearest)
    seen = cv2.remap(head.pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def before(frame: Pixels, head: Head, stance: Stance, ground: Pixels, aside: float = 0.0) -> Pixels:
    """The frame with another room (H, W, 3) behind head and shoulders."""
    height, width = frame.shape[:2]
    zoom = _zoom(head, stance, (width, height))
    centre = np.array([width * (0.5 + aside + stance.x), height * FACE_HEIGHT + width * stance.y])
    places, _ = _turned(head, stance)
    ring = (places[len(places) - 2 * RING_POINTS : head.moving] * zoom + centre).round().astype(np.int32)
    person = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(person, cv2.convexHull(ring), 255)
    face = FACE_SHARE * width * stance.zoom
    x, y = centre
    body = [(x - 0.4 * face, y + 0.4 * face), (x + 0.4 * face, y + 0.4 * face), (x + 0.5 * face, y + 0.8 * face)]
    body += [(x + 1.3 * face, y + 1.1 * face), (x + 1.4 * face, height), (x - 1.4 * face, height)]
    body += [(x - 1.3 * face, y + 1.1 * face), (x - 0.5 * face, y + 0.8 * face)]
    cv2.fillPoly(person, [np.array(body).round().astype(np.int32)], 255)
    share = cv2.GaussianBlur(person, (0, 0), 1.2)[..., None].astype(np.float32) / 255
    return np.asarray(ground + (frame.astype(np.float32) - ground) * share, np.uint8)


def _zoom(head: Head, stance: Stance, size: tuple[int, int]) -> float:
    """Pixels of the frame a pixel of the portrait."""
    return FACE_SHARE * size[0] / head.width * stance.zoom


def _turned(head: Head, stance: Stance) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the points appear, (N, 2) portrait px from the head's centre, and their depth (N,)."""
    local = head.points - np.array([*head.centre, 0.0])
    # The portrait's own turn is taken back, as far as its relief is good for.
    yaw = stance.yaw - float(np.clip(head.yaw, -15, 15))
    pitch = stance.pitch - 0.25 * float(np.clip(head.pitch, -20, 20))
    yaw, pitch, roll = np.radians([yaw, pitch, stance.roll])
    x, y, z = local[: head.moving].T
    x, z = x * np.cos(yaw) - z * np.sin(yaw), x * np.sin(yaw) + z * np.cos(yaw)
    y, z = y * np.cos(pitch) + z * np.sin(pitch), z * np.cos(pitch) - y * np.sin(pitch)
    x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    distance = ARMS_LENGTH * head.width / stance.zoom
    nearer = distance / (distance + z)
    places, depth = local[:, :2].copy(), local[:, 2].copy()
    places[: head.moving], depth[: head.moving] = np.column_stack([x * nearer, y * nearer]), z
    return places, depth


def add_hand(frame: Pixels, shown: OpenHand, hand: Hand, stance: Stance) -> None:
    """Draw the open hand beside the head, in place; it rises from below as the stance says."""
    height, width = frame.shape[:2]
    scale = FACE_SHARE * width / FACE_WIDTH / shown.px_per_mm
    arm = shown.pixels[-1:]
    sprite = np.concatenate([shown.pixels, np.repeat(arm, shown.pixels.shape[0], 0)])
    side = HAND_SHARE if hand is Hand.RIGHT else 1 - HAND_SHARE  # an unmirrored camera sees the right hand on its left
    palm = shown.landmarks[[0, 9]].mean(0)
    tilt = np.radians(stance.roll * 2 + (4 if hand is Hand.RIGHT else -4))
    c, s = scale * np.cos(tilt), scale * np.sin(tilt)
    target_x = width * (side + 1.4 * stance.x)
    target_y = height * (FACE_HEIGHT + 0.06) + width * 1.6 * stance.y + (1 - stance.hand) * height * 0.6
    matrix = np.array(
        [[c, -s, target_x - c * palm[0] + s * palm[1]], [s, c, target_y - s * palm[0] - c * palm[1]]], np.float32
    )
    placed = cv2.warpAffine(sprite, matrix, (width, height), flags=cv2.INTER_LINEAR)
    rows, columns = np.flatnonzero(placed[..., 3].any(1)), np.flatnonzero(placed[..., 3].any(0))
    if not len(rows):
        return
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    cover = placed[window][..., 3:].astype(np.float32) / 255
    mixed = frame[window] + (placed[window][..., :3] - frame[window].astype(np.float32)) * cover
    frame[window] = mixed.round().astype(np.uint8)


def noise_tile(seed: int, size: tuple[int, int]) -> NDArray[np.int16]:
    """Sensor noise for frames of (width, height); larger than a frame, to be cut at a random place."""
    rng = np.random.default_rng([seed, 12])
    shape = (size[1] + 64, size[0] + 64, 3)
    return (rng.standard_normal(shape, dtype=np.float32) * NOISE).round().astype(np.int16)


def with_noise(frame: Pixels, tile: NDArray[np.int16], number: int) -> Pixels:
    """The frame with noise of its own: the tile cut at a place that depends on the frame's number."""
    top, left = (number * 37) % 64, (number * 23) % 64
    part = tile[top : top + frame.shape[0], left : left + frame.shape[1]]
    return np.asarray(cv2.add(frame, part, dtype=cv2.CV_8U), np.uint8)
