"""Compilation by numba: cached where a cache can be written, without the interpreter's lock.

A cached caller is not compiled anew when a function of another file changes, so compiled functions call only
those of their own file and intrinsics (`population_count`, four.py).
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

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


def _compiled(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    try:
        fast: Callable[P, R] = numba.njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # numba found no folder that it may write to
        fast = numba.njit(nogil=True, **options)(function)
    return fast


def _population_count(_context: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        count = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(count, arguments)

    return numba.types.uint64(numba.types.uint64), generate


population_count = cast(Callable[[np.uint64], int], intrinsic(_population_count))
"""Number of set bits of a word, for compiled code only; one machine instruction where there is one."""
