"""Four fingers of a hand held to the camera, palm side towards it, tips up."""

from dataclasses import dataclass

import numpy as np

from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.synth.camera import rotation
from handfast.finger.synth.finger_mesh import MIDDLE, FingerMesh, finger_mesh, finger_number, proportions_of
from handfast.finger.synth.person import Person, traits_of

TIP_HEIGHTS = np.array([-9.0, 0.0, -7.0, -25.0])  # mm from the middle finger's tip, index to little finger
FAN = np.array([1.8, 0.4, -1.0, -3.2])  # degrees that relaxed fingers lean towards the index side
SPREAD = np.array([6.0, 2.0, -2.0, -6.0])  # degrees more for a spread of 1
GAP = 1.07  # widths from one finger's axis to the next, at the base


@dataclass(frozen=True, slots=True)
class HandPose:
    """How a hand is held: degrees.

    pitch       tips away from the camera
    spread      0 for relaxed fingers, -0.3 for fingers together, 1 for spread ones
    looseness   scales what is left to chance
    """

    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0
    spread: float = 0.0
    looseness: float = 1.0


def four_fingers(
    person: Person, hand: Hand, pose: HandPose, rng: np.random.Generator
) -> tuple[FingerMesh, FingerMesh, FingerMesh, FingerMesh]:
    """The posed fingers, index to little; the scene's origin lies in the middle of the four tips."""
    # Palm to the camera and tips up, a left hand's index finger is leftmost.
    side = 1 if hand is Hand.LEFT else -1
    left, placed = 0.0, []
    for position in FOUR_FINGERS[hand]:
        mesh = finger_mesh(position, proportions_of(person, position), _bends(rng, pose.looseness))
        left += mesh.width * GAP / 2
        placed.append(_placed(mesh, side, left, traits_of(person).size, pose, rng))
        left += mesh.width * GAP / 2
    middle = np.mean([mesh.vertices[0, MIDDLE] for mesh in placed], axis=0)
    turn = rotation(*np.radians([-pose.pitch, pose.yaw, pose.roll]))
    index, long, ring, little = (mesh.moved(turn, -turn @ middle) for mesh in placed)
    return index, long, ring, little


def _bends(rng: np.random.Generator, looseness: float) -> np.ndarray:
    return np.radians(np.array([2.0, 5.0, 2.0]) + looseness * rng.normal(0, [2.5, 3.0, 2.0]))


def _placed(
    mesh: FingerMesh, side: int, across: float, size: float, pose: HandPose, rng: np.random.Generator
) -> FingerMesh:
    """The finger with its tip at the height that belongs to it, leaning as its neighbours allow."""
    number = finger_number(mesh.position)
    lean, twist = np.radians(
        [FAN[number] + SPREAD[number] * pose.spread + rng.normal(0, 0.6), rng.normal(0, 3) * pose.looseness]
    )
    tip_height = TIP_HEIGHTS[number] * size + rng.normal(0, 1.0)
    offset = [side * across, tip_height - mesh.vertices[0, MIDDLE, 1] * np.cos(lean), rng.normal(0, 0.5)]
    return mesh.moved(rotation(0.0, twist, side * lean), np.array(offset))


def position_label(position: FingerPosition) -> int:
    """The number of a finger in a label map: 1 for an index finger to 4 for a little finger."""
    return finger_number(position) + 1
