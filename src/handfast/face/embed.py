"""Face embeddings by SFace (Zhong et al. 2021), each averaged with its mirror image."""

from typing import Protocol

import numpy as np

from handfast.base.image import Image
from handfast.face.compare import COMPARATOR as COMPARATOR
from handfast.face.compare import MODEL as MODEL
from handfast.face.types import Embedding
from handfast.models.store import ModelStore


class Embedder(Protocol):
    """One model of faces: its id, the id of what compares its vectors, and the vectors."""

    model: str
    comparator: str

    def embed(self, aligned: Image) -> Embedding: ...


class FaceEmbedder:
    """Turns an aligned face into a unit vector."""

    model = MODEL
    comparator = COMPARATOR

    def __init__(self, models: ModelStore) -> None:
        self._model = models.onnx("sface")

    def embed(self, aligned: Image) -> Embedding:
        """The mean of the face and its mirror; `norm` is the mean of the two lengths."""
        upright = self._raw(aligned)
        mirrored = self._raw(Image(np.ascontiguousarray(aligned.pixels[:, ::-1])))
        norms = [float(np.linalg.norm(vector)) for vector in (upright, mirrored)]
        total = upright / norms[0] + mirrored / norms[1]
        return Embedding((total / np.linalg.norm(total)).astype(np.float32), sum(norms) / 2)

    def _raw(self, aligned: Image) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        batch = np.ascontiguousarray(aligned.pixels.transpose(2, 0, 1)[None], np.float32)
        return np.asarray(self._model(data=batch)["fc1"][0], np.float32)
