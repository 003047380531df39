"""Matrix products on tiles (AMX) for compiled code: 32 pixels by 32 columns at a time, of bfloat16, summed in float32.

A bfloat16 is the upper half of a float32; here arrays of uint16 hold them. Tiles are registers of 16 rows of 64 bytes:
four hold sums, two hold pixels, two hold weights. `configure` comes before any of it, `release` after.
"""

import ctypes
from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic
from numpy.typing import NDArray

from handfast.imaging.processor import computes_with
from handfast.imaging.vectors import NARROW, Vector, address_of, function_of, vector_of

Half = NDArray[np.uint16]
Single = NDArray[np.float32]

SIDE = 32  # pixels and columns of a product
DEPTH = 32  # what it sums over at a time: a tile's row
_NEEDED = ("amx-tile", "amx-bf16", "avx512bf16", "avx512fp16")
_PRCTL, _REQUEST, _TILES = 158, 0x1023, 18  # arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) of Linux on x86-64

_BYTE, _WORD, _NOTHING = ir.IntType(8), ir.IntType(64), ir.VoidType()
_POINTER = _BYTE.as_pointer()
_ROW = 16 * 4  # bytes


def available() -> bool:
    """Whether processor and system let this process use tiles; Linux gives their room on request only.

    Not where numba is told which processor to compile for.
    """
    if not computes_with(*_NEEDED):
        return False
    return int(ctypes.CDLL(None).syscall(_PRCTL, _REQUEST, _TILES)) == 0


def _configuration() -> NDArray[np.uint8]:
    """Eight tiles, each of 16 rows of 64 bytes, in palette 1."""
    layout = np.zeros(64, np.uint8)
    layout[0], layout[16:32:2], layout[48:56] = 1, _ROW, 16
    return layout


CONFIGURATION = _configuration()


class _BFloat(ir.HalfType):  # type: ignore[misc]  # llvmlite has no types
    """llvmlite has no name for it."""

    intrinsic_name = "bf16"

    def __str__(self) -> str:
        return "bfloat"


_BFloat._create_instance()


def _tile(builder: Any, name: str, *given: Any) -> None:
    """Tile numbers are ints, the others values."""
    values = [ir.Constant(_BYTE, value) if isinstance(value, int) else value for value in given]
    kind = ir.FunctionType(_NOTHING, [value.type for value in values])
    builder.call(function_of(builder, f"llvm.x86.{name}", kind), values)


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.bitcast(address_of(context, builder, array_type, array, index), _POINTER)


def _beyond(builder: Any, pointer: Any, count: Any) -> Any:
    """So many bytes further on."""
    return builder.gep(pointer, [count])


def _bytes(count: int) -> Any:
    return ir.Constant(_WORD, count)


def _configure(_context: Any, layout: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _tile(builder, "ldtilecfg", _pointer(context, builder, signature.args[0], arguments[0], _bytes(0)))
        return context.get_dummy_value()

    return numba.types.void(layout), generate


def _release(_context: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        _tile(builder, "tilerelease")
        return context.get_dummy_value()

    return numba.types.void(), generate


def _begin(columns: int) -> Any:
    def typed(_context: Any, bias: Any, _at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            start = _pointer(context, builder, signature.args[0], *arguments)
            for tile in range(0, 4, SIDE // columns):
                _tile(builder, "tileloadd64", tile, _beyond(builder, start, _bytes(tile % 2 * _ROW)), _bytes(0))
            return context.get_dummy_value()

        return numba.types.void(bias, numba.types.intp), generate

    return typed


def _begin_empty(_context: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        for tile in range(4):
            _tile(builder, "tilezero", tile)
        return context.get_dummy_value()

    return numba.types.void(), generate


def _add(columns: int) -> Any:
    def typed(_context: Any, rows: Any, _at: Any, _step: Any, weights: Any, _from: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            values, at, step, packed, first = arguments
            stride = builder.mul(step, _bytes(2))
            pixels = _pointer(context, builder, signature.args[0], values, at)
            left = _pointer(context, builder, signature.args[3], packed, first)
            _tile(builder, "tileloadd64", 6, left, _bytes(_ROW))
            if columns == SIDE:
                _tile(builder, "tileloadd64", 7, _beyond(builder, left, _bytes(16 * _ROW)), _bytes(_ROW))
            for below in range(2):
                _tile(builder, "tileloadd64", 4 + below, pixels, stride)
                for tile in range(columns // 16):
                    _tile(builder, "tdpbf16ps", 2 * below + tile, 4 + below, 6 + tile)
                pixels = _beyond(builder, pixels, builder.mul(stride, _bytes(16)))
            return context.get_dummy_value()

        count = numba.types.intp
        return numba.types.void(rows, count, count, weights, count), generate

    return typed


def _end(columns: int) -> Any:
    def typed(_context: Any, out: Any, _at: Any, _step: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            values, at, step = arguments
            stride = builder.mul(step, _bytes(4))
            start = _pointer(context, builder, signature.args[0], values, at)
            for below in range(2):
                for tile in range(columns // 16):
                    _tile(
                        builder, "tilestored64", 2 * below + tile, _beyond(builder, start, _bytes(tile * _ROW)), stride
                    )
                start = _beyond(builder, start, builder.mul(stride, _bytes(16)))
            return context.get_dummy_value()

        count = numba.types.intp
        return numba.types.void(out, count, count), generate

    return typed


def _store_halves(_context: Any, _low: Any, _high: Any, out: Any, _at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        low, high, values, at = arguments
        kind = ir.FunctionType(ir.VectorType(_BFloat(), 2 * NARROW), [high.type, low.type])
        narrowed = builder.call(function_of(builder, "llvm.x86.avx512bf16.cvtne2ps2bf16.512", kind), [high, low])
        address = address_of(context, builder, signature.args[2], values, at)
        stored = builder.store(narrowed, builder.bitcast(address, narrowed.type.as_pointer()))
        stored.align = 2
        return context.get_dummy_value()

    vector = vector_of(NARROW)
    return numba.types.void(vector, vector, out, numba.types.intp), generate


configure = cast(Callable[[NDArray[np.uint8]], None], intrinsic(_configure))
"""How tiles are laid out: CONFIGURATION."""
release = cast(Callable[[], None], intrinsic(_release))
"""Tiles are used no more."""
Begin = Callable[[Single, int], None]
Add = Callable[[Half, int, int, Half, int], None]
End = Callable[[Single, int, int], None]

begin, begin_narrow = (cast(Begin, intrinsic(_begin(columns))) for columns in (SIDE, SIDE // 2))
"""A product begins: numbers from an index on, one for each of SIDE columns, or of half as many."""
begin_empty = cast(Callable[[], None], intrinsic(_begin_empty))
"""A product of SIDE columns begins at 0, which is quicker."""
add, add_narrow = (cast(Add, intrinsic(_add(columns))) for columns in (SIDE, SIDE // 2))
"""Adds DEPTH values of each of SIDE pixels, from an index on and so many values from pixel to pixel, times weights."""
end, end_narrow = (cast(End, intrinsic(_end(columns))) for columns in (SIDE, SIDE // 2))
"""Stores the product from an index on, pixels so many floats apart."""
store_halves = cast(Callable[[Vector, Vector, Half, int], None], intrinsic(_store_halves))
"""Two narrow vectors after one another as bfloat16, rounded to nearest."""
