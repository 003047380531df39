"""Compilation by numba: cached where a cache can be written, without the interpreter's lock.

numba compiles anew what is in the cache when the function's own file has changed. It also builds in what comes from
other files, constants and intrinsics; so here a cached function counts as old as well when one of those has changed.
"""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

_IN_ANY_ORDER = {"contract", "reassoc", "arcp", "nsz", "nnan"}


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code, compiled at its first call or read from the cache.

    The cache lies in $NUMBA_CACHE_DIR, beside the source, or in the user's cache folder, whichever can be
    written first; where none can, each process compiles for itself.
    """
    return _compiled(function)


def compiled_for_floats(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, with sums in any order and no watch for NaN or division by zero, so that loops become vectors."""
    return _compiled(function, fastmath=_IN_ANY_ORDER, error_model="numpy")


def compiled_within(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled_for_floats`, for what those call in their loops and makes no array: see `compiled_on_views`."""
    return _compiled(function, _nrt=False, fastmath=_IN_ANY_ORDER, error_model="numpy")


def compiled_on_views(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, for what is called very often and makes no array: numba counts no references to those it is given,
    which would cost as much as the work itself, and does not watch for division by zero. Where an array is made after
    all, it does not compile.
    """
    return _compiled(function, _nrt=False, error_model="numpy")


def _compiled(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    try:
        cached: Any = numba.njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # numba found no folder that it may write to
        cached = numba.njit(nogil=True, **options)(function)
    else:
        index = cached._cache._cache_file
        index._source_stamp = (*index._source_stamp, _built_in(function.__globals__))
        index._load_index = partial(_what_can_be_read, index._load_index)
    fast: Callable[P, R] = cached
    return fast


def _what_can_be_read(load: Callable[[], dict[Any, Any]]) -> dict[Any, Any]:
    """A cache's contents; none where they name a module that an earlier version had."""
    try:
        return load()
    except (ImportError, AttributeError):
        return {}


def _built_in(names: dict[str, Any]) -> str:
    """Of what a function of these globals may be built from, beside its own file."""
    constants = {name: value for name, value in names.items() if isinstance(value, bool | int | float | str | tuple)}
    arrays = {name: value.tobytes() for name, value in names.items() if isinstance(value, np.ndarray)}
    return hashlib.sha256(repr((sorted(constants.items()), sorted(arrays.items()), _sources())).encode()).hexdigest()


@cache
def _sources() -> str:
    """Of all files that hold compiled code or what it is built from."""
    package = Path(__file__).parent.parent
    bodies = [file.read_bytes() for file in sorted(package.rglob("*.py"))]
    return hashlib.sha256(b"".join(body for body in bodies if b"compiled" in body)).hexdigest()
