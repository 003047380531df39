"""One vector from several frames of one person."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import FacesDiffer

AGREE = 0.3  # cosine to the most central frame; one sitting lies above 0.7, sittings apart above 0.3, strangers below


def agreeing(vectors: Sequence[NDArray[np.float32]], agree: float = AGREE) -> list[int]:
    """Indices of the frames that show the same face, of unit vectors (128,) in any order.

    One frame that strays is dropped; FacesDiffer if no majority agrees.
    """
    cosines = np.stack(vectors) @ np.stack(vectors).T
    central = int(cosines.sum(axis=1).argmax())
    kept = np.flatnonzero(cosines[central] >= agree)
    if 2 * len(kept) <= len(vectors):
        raise FacesDiffer("the frames do not show one person")
    return [int(index) for index in kept]


def mean_direction(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The unit vector along the sum of unit vectors."""
    total = np.sum(vectors, axis=0, dtype=np.float64)
    return np.asarray(total / np.linalg.norm(total), np.float32)


def mean_length(vectors: Sequence[NDArray[np.float32]], norms: Sequence[float]) -> float:
    """The length of the mean of vectors as the net gave them: unit vectors, each times its own length.

    Frames that are hard to recognise or disagree make it shorter; it orders templates by their errors better than the
    best frame's length does.
    """
    return float(np.linalg.norm(np.mean([norm * vector for vector, norm in zip(vectors, norms, strict=True)], axis=0)))
