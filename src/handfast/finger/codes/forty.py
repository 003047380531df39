"""All cylinders of a print against one at a time, in vectors of 512 bits, for compiled code only.

Forty distances are five registers, and the least of each stays in a sixth until the other print is through: no branch
depends on an angle, so none is ever guessed wrong. It pays where bits are counted in vectors (AVX-512 VPOPCNTDQ), and
is right everywhere. four.py is for other processors.
"""

from collections.abc import Callable
from typing import Any, cast

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from handfast.finger.codes.search_code import BITS, CODE_BYTES, FIRST_ANGLE, FIRST_HIGH, FIRST_LOW, MOST_CYLINDERS

Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]

COUNTS_IN_VECTORS = bool(llvmlite.binding.get_host_cpu_features().get("avx512vpopcntdq"))
"""Whether this processor counts bits in vectors."""
FAR = BITS // 2  # a distance from which on cylinders have nothing in common
LANES = 8  # words in a vector
PLACES = 64  # bytes of a vector

_VECTORS = MOST_CYLINDERS // LANES
_WORD, _BYTE, _INDEX, _BIT = ir.IntType(64), ir.IntType(8), ir.IntType(32), ir.IntType(1)
_EIGHT, _BYTES, _BITS = ir.VectorType(_WORD, LANES), ir.VectorType(_BYTE, PLACES), ir.VectorType(_BIT, PLACES)
_WIDE = ir.VectorType(_INDEX, PLACES)


def place_of(cylinder: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which byte of `near` holds the distance of each of the query's cylinders."""
    return cylinder % LANES * LANES + cylinder // LANES


def _near_of_all(_context: Any, low: Any, high: Any, gate: Any, words: Any, row: Any, count: Any, near: Any) -> Any:
    return numba.types.void(low, high, gate, words, row, count, near), _generate_near


def _generate_near(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    low, high, gate, words, near = (
        context.make_array(signature.args[n])(context, builder, arguments[n]) for n in (0, 1, 2, 3, 6)
    )
    code = builder.gep(words.data, [builder.mul(arguments[4], _word(CODE_BYTES // 8))])
    angles = builder.bitcast(code, _BYTE.as_pointer())
    sought = [tuple(_load(builder, half.data, LANES * n, _EIGHT) for half in (low, high)) for n in range(_VECTORS)]
    least = cgutils.alloca_once_value(builder, ir.Constant(_BYTES, [FAR] * PLACES))  # type: ignore[no-untyped-call]
    with cgutils.for_range(builder, arguments[5]) as loop:
        halves = [_splat(builder, _at(builder, code, loop.index, n), _EIGHT) for n in (FIRST_LOW, FIRST_HIGH)]
        angle = builder.zext(_at(builder, angles, loop.index, FIRST_ANGLE), _WORD)
        corresponds = builder.bitcast(builder.load(builder.gep(gate.data, [angle])), _BITS)
        distances = builder.bitcast(_distances(builder, sought, halves), _BYTES)
        so_far = builder.load(least)
        smaller = _call(builder, "llvm.umin.v64i8", _BYTES, so_far, distances)
        builder.store(builder.select(corresponds, smaller, so_far), least)
    builder.store(builder.load(least), builder.bitcast(near.data, _BYTES.as_pointer()), align=1)
    return context.get_dummy_value()


def _distances(builder: Any, sought: Any, halves: Any) -> Any:
    """Distances of all of the query's cylinders from one: vector n's are byte n of each word."""
    together = None
    for n, vector in enumerate(sought):
        counts = [
            _call(builder, "llvm.ctpop.v8i64", _EIGHT, builder.xor(mine, theirs))
            for mine, theirs in zip(vector, halves, strict=True)
        ]
        distance = builder.shl(builder.add(*counts), ir.Constant(_EIGHT, [8 * n] * LANES))
        together = distance if together is None else builder.or_(together, distance)
    return together


def _sum_of_nearest(_context: Any, near: Any, most: Any) -> Any:
    return numba.types.uint64(near, most), _generate_sum


def _generate_sum(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    near = _load(builder, context.make_array(signature.args[0])(context, builder, arguments[0]).data, 0, _BYTES)
    most = arguments[1]

    def which(sign: str, distance: Any) -> Any:
        return builder.icmp_signed(sign, near, _splat(builder, builder.trunc(distance, _BYTE), _BYTES))

    def how_many(those: Any) -> Any:
        return _call(builder, "llvm.ctpop.i64", _WORD, builder.bitcast(those, _WORD))

    below = _word(-1)  # the largest distance within which there are too few, found bit by bit
    for step in (32, 16, 8, 4, 2, 1, 1):
        further = builder.add(below, _word(step))
        too_few = builder.icmp_unsigned("<", how_many(which("<=", further)), most)
        below = builder.select(too_few, further, below)
    last = builder.add(below, _word(1))
    nearer = which("<", last)
    agreement = builder.sub(ir.Constant(_BYTES, [FAR] * PLACES), near)
    counted = builder.zext(builder.select(nearer, agreement, ir.Constant(_BYTES, [0] * PLACES)), _WIDE)
    total = builder.zext(_call(builder, "llvm.vector.reduce.add.v64i32", _INDEX, counted), _WORD)
    missing = builder.sub(most, how_many(nearer))
    return builder.add(total, builder.mul(missing, builder.sub(_word(FAR), last)))


def _word(value: int) -> Any:
    return ir.Constant(_WORD, value)


def _at(builder: Any, start: Any, index: Any, beyond: int) -> Any:
    return builder.load(builder.gep(start, [builder.add(index, _word(beyond))]))


def _load(builder: Any, start: Any, at: int, kind: Any) -> Any:
    return builder.load(builder.bitcast(builder.gep(start, [_word(at)]), kind.as_pointer()), align=1)


def _splat(builder: Any, value: Any, kind: Any) -> Any:
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(_INDEX, 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_INDEX, kind.count), [0] * kind.count))


def _call(builder: Any, name: str, gives: Any, *values: Any) -> Any:
    kind = ir.FunctionType(gives, [value.type for value in values])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), values)  # type: ignore[no-untyped-call]


near_of_all = cast(Callable[[Words, Words, Words, Words, np.uint64, np.uint64, Bytes], None], intrinsic(_near_of_all))
"""near[place_of(i)] becomes the distance of the query's cylinder i from the nearest of a code's, FAR at most.

low, high, gate    (40,) halves of the query's bits; (256,) bits of the cylinders within the gate of each angle, the
                   bit of cylinder i at place_of(i)
words, row, count  codes as words (N, CODE_BYTES / 8), which of them, and its number of cylinders
near               (PLACES,) bytes, all overwritten
"""

sum_of_nearest = cast(Callable[[Bytes, np.uint64], int], intrinsic(_sum_of_nearest))
"""Sum of FAR - distance over so many of the least distances in `near`, (PLACES,) bytes none of which is over FAR."""
