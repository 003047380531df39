"""Pinhole camera and rotations. Scene: millimetres, x right, y up, z towards the camera."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that looks along -z from (0, 0, distance).

    scale      pixels a millimetre at z = 0
    distance   millimetres from the lens to z = 0
    centre     the scene's origin in the picture, x and y pixels
    """

    scale: float
    distance: float
    centre: tuple[float, float]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Picture coordinates (..., 2) of scene points (..., 3)."""
        magnify = self.scale * self.distance / (self.distance - points[..., 2])
        x = self.centre[0] + points[..., 0] * magnify
        y = self.centre[1] - points[..., 1] * magnify
        return np.stack([x, y], -1)


def rotation(pitch: float, yaw: float, roll: float) -> np.ndarray:
    """The (3, 3) turn by pitch about x, then yaw about y, then roll in the picture; radians."""
    cp, sp, cy, sy = math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw)
    cr, sr = math.cos(roll), math.sin(roll)
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
