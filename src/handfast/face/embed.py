"""Face embeddings by SFace (Zhong et al. 2021)."""

from typing import Protocol

import numpy as np

from handfast.base.image import Image
from handfast.face.compare import COMPARATOR as COMPARATOR
from handfast.face.compare import MODEL as MODEL
from handfast.face.net import sface
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
        self._net = sface(models)

    def embed(self, aligned: Image) -> Embedding:
        """The vector of the face as it is, 112 x 112."""
        raw = self._net(aligned)
        norm = float(np.linalg.norm(raw))
        return Embedding(raw / np.float32(norm), norm)


def with_mirror(embedder: Embedder, aligned: Image) -> Embedding:
    """The mean of the face and its mirror image; `norm` is the mean of both."""
    one = embedder.embed(aligned)
    other = embedder.embed(Image(np.ascontiguousarray(aligned.pixels[:, ::-1])))
    total = one.vector + other.vector
    return Embedding((total / np.linalg.norm(total)).astype(np.float32), (one.norm + other.norm) / 2)
