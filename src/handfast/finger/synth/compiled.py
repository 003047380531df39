"""Compilation by numba with relaxed float order, which lets sums run in vectors, and the array types used here."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code, read from the cache where numba can write one."""
    try:
        fast: Callable[P, R] = njit(cache=True, nogil=True, fastmath=True)(function)
    except RuntimeError:  # numba found no folder that it may write to
        fast = njit(nogil=True, fastmath=True)(function)
    return fast
