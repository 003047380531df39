"""One live frame: who is in it is not asked, only how the one face in it is shown."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import FaceTooSmall
from handfast.base.image import Image
from handfast.base.sample import Box
from handfast.base.trace import trace
from handfast.face.align import align
from handfast.face.conditions import conditions, hint
from handfast.face.detect import FaceDetector
from handfast.face.mesh import FaceMesh, five_points
from handfast.face.pose import MEAN_HEAD, head_pose
from handfast.face.types import DetectedFace, FaceObservation
from handfast.models.store import ModelStore

SMALLEST = 24.0  # px between the eyes, below which nothing is tried


class FaceObserver:
    """Detector, mesh and pose in one: 5 to 6 ms a frame of 480 px."""

    def __init__(self, models: ModelStore) -> None:
        self._detector = FaceDetector(models)
        self._mesh = FaceMesh(models)

    def observe(self, image: Image) -> FaceObservation:
        """The frame's one face. Raises NoFaceFound, MoreThanOneFace or FaceTooSmall."""
        face = self._detector.one(image)
        trace("face", face)
        if face.eye_distance < SMALLEST:
            raise FaceTooSmall(f"{face.eye_distance:.0f} pixels between the eyes, {SMALLEST:.0f} are needed")
        return _observed(image, face, self._mesh.points(image, face))

    def warm(self) -> FaceObservation:
        """Run everything but the mesh once, on a blank picture with a mean head's points, which are what is given."""
        blank = Image(np.zeros((640, 480, 3), np.uint8))
        self._detector.detect(blank)
        mesh = np.full((468, 3), 240, np.float32)
        mesh[list(MEAN_HEAD)] += np.array([(20 * x, -20 * y, -20 * z) for x, y, z in MEAN_HEAD.values()], np.float32)
        return _observed(blank, DetectedFace(Box(140, 140, 200, 200), five_points(mesh), 1.0), mesh)


def _observed(image: Image, face: DetectedFace, mesh: NDArray[np.float32]) -> FaceObservation:
    face = replace(face, landmarks=five_points(mesh))
    pose = head_pose(mesh, image.size)
    aligned = align(image, face)
    shown = conditions(image, face, aligned, mesh)
    return FaceObservation(face, mesh[list(MEAN_HEAD), :2], pose, shown, aligned, hint(shown, pose))
