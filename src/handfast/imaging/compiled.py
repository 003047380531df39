"""Compilation by numba: cached where a cache can be written, without the interpreter's lock.

A cached caller is not compiled anew when a function of another file changes, so compiled functions call only those of
their own file and intrinsics.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code, compiled at its first call or read from the cache.

    The cache lies in $NUMBA_CACHE_DIR, beside the source, or in the user's cache folder, whichever can be
    written first; where none can, each process compiles for itself.
    """
    return _compiled(function)


def compiled_for_floats(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, with sums in any order and no watch for NaN or division by zero, so that loops become vectors."""
    return _compiled(function, fastmath={"contract", "reassoc", "arcp", "nsz", "nnan"}, error_model="numpy")


def compiled_on_views(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, for what is called very often and makes no array: numba counts no references to those it is given,
    which would cost as much as the work itself, and does not watch for division by zero. Where an array is made after
    all, it does not compile.
    """
    return _compiled(function, _nrt=False, error_model="numpy")


def _compiled(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    try:
        fast: Callable[P, R] = numba.njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # numba found no folder that it may write to
        fast = numba.njit(nogil=True, **options)(function)
    return fast
