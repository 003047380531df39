"""A cylinder against eight others at once, in vectors of 512 bits, for compiled code only.

Words of eight cylinders lie side by side, so that nothing is added up across a vector. Where bits are counted in
vectors (AVX-512 VPOPCNTDQ) that is an instruction a word. Elsewhere they are counted byte by byte, by looking halves of
bytes up (Mula's method), and bytes are added up to words only at the end: none exceeds 8 bits in each of 24 words.
"""

from collections.abc import Callable
from typing import Any, cast

import llvmlite.binding
import numba
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from handfast.finger.comparison.cylinders import SECTIONS
from handfast.finger.comparison.disc import WORDS, Words
from handfast.finger.types import Singles

BITS = SECTIONS * WORDS  # words of a cylinder's bits
EIGHT = 8
BLOCK = EIGHT * (BITS + WORDS)
"""Words of eight cylinders: each word of the bits, then of the valid cells, of all eight."""

_IN_VECTORS = bool(llvmlite.binding.get_host_cpu_features().get("avx512vpopcntdq"))
_WORD, _BYTE, _INDEX = ir.IntType(64), ir.IntType(8), ir.IntType(32)
_WORDS, _BYTES = ir.VectorType(_WORD, EIGHT), ir.VectorType(_BYTE, 8 * EIGHT)
_DOUBLES, _FLOATS = ir.VectorType(ir.DoubleType(), EIGHT), ir.VectorType(ir.FloatType(), EIGHT)
_COUNTED = _WORDS if _IN_VECTORS else _BYTES


def _similar_to_eight(_context: Any, a: Any, _place: Any, b: Any, _at: Any, least: Any, values: Any) -> Any:
    return numba.types.void(a, numba.types.int64, b, numba.types.int64, least, values), _generate


def _generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    words_a, words_b, values = (
        context.make_array(signature.args[n])(context, builder, arguments[n]).data for n in (0, 2, 5)
    )
    cells, set_a, set_b, both = _counts(builder, words_a, arguments[1], words_b, arguments[3])
    either = builder.add(set_a, set_b)
    apart = builder.sub(either, builder.shl(both, _splat(1)))  # a bit is set only where its own cell is valid
    roots = builder.fadd(_root(builder, set_a), _root(builder, set_b))
    one = ir.Constant(_DOUBLES, [1.0] * EIGHT)
    alike = builder.fptrunc(builder.fsub(one, builder.fdiv(_root(builder, apart), roots)), _FLOATS)
    least = context.cast(builder, arguments[4], signature.args[4], numba.types.uint64)
    enough = builder.icmp_unsigned(">=", cells, _spread(builder, least))
    comparable = builder.and_(enough, builder.icmp_unsigned(">", either, _splat(0)))
    told = builder.select(comparable, alike, ir.Constant(_FLOATS, [0.0] * EIGHT))
    builder.store(told, builder.bitcast(values, _FLOATS.as_pointer()), align=4)
    return context.get_dummy_value()


def _counts(builder: Any, words_a: Any, place: Any, words_b: Any, at: Any) -> Any:
    """Of one cylinder and each of eight: cells valid in both, bits of either in the other's cells, bits of both."""

    def one(word: int) -> Any:
        return _spread(builder, builder.load(builder.gep(words_a, [builder.add(place, _number(EIGHT * word))])))

    def eight(word: int) -> Any:
        start = builder.gep(words_b, [builder.add(at, _number(EIGHT * word))])
        return builder.load(builder.bitcast(start, _WORDS.as_pointer()), align=8)

    totals = [ir.Constant(_COUNTED, [0] * _COUNTED.count)] * 4
    valid = [(one(BITS + w), eight(BITS + w)) for w in range(WORDS)]
    for valid_a, valid_b in valid:
        totals[0] = builder.add(totals[0], _counted(builder, builder.and_(valid_a, valid_b)))
    for w in range(BITS):
        a, b = one(w), eight(w)
        valid_a, valid_b = valid[w % WORDS]
        for n, common in enumerate(((a, valid_b), (b, valid_a), (a, b)), 1):
            totals[n] = builder.add(totals[n], _counted(builder, builder.and_(*common)))
    return totals if _IN_VECTORS else [_added_up(builder, total) for total in totals]


def _root(builder: Any, count: Any) -> Any:
    wide = builder.sitofp(builder.trunc(count, ir.VectorType(_INDEX, EIGHT)), _DOUBLES)
    return _called(builder, "llvm.sqrt.v8f64", wide)


def _counted(builder: Any, words: Any) -> Any:
    """Set bits of each word, or of each byte."""
    name = "llvm.ctpop.v8i64" if _IN_VECTORS else "llvm.ctpop.v64i8"
    return _called(builder, name, builder.bitcast(words, _COUNTED))


def _called(builder: Any, name: str, vector: Any) -> Any:
    kind = ir.FunctionType(vector.type, [vector.type])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [vector])  # type: ignore[no-untyped-call]


def _added_up(builder: Any, total: Any) -> Any:
    """The bytes of each word added up: first two by two, then by the upper half of a product."""
    words = builder.bitcast(total, _WORDS)
    low = builder.and_(words, _splat(0x00FF00FF00FF00FF))
    high = builder.and_(builder.lshr(words, _splat(8)), _splat(0x00FF00FF00FF00FF))
    return builder.lshr(builder.mul(builder.add(low, high), _splat(0x0001000100010001)), _splat(48))


def _spread(builder: Any, value: Any) -> Any:
    first = builder.insert_element(ir.Constant(_WORDS, ir.Undefined), value, ir.Constant(_INDEX, 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_INDEX, EIGHT), [0] * EIGHT))


def _splat(value: int) -> Any:
    return ir.Constant(_WORDS, [value] * EIGHT)


def _number(value: int) -> Any:
    return ir.Constant(_WORD, value)


similar_to_eight = cast(Callable[[Words, int, Words, int, int, Singles], None], intrinsic(_similar_to_eight))
"""values (EIGHT,) becomes 1 - |a - b| / (|a| + |b|) of a cylinder and each of eight, over the cells valid in both.

a, place   blocks (see BLOCK), and where the cylinder's first word lies in them
b, at      blocks, and where the one to compare with begins
least      cells that must be valid in both; with fewer, and where no bit is set in either, they are 0 alike
"""
