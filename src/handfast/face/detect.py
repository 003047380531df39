"""Face boxes and five points by YuNet (Wu, Peng & Yu 2023)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import MoreThanOneFace, NoFaceFound
from handfast.base.image import Image
from handfast.base.sample import Box
from handfast.face.types import DetectedFace
from handfast.imaging.resize import fit
from handfast.models.sessions import Tensor
from handfast.models.store import ModelStore


@dataclass(frozen=True, slots=True)
class DetectorParameters:
    """Tuned numbers of the detector."""

    long_side: int = 192  # px, to which the picture is scaled first
    closely: int = 320  # px, where that shows no face, several, or a small one
    small: float = 0.2  # width of a small face over the picture's long side
    confidence: float = 0.6
    overlap: float = 0.3  # intersection over union above which the weaker of two boxes goes
    bystander: float = 0.4  # a second face counts from this part of the first one's width


class FaceDetector:
    """Finds faces; `one` insists on a single person in view."""

    def __init__(self, models: ModelStore, parameters: DetectorParameters = DetectorParameters()) -> None:
        self._model = models.onnx("yunet")
        self._parameters = parameters

    def detect(self, image: Image) -> tuple[DetectedFace, ...]:
        """All faces, largest first; empty where there is none."""
        p = self._parameters
        faces = self._found(image, p.long_side)
        if len(faces) == 1 and faces[0].box.width >= p.small * max(image.size):
            return faces
        return self._found(image, p.closely)

    def one(self, image: Image) -> DetectedFace:
        """The only face. Raises NoFaceFound or MoreThanOneFace."""
        faces = self.detect(image)
        if not faces:
            raise NoFaceFound("no face in the picture")
        widest = faces[0].box.width
        if sum(face.box.width >= self._parameters.bystander * widest for face in faces) > 1:
            raise MoreThanOneFace("more than one face in the picture")
        return faces[0]

    def _found(self, image: Image, long_side: int) -> tuple[DetectedFace, ...]:
        small, scale = fit(image, long_side)
        batch = _padded(small)
        found = _decoded(self._model(input=batch), batch.shape[3], self._parameters.confidence)
        kept = found[_without_overlaps(found, self._parameters.overlap)]
        kept[:, :14] /= scale
        return tuple(_face(row) for row in kept[np.argsort(-kept[:, 2] * kept[:, 3])])


def _padded(image: Image) -> NDArray[np.float32]:
    """(1, 3, H, W) blue, green, red, 0..255; black to the right and below up to multiples of 32."""
    width, height = image.size
    batch = np.zeros((1, 3, -(-height // 32) * 32, -(-width // 32) * 32), np.float32)
    batch[0, :, :height, :width] = image.pixels[:, :, ::-1].transpose(2, 0, 1)
    return batch


def _decoded(outputs: dict[str, Tensor], width: int, confidence: float) -> NDArray[np.float32]:
    """(N, 15): box (left, top, width, height), five points, confidence, from YuNet's three grids."""
    return np.concatenate([_decoded_grid(outputs, stride, width // stride, confidence) for stride in (8, 16, 32)])


def _decoded_grid(outputs: dict[str, Tensor], stride: int, columns: int, confidence: float) -> NDArray[np.float32]:
    score = np.sqrt(outputs[f"cls_{stride}"][0, :, 0].clip(0, 1) * outputs[f"obj_{stride}"][0, :, 0].clip(0, 1))
    index = np.flatnonzero(score > confidence)
    cell = np.stack([index % columns, index // columns], axis=1)
    box, points = outputs[f"bbox_{stride}"][0, index], outputs[f"kps_{stride}"][0, index].reshape(-1, 5, 2)
    size = np.exp(box[:, 2:]) * stride
    corner = (cell + box[:, :2]) * stride - size / 2
    places = (points + cell[:, None]) * stride
    return np.column_stack([corner, size, places.reshape(-1, 10), score[index]]).astype(np.float32)


def _without_overlaps(found: NDArray[np.float32], overlap: float) -> list[int]:
    """Rows to keep: greedy non-maximum suppression, strongest first."""
    kept: list[int] = []
    for row in np.argsort(-found[:, 14]):
        if all(_overlap(found[row], found[other]) <= overlap for other in kept):
            kept.append(int(row))
    return kept


def _overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[:2] + a[2:4], b[:2] + b[2:4])
    common = float(np.prod(np.maximum(high - low, 0)))
    return common / (float(a[2] * a[3] + b[2] * b[3]) - common)


def _face(row: NDArray[np.float32]) -> DetectedFace:
    x, y, width, height = map(float, row[:4])
    return DetectedFace(Box(x, y, width, height), row[4:14].reshape(5, 2), float(row[14]))
