"""Vector registers for compiled code: several float32 side by side, where the compiler would not find them by itself.

numba leaves it to LLVM to see which loops can run side by side, and LLVM keeps no block of a matrix product in
registers. Values of these types live in registers and nowhere else. LLVM splits one that is wider than the processor's.
Arrays may hold float16 instead, by their bits as int16: what is read from them becomes float32, and back.
"""

from collections.abc import Callable
from typing import Any, cast

import llvmlite.binding as llvm
import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats, compiled_within

Single = NDArray[np.float32]
Floats = Single | NDArray[np.int16]
"""float32, or float16 by their bits."""

_AVX512 = "avx512f" in llvm.get_host_cpu_features()
_RANGES = bool(llvm.get_host_cpu_features().get("avx512dq"))
NARROW = 16 if _AVX512 else 8
"""Lanes of a narrow vector: one register."""
WIDE = 32 if _AVX512 else 8
"""Lanes of a wide one: two of the 32 registers that AVX-512 has; with 16 registers, one."""
LINE = 16  # floats in a line of the cache

_FLOAT, _HALF = ir.FloatType(), ir.HalfType()
_LEAST_SIZE, _AS_SET = 0b1010, 4  # of two values, the one nearer to 0, its sign cleared; rounding as it is set


class Vector:
    """A narrow or wide vector, for annotations: compiled code alone has values of it."""


class _VectorType(numba.types.Type):
    def __init__(self, lanes: int, half: bool = False) -> None:
        super().__init__(name=f"float{16 if half else 32}x{lanes}")
        self.lanes, self.element = lanes, _HALF if half else _FLOAT


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, vector: _VectorType) -> None:
        super().__init__(manager, vector, _register(vector))  # type: ignore[no-untyped-call]


def vector_of(lanes: int) -> Any:
    """The type of a vector, for intrinsics elsewhere."""
    return _VectorType(lanes)


def _register(vector: Any) -> ir.VectorType:
    return ir.VectorType(vector.element, vector.lanes)


def _stored(array_type: Any, lanes: int) -> ir.VectorType:
    """How an array has a vector."""
    return ir.VectorType(_HALF if array_type.dtype == numba.types.int16 else _FLOAT, lanes)


def _read(builder: Any, address: Any, stored: ir.VectorType, wanted: ir.VectorType) -> Any:
    """It may lie anywhere in the array."""
    value = builder.load(builder.bitcast(address, stored.as_pointer()))
    value.align = _bytes_of(stored)
    return value if stored == wanted else builder.fpext(value, wanted)


def _bytes_of(stored: ir.VectorType) -> int:
    return 2 if stored.element == _HALF else 4


def address_of(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Of an array's element, in generated code."""
    proxy: Any = cgutils.create_struct_proxy(array_type)  # type: ignore[no-untyped-call]
    data = proxy(context, builder, array).data
    return builder.gep(data, [index])


def _spread(builder: Any, register: ir.VectorType, value: Any) -> Any:
    empty = ir.Constant(register, ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
    lanes = ir.VectorType(ir.IntType(32), register.count)
    return builder.shuffle_vector(first, empty, ir.Constant(lanes, [0] * register.count))


def _call(builder: Any, name: str, register: ir.VectorType, *values: Any) -> Any:
    """Without a watch for NaN, which takes two instructions more to bound a value."""
    kind = ir.FunctionType(register, [register] * len(values))
    full = f"llvm.{name}.v{register.count}{register.element.intrinsic_name}"
    return builder.call(function_of(builder, full, kind), values, fastmath=("nnan",))


def function_of(builder: Any, name: str, kind: Any) -> Any:
    """One of LLVM's own, in generated code."""
    return cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]


def _loader(lanes: int) -> Any:
    def load(_context: Any, array: Any, _index: Any) -> Any:
        vector = _VectorType(lanes)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            address = address_of(context, builder, signature.args[0], *arguments)
            return _read(builder, address, _stored(array, lanes), _register(vector))

        return vector(array, numba.types.intp), generate

    return load


def _no_halves(_context: Any) -> Any:
    vector = _VectorType(2 * NARROW, half=True)

    def generate(_context: Any, _builder: Any, _signature: Any, _arguments: Any) -> Any:
        return ir.Constant(_register(vector), [0.0] * vector.lanes)

    return vector(), generate


def _fill(_context: Any, _value: Any) -> Any:
    vector = _VectorType(NARROW)

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _spread(builder, _register(vector), arguments[0])

    return vector(numba.types.float32), generate


def _store(_context: Any, vector: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = address_of(context, builder, signature.args[1], *arguments[1:])
        stored, value = _stored(array, vector.lanes), arguments[0]
        if value.type != stored:
            value = builder.fptrunc(value, stored)
        builder.store(value, builder.bitcast(address, stored.as_pointer())).align = _bytes_of(stored)
        return context.get_dummy_value()

    return numba.types.void(vector, array, numba.types.intp), generate


def _add_product(_context: Any, total: Any, left: Any, right: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, "fmuladd", _register(total), arguments[1], arguments[2], arguments[0])

    return total(total, left, right), generate


def _add_scaled(_context: Any, total: Any, vector: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = address_of(context, builder, signature.args[2], *arguments[2:])
        factor = _spread(builder, _register(total), builder.load(address))
        return _call(builder, "fmuladd", _register(total), factor, arguments[1], arguments[0])

    return total(total, vector, array, numba.types.intp), generate


def _of_two(name: str) -> Any:
    def typed(_context: Any, left: Any, right: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            if name in ("maxnum", "minnum"):
                return _call(builder, name, _register(left), *arguments)
            return getattr(builder, name)(*arguments)

        return left(left, right), generate

    return typed


def _size(_context: Any, vector: Any, bound: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        register = _register(vector)
        if not (_RANGES and register.count == NARROW and register.element == _FLOAT):
            return _call(builder, "minnum", register, _call(builder, "fabs", register, arguments[0]), arguments[1])
        word, mask = ir.IntType(32), ir.IntType(NARROW)
        kind = ir.FunctionType(register, [register, register, word, register, mask, word])
        function = function_of(builder, "llvm.x86.avx512.mask.range.ps.512", kind)
        how, here = ir.Constant(word, _LEAST_SIZE), ir.Constant(word, _AS_SET)
        return builder.call(function, [*arguments, how, arguments[0], ir.Constant(mask, -1), here])

    return vector(vector, bound), generate


def _root(_context: Any, vector: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _call(builder, "sqrt", _register(vector), *arguments)

    return vector(vector), generate


def _mirror(_context: Any, vector: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), vector.lanes), list(reversed(range(vector.lanes))))
        return builder.shuffle_vector(arguments[0], arguments[0], lanes)

    return vector(vector), generate


def _sum(_context: Any, vector: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        register = _register(vector)
        kind = ir.FunctionType(_FLOAT, [_FLOAT, register])
        function = function_of(builder, f"llvm.vector.reduce.fadd.v{register.count}f32", kind)
        return builder.call(function, [ir.Constant(_FLOAT, 0.0), arguments[0]], fastmath=("reassoc",))

    return numba.types.float32(vector), generate


def _sum_each(_context: Any, array: Any, _index: Any) -> Any:
    vector = _VectorType(NARROW)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, at = arguments
        register, parts = _register(vector), []
        for _ in range(NARROW):
            parts.append(
                _read(builder, address_of(context, builder, signature.args[0], values, at), register, register)
            )
            at = builder.add(at, ir.Constant(at.type, NARROW))
        apart = NARROW // 2
        while apart:
            pairs = zip(parts[::2], parts[1::2], strict=True)
            parts, apart = [_folded(builder, *pair, apart) for pair in pairs], apart // 2
        return parts[0]

    return vector(array, numba.types.intp), generate


def _folded(builder: Any, left: Any, right: Any, apart: int) -> Any:
    """Of two vectors one: sums of lanes so far apart, the first one's before the second's."""
    lanes = [lane for lane in range(2 * NARROW) if lane % (2 * apart) < apart]
    kind = ir.VectorType(ir.IntType(32), NARROW)
    near, far = ([lane + further for lane in lanes] for further in (0, apart))
    return builder.fadd(*(builder.shuffle_vector(left, right, ir.Constant(kind, part)) for part in (near, far)))


def _slide(taps: int, apart: int = 1) -> Any:
    def typed(
        _context: Any, sums: Any, values: Any, _at: Any, _step: Any, filters: Any, _first: Any, _next: Any
    ) -> Any:
        register = _register(sums.dtype)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            before, values, at, step, filters, first, next_tap = arguments
            summed = cgutils.unpack_tuple(builder, before, len(sums))  # type: ignore[no-untyped-call]

            def read(argument: int, array: Any, start: Any, between: Any, count: int) -> list[Any]:
                read = []
                for _ in range(count):
                    address = address_of(context, builder, signature.args[argument], array, start)
                    read.append(_read(builder, address, register, register))
                    start = builder.add(start, between)
                return read

            weights = read(4, filters, first, next_tap, taps)
            for place, value in enumerate(read(1, values, at, step, (len(sums) - 1) * apart + taps)):
                for tap, weight in enumerate(weights):
                    pixel, between = divmod(place - tap, apart)
                    if 0 <= pixel < len(sums) and not between:
                        summed[pixel] = _call(builder, "fmuladd", register, value, weight, summed[pixel])
            return context.make_tuple(builder, signature.return_type, summed)

        count = numba.types.intp
        return sums(sums, values, count, count, filters, count, count), generate

    return typed


Load = Callable[[Floats, int], Vector]
Eight = tuple[Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector]
Slide = Callable[[Eight, Floats, int, int, Floats, int, int], Eight]
Both = Callable[[Vector, Vector], Vector]

load = cast(Load, intrinsic(_loader(NARROW)))
"""NARROW floats of an array from an index on."""
load_wide = cast(Load, intrinsic(_loader(WIDE)))
load_four = cast(Load, intrinsic(_loader(4)))
"""Four floats, for what comes by threes."""
fill = cast(Callable[[np.float32], Vector], intrinsic(_fill))
"""A narrow vector of one value."""
no_halves = cast(Callable[[], Vector], intrinsic(_no_halves))
"""A register of float16, all 0: what `slide_five`, `slide_seven` and `store` take with arrays of float16."""
store = cast(Callable[[Vector, Floats, int], None], intrinsic(_store))
add_product = cast(Callable[[Vector, Vector, Vector], Vector], intrinsic(_add_product))
"""total + left * right"""
add_scaled = cast(Callable[[Vector, Vector, Single, int], Vector], intrinsic(_add_scaled))
"""total + vector * array[index]"""
plus, minus, times, over = (cast(Both, intrinsic(_of_two(name))) for name in ("fadd", "fsub", "fmul", "fdiv"))
least, most = cast(Both, intrinsic(_of_two("minnum"))), cast(Both, intrinsic(_of_two("maxnum")))
root = cast(Callable[[Vector], Vector], intrinsic(_root))
"""Square root of what is not below 0."""
mirror = cast(Callable[[Vector], Vector], intrinsic(_mirror))
"""Its last lane first."""
size_within = cast(Both, intrinsic(_size))
"""Without its sign, and not beyond a bound that is above 0."""
total = cast(Callable[[Vector], np.float32], intrinsic(_sum))
"""Sum over the lanes."""
total_each = cast(Load, intrinsic(_sum_each))
"""`total` of each of NARROW vectors that follow each other in an array, by less than half as many instructions."""
slide_five, slide_seven = cast(Slide, intrinsic(_slide(5))), cast(Slide, intrinsic(_slide(7)))
"""Adds a row of taps of a filter to sums of pixels side by side: values from an index on, so far apart; taps too."""
slide_three, slide_three_by_two = cast(Slide, intrinsic(_slide(3))), cast(Slide, intrinsic(_slide(3, 2)))
"""The same; the second for every other pixel."""


@compiled_for_floats
def zeros_of(count: int) -> Single:
    """(count,) that begin where a line of the cache does: what lies across two is read in twice the time."""
    values = np.zeros(count + LINE, np.float32)
    first = -values.ctypes.data // 4 % LINE
    return values[first : first + count]


@compiled_for_floats
def halves_of(count: int) -> NDArray[np.uint16]:
    """The same of bfloat16, by their bits."""
    return zeros_of((count + 1) // 2).view(np.uint16)


def as_single(values: NDArray[np.floating[Any]]) -> Single:
    """Floats of 16 bits or 32 as those of 32; numpy converts one at a time."""
    if values.dtype != np.float16:
        return np.asarray(values, np.float32)
    whole = np.zeros(-(-values.size // LINE) * LINE, np.int16)
    whole[: values.size] = np.ascontiguousarray(values).view(np.int16).reshape(-1)
    out = np.empty(len(whole), np.float32)
    _widen(whole, out)
    return out[: values.size].reshape(values.shape)


@compiled_within
def _widen(halves: NDArray[np.int16], out: Single) -> None:
    for n in range(0, len(out), NARROW):
        store(load(halves, n), out, n)


@compiled_within
def store_eight(
    a: Vector,
    b: Vector,
    c: Vector,
    d: Vector,
    e: Vector,
    f: Vector,
    g: Vector,
    h: Vector,
    out: Floats,
    at: int,
    step: int,
) -> None:
    """Eight vectors, `step` numbers from one to the next."""
    store(a, out, at)
    store(b, out, at + step)
    store(c, out, at + 2 * step)
    store(d, out, at + 3 * step)
    store(e, out, at + 4 * step)
    store(f, out, at + 5 * step)
    store(g, out, at + 6 * step)
    store(h, out, at + 7 * step)
