"""Sixteen places at once, whether each lies near a point, for compiled code only."""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from handfast.finger.types import Singles

LANES = 16

_WORD, _INDEX, _SINGLE = ir.IntType(64), ir.IntType(32), ir.FloatType()
_SIXTEEN = ir.VectorType(_SINGLE, LANES)


def _near_of_sixteen(_context: Any, places: Any, _at: Any, _beyond: Any, x: Any, y: Any, square: Any) -> Any:
    return numba.types.uint64(places, numba.types.int64, numba.types.int64, x, y, square), _generate


def _generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    places = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    at, beyond, x, y, square = arguments[1:]
    across = builder.fsub(_load(builder, places, at), _splat(builder, x))
    down = builder.fsub(_load(builder, places, builder.add(at, beyond)), _splat(builder, y))
    apart = builder.fadd(builder.fmul(across, across), builder.fmul(down, down))
    near = builder.fcmp_ordered("<", apart, _splat(builder, square))
    return builder.zext(builder.bitcast(near, ir.IntType(LANES)), _WORD)


def _load(builder: Any, places: Any, at: Any) -> Any:
    return builder.load(builder.bitcast(builder.gep(places, [at]), _SIXTEEN.as_pointer()), align=4)


def _splat(builder: Any, value: Any) -> Any:
    first = builder.insert_element(ir.Constant(_SIXTEEN, ir.Undefined), value, ir.Constant(_INDEX, 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES))


near_of_sixteen = cast(
    Callable[[Singles, int, int, np.float32, np.float32, np.float32], np.uint64], intrinsic(_near_of_sixteen)
)
"""Bit k says whether (places[at + k], places[at + beyond + k]) is nearer to (x, y) than the root of `square`."""
