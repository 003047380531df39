"""The face template "handfast-face:1": 128 float32, little endian, unit length."""

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import UnreadableTemplate

FORMAT = "handfast-face:1"
DIMENSIONS = 128


def pack(vector: NDArray[np.float32]) -> bytes:
    """512 bytes for a (128,) unit vector."""
    return vector.astype("<f4").tobytes()


def unpack(data: bytes) -> NDArray[np.float32]:
    """The (128,) unit vector; UnreadableTemplate if the bytes are not one."""
    if len(data) != 4 * DIMENSIONS:
        raise UnreadableTemplate(f"{len(data)} bytes are not a {FORMAT} template")
    vector = np.frombuffer(data, "<f4").astype(np.float32)
    if not abs(float(np.linalg.norm(vector)) - 1.0) < 1e-3:  # also refuses what is not a number
        raise UnreadableTemplate("the vector is not of unit length")
    return vector
