"""Face boxes and five points by YuNet (Wu, Peng & Yu 2023)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import MoreThanOneFace, NoFaceFound
from handfast.base.image import Image, Pixels
from handfast.base.sample import Box
from handfast.face.types import DetectedFace
from handfast.imaging.compiled import compiled, compiled_for_floats
from handfast.imaging.resize import fit
from handfast.models.store import ModelStore

Single = NDArray[np.float32]
Grid = tuple[Single, Single, Single, Single]
"""(1, N, 1) that a cell shows a face, and that one is there; (1, N, 4) boxes; (1, N, 10) points."""

_STRIDES = 8, 16, 32  # px of YuNet's three grids


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
        outputs = self._model(input=batch)
        found, count = np.empty((sum(outputs[f"cls_{stride}"].size for stride in _STRIDES), 15), np.float32), 0
        for stride in _STRIDES:
            grid = (
                outputs[f"cls_{stride}"],
                outputs[f"obj_{stride}"],
                outputs[f"bbox_{stride}"],
                outputs[f"kps_{stride}"],
            )
            count = _decode(grid, stride, batch.shape[3] // stride, self._parameters.confidence, found, count)
        kept = _without_overlaps(found[np.argsort(-found[:count, 14])], self._parameters.overlap)
        kept[:, :14] /= scale
        return tuple(_face(row) for row in kept[np.argsort(-kept[:, 2] * kept[:, 3])])


def _padded(image: Image) -> Single:
    """(1, 3, H, W) blue, green, red, 0..255; black to the right and below up to multiples of 32."""
    width, height = image.size
    batch = np.zeros((1, 3, -(-height // 32) * 32, -(-width // 32) * 32), np.float32)
    _spread(image.pixels, batch)
    return batch


@compiled_for_floats
def _spread(pixels: Pixels, batch: Single) -> None:
    height, width, channels = pixels.shape
    for row in range(height):
        for channel in range(channels):
            line = batch[0, 2 - channel, row]
            for x in range(width):
                line[x] = pixels[row, x, channel]


@compiled
def _decode(grid: Grid, stride: int, columns: int, confidence: float, out: Single, count: int) -> int:
    """One of YuNet's grids into rows of out from `count` on; how many there are then.

    A row has a box (left, top, width, height), five points and the confidence.
    """
    likely, there, boxes, points = grid
    for cell in range(likely.shape[1]):
        score = np.sqrt(min(max(likely[0, cell, 0], 0.0), 1.0) * min(max(there[0, cell, 0], 0.0), 1.0))
        if score > confidence:
            x, y = cell % columns, cell // columns
            row, box = out[count], boxes[0, cell]
            row[2], row[3] = np.exp(box[2]) * stride, np.exp(box[3]) * stride
            row[0] = (x + box[0]) * stride - row[2] / 2
            row[1] = (y + box[1]) * stride - row[3] / 2
            for n in range(5):
                row[4 + 2 * n] = (x + points[0, cell, 2 * n]) * stride
                row[5 + 2 * n] = (y + points[0, cell, 2 * n + 1]) * stride
            row[14] = score
            count += 1
    return count


@compiled
def _without_overlaps(found: Single, overlap: float) -> Single:
    """Rows that stay of some with the strongest first: greedy non-maximum suppression."""
    kept = np.empty_like(found)
    count = 0
    for row in found:
        alone = True
        for other in kept[:count]:
            across = max(min(row[0] + row[2], other[0] + other[2]) - max(row[0], other[0]), 0.0)
            down = max(min(row[1] + row[3], other[1] + other[3]) - max(row[1], other[1]), 0.0)
            common = across * down
            alone = alone and common / (row[2] * row[3] + other[2] * other[3] - common) <= overlap
        if alone:
            kept[count] = row
            count += 1
    return kept[:count]


def _face(row: Single) -> DetectedFace:
    x, y, width, height = map(float, row[:4])
    return DetectedFace(Box(x, y, width, height), row[4:14].reshape(5, 2), float(row[14]))
