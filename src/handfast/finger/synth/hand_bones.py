"""The shape of an open hand: bones with soft flesh, in millimetres, palm to the camera and fingers up.

x grows towards the thumb, y towards the fingertips, z towards the camera; the origin is the middle of the palm.
Lengths near the means of hand anthropometry (Greiner 1991).
"""

from dataclasses import dataclass

import numpy as np

from handfast.finger.synth.finger_mesh import LENGTHS

WRIST = (0.0, -58.0, -4.0)
KNUCKLES = np.array([[29.0, 33.0], [9.5, 37.0], [-10.0, 33.0], [-27.0, 24.0]])  # index to little finger, x and y
WEB = 21.0  # mm from a knuckle to the crease at the finger's base
FAN = np.array([-9.0, -1.5, 6.0, 15.0])  # degrees a finger leans away from the thumb
RADII = np.array([8.7, 9.0, 8.6, 7.4])  # at the middle joint
BASE_LENGTHS = np.array([45.0, 49.0, 45.0, 36.0])  # mm from the base crease's knuckle to the middle joint
THUMB = np.array([[21.0, -42.0, 4.0], [41.0, -12.0, 9.0], [58.0, 17.0, 9.0], [70.0, 43.0, 7.0]])
FOLDED_THUMB = np.array([[21.0, -42.0, 4.0], [36.0, -14.0, 14.0], [22.0, 4.0, 24.0], [-2.0, 8.0, 26.0]])
CURL, FOLD = (0.06, 0.07, 0.05), (1.25, 1.55, 1.0)  # radians that each joint bends
THUMB_RADII = (15.0, 12.5, 10.8, 9.6)

PALM, FIRST_DIGIT = 0, 1  # groups of bones; the thumb is group 1, index to little finger 2 to 5
FLESH = np.array([15.0, 5.0, 2.5, 2.5, 2.5, 2.5])  # mm over which bones of a group flow into one another
WEBBING = np.array([0.0, 15.0, 8.0, 8.0, 8.0, 8.0])  # mm over which a group flows into the palm


@dataclass(frozen=True, slots=True, eq=False)
class HandBones:
    """A hand as tapered bones.

    bones       (N, 9): start x, y, z, radius there, end x, y, z, radius there, group
    landmarks   (21, 3): wrist, then thumb to little finger from base to tip (the order of MediaPipe's hand landmarks)
    """

    bones: np.ndarray
    landmarks: np.ndarray


def hand_bones(rng: np.random.Generator, size: float, spread: float, folded: frozenset[int] = frozenset()) -> HandBones:
    """A hand of a size (1 is average), its fingers spread 0 (together) to 1 (open); folded digits, 0 the thumb."""
    thumb = FOLDED_THUMB if 0 in folded else THUMB
    bones = _palm()
    bones += [[*thumb[i], THUMB_RADII[i], *thumb[i + 1], THUMB_RADII[i + 1], FIRST_DIGIT] for i in range(3)]
    onwards = (thumb[3] - thumb[2]) / np.linalg.norm(thumb[3] - thumb[2])
    landmarks = [np.array(WRIST), *thumb[:3], thumb[3] + onwards * THUMB_RADII[3] * 0.7]
    for number in range(4):
        joints = _finger_joints(rng, number, spread, number + 1 in folded)
        radius = RADII[number]
        radii = (radius * 1.08, radius * 1.0, radius * 0.93, radius * 0.84)
        group = FIRST_DIGIT + 1 + number
        bones += [[*joints[i], radii[i], *joints[i + 1], radii[i + 1], group] for i in range(3)]
        landmarks += [joints[0], joints[1], joints[2], joints[3] + np.array([0, radii[3] * 0.7, 0])]
    scale = np.array([size] * 8 + [1.0])
    return HandBones(np.array(bones) * scale, np.array(landmarks) * size)


def _finger_joints(rng: np.random.Generator, number: int, spread: float, folded: bool) -> np.ndarray:
    """(4, 3): knuckle, middle joint, last joint, middle of the fingertip's end."""
    lean = np.radians(FAN[number] * (0.25 + 0.75 * spread) + rng.normal(0, 1.0))
    last, middle = LENGTHS[number, 0] - RADII[number] * 0.84, LENGTHS[number, 1]
    joints = [np.array([*KNUCKLES[number], 1.0])]
    bend = 0.0
    for length, curl in zip((BASE_LENGTHS[number], middle, last), FOLD if folded else CURL, strict=True):
        bend += curl + rng.normal(0, 0.02)
        direction = np.array([-np.sin(lean) * np.cos(bend), np.cos(lean) * np.cos(bend), np.sin(bend)])
        joints.append(joints[-1] + length * direction)
    return np.array(joints)


def _palm() -> list[list[float]]:
    """Metacarpals, the mounds of thumb and little finger, the mounds below the fingers, and the forearm."""
    bones = [[x * 0.55, -46.0, -4.0, 13.0, x, y, -3.0, 11.5, PALM] for x, y in KNUCKLES]
    bones += [[x, y + 4, 2.0, 8.5, x * 0.97, y + 10, 1.5, 8.0, PALM] for x, y in KNUCKLES]
    bones.append([20.0, -44.0, 5.0, 13.0, 30.0, -16.0, 8.0, 13.0, PALM])
    bones.append([-19.0, -46.0, 3.0, 12.0, -26.0, -6.0, 3.0, 12.0, PALM])
    bones += [[side * 9.0, -60.0, -5.0, 18.0, side * 12.0, -170.0, -10.0, 23.0, PALM] for side in (-1, 1)]
    return bones
