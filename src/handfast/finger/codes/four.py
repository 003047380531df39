"""Four comparisons of 128 bits at once, in whatever vectors of bits the processor has, for compiled code only.

LLVM counts bits in vectors by VPOPCNTDQ where there is one, and by looking halves of bytes up in a register (Mula's
method) where there is none: both are faster than counting word by word, and give the same.
"""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_WORD, _INDEX = ir.IntType(64), ir.IntType(32)
_FOUR = ir.VectorType(_WORD, 4)
_EIGHT = ir.VectorType(_INDEX, 8)


def masks(beyond: int) -> Words:
    """(5 * 4,) words: row n lets n comparisons count, and puts the others' distance at `beyond` or above."""
    return np.where(np.arange(4) < np.arange(5)[:, None], 0, beyond).astype(np.uint64).reshape(-1)


def _least_of_four(
    _context: Any, low: Any, high: Any, least: Any, at: Any, g_low: Any, g_high: Any, mask: Any, row: Any
) -> Any:
    return numba.types.void(low, high, least, at, g_low, g_high, mask, row), _generate


def _generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    low, high, least, mask = (
        context.make_array(signature.args[n])(context, builder, arguments[n]) for n in (0, 1, 2, 6)
    )
    at, g_low, g_high, row = (arguments[n] for n in (3, 4, 5, 7))
    halves = [builder.xor(_load(builder, q, at), _splat(builder, g)) for q, g in ((low, g_low), (high, g_high))]
    counts = [_call(builder, "llvm.ctpop.v4i64", _FOUR, half) for half in halves]
    allowed = _load(builder, mask, builder.mul(row, ir.Constant(_WORD, 4)))
    distance = builder.or_(builder.add(*counts), allowed)
    # Distances fit the lower half of each word, and halves have a minimum in one instruction.
    both = [builder.bitcast(value, _EIGHT) for value in (_load(builder, least, at), distance)]
    smaller = builder.bitcast(_call(builder, "llvm.umin.v8i32", _EIGHT, *both), _FOUR)
    builder.store(smaller, _place(builder, least, at), align=8)
    return context.get_dummy_value()


def _place(builder: Any, array: Any, at: Any) -> Any:
    return builder.bitcast(builder.gep(array.data, [at]), _FOUR.as_pointer())


def _load(builder: Any, array: Any, at: Any) -> Any:
    return builder.load(_place(builder, array, at), align=8)


def _splat(builder: Any, word: Any) -> Any:
    first = builder.insert_element(ir.Constant(_FOUR, ir.Undefined), word, ir.Constant(_INDEX, 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_INDEX, 4), [0] * 4))


def _call(builder: Any, name: str, of: Any, *values: Any) -> Any:
    kind = ir.FunctionType(of, [of] * len(values))
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), values)  # type: ignore[no-untyped-call]


least_of_four = cast(
    Callable[[Words, Words, Words, np.uint64, np.uint64, np.uint64, Words, np.uint64], None], intrinsic(_least_of_four)
)
"""least[at:at+4] takes the distances of four cylinders (low[at:], high[at:]) from one (two words) where they are less.

The last two arguments are `masks` and how many of the four count. All arrays must reach three words beyond `at`.
"""
