"""468 points of a face (Kartynnik et al. 2019)."""

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import NoFaceFound
from handfast.base.image import Image
from handfast.face.types import DetectedFace
from handfast.imaging.compiled import compiled
from handfast.imaging.geometry import Affine, Points, inverse, turn_and_scale, warp
from handfast.models.store import ModelStore

_INPUT = 192  # px
_MARGIN = 1.3  # side of the square over the longer side of the detector's box
_PRESENCE = 0.0  # log odds that the square holds a face; about 30 on one, -10 beside it
_EYES = np.array(
    [(33, 133, 159, 145, 158, 153, 160, 144), (263, 362, 386, 374, 385, 380, 387, 373)]
)  # corners and lids
_NOSE_AND_MOUTH = np.array([1, 61, 291])


class FaceMesh:
    """Finds the 468 points of one detected face."""

    def __init__(self, models: ModelStore) -> None:
        self._model = models.litert("face-mesh")

    def points(self, image: Image, face: DetectedFace) -> NDArray[np.float32]:
        """(468, 3): x, y in pixels of the picture, depth in the same unit (smaller is nearer, 0 mid-head).

        Raises NoFaceFound where the mesh sees no face in the detector's box.
        """
        eyes = face.landmarks[1] - face.landmarks[0]
        centre = face.box.x + face.box.width / 2, face.box.y + face.box.height / 2
        side = _MARGIN * max(face.box.width, face.box.height)
        transform = turn_and_scale(centre, side, float(np.arctan2(eyes[1], eyes[0])), _INPUT)
        square = warp(image, transform, (_INPUT, _INPUT))
        outputs = self._model(np.divide(square.pixels[None], np.float32(255), dtype=np.float32))
        if float(outputs["conv2d_31"].item()) < _PRESENCE:
            raise NoFaceFound("what looked like a face is none")
        mesh = np.empty((468, 3), np.float32)
        _carry_back(outputs["conv2d_21"].reshape(468, 3), inverse(transform), side / _INPUT, mesh)
        return mesh


def five_points(mesh: NDArray[np.float32]) -> Points:
    """(5, 2) px, those of DetectedFace, from the (468, 3) of a mesh: steadier than a detector's."""
    points = np.empty((5, 2), np.float32)
    _five(mesh, points)
    return points


@compiled
def _carry_back(found: NDArray[np.float32], transform: Affine, scale: float, mesh: NDArray[np.float32]) -> None:
    for n, (x, y, depth) in enumerate(found):
        mesh[n, 0] = transform[0, 0] * x + transform[0, 1] * y + transform[0, 2]
        mesh[n, 1] = transform[1, 0] * x + transform[1, 1] * y + transform[1, 2]
        mesh[n, 2] = depth * np.float32(scale)


@compiled
def _five(mesh: NDArray[np.float32], points: Points) -> None:
    for axis in range(2):
        for eye in range(len(_EYES)):
            total = np.float32(0)
            for place in _EYES[eye]:
                total += mesh[place, axis]
            points[eye, axis] = total / np.float32(_EYES.shape[1])
        for n, place in enumerate(_NOSE_AND_MOUTH):
            points[2 + n, axis] = mesh[place, axis]
