"""The machine's own count of bits, for compiled code."""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic


def _population_count(_context: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        count = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(count, arguments)

    return numba.types.uint64(numba.types.uint64), generate


population_count = cast(Callable[[np.uint64], int], intrinsic(_population_count))
"""Number of set bits of a word, for compiled code only; one machine instruction where there is one."""
