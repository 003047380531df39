"""A keyed orthonormal transform of vectors, one per person: angles stay, but two people's vectors share no frame."""

import hashlib

import numpy as np
from numpy.typing import NDArray

_FLOAT = np.dtype("<f4")


class KeyedTransform:
    """Turns vectors of any dimension under one 32-byte key; its matrices live as long as it does."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._matrices: dict[int, NDArray[np.float64]] = {}

    def turn(self, data: bytes) -> bytes:
        """A vector as bytes (float32, little-endian), turned; ValueError if it is not one."""
        vector = self._vector(data)
        return (self._matrices[vector.size] @ vector).astype(_FLOAT).tobytes()

    def turn_back(self, data: bytes) -> bytes:
        """The vector that was turned: a rotation's inverse is its transpose."""
        vector = self._vector(data)
        return (self._matrices[vector.size].T @ vector).astype(_FLOAT).tobytes()

    def _vector(self, data: bytes) -> NDArray[np.float64]:
        if not data or len(data) % _FLOAT.itemsize:
            raise ValueError(f"{len(data)} bytes are not a float32 vector")
        vector = np.frombuffer(data, _FLOAT).astype(np.float64)
        if vector.size not in self._matrices:
            self._matrices[vector.size] = rotation(self._key, vector.size)
        return vector


def rotation(key: bytes, dimension: int) -> NDArray[np.float64]:
    """A uniformly random orthonormal matrix (dimension, dimension), the same for the same key."""
    matrix, upper = np.linalg.qr(_normal(key, dimension * dimension).reshape(dimension, dimension))
    return np.asarray(matrix * np.sign(np.diag(upper)), np.float64)


def _normal(key: bytes, count: int) -> NDArray[np.float64]:
    """Standard normal numbers from SHAKE-256 by Box and Muller: numpy may change its own generators' streams."""
    words = np.frombuffer(hashlib.shake_256(b"handfast-transform:1" + key).digest(16 * count), "<u8")
    uniform = (words.astype(np.float64) + 0.5) / 2.0**64
    return np.sqrt(-2.0 * np.log(uniform[:count])) * np.cos(2.0 * np.pi * uniform[count:])
