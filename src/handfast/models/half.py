"""LiteRT models computed in float16, through the C interface of LiteRT 2.3 (litert/c of google-ai-edge/LiteRT).

XNNPACK, which computes for LiteRT on processors, has kernels in float16 that only an option asks for, and only compiled
models take options. The package's own Python class for these holds the interpreter's lock while a model runs, opens a
library for graphics processors, and prints paths to the standard error; in C an environment is told to do neither.
"""

import ctypes
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_void_p
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import ai_edge_litert
import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import SetupError
from handfast.imaging.packing import aligned
from handfast.imaging.processor import computes_with

_PROCESSOR = 1  # LiteRtHwAccelerators
_ACCELERATORS, _LEAST_SEVERITY = 24, 25  # tags of options of an environment
_INTEGER = 2  # type of an option's value
_SILENT = 4
_RUN_IN_FLOAT16 = b"num_threads = 1\nflags = 4\n"  # TFLITE_XNNPACK_DELEGATE_FLAG_FORCE_FP16
_MOST_DIMENSIONS = 8
_SLACK = 64  # values after an array, of which XNNPACK may read some with its last

_HANDLE = POINTER(c_void_p)
_TAKES: dict[str, tuple[Any, ...]] = {
    "CreateEnvironment": (c_int, c_void_p, _HANDLE),
    "CreateModelFromBuffer": (c_void_p, c_char_p, c_size_t, _HANDLE),
    "CreateOptions": (_HANDLE,),
    "SetOptionsHardwareAccelerators": (c_void_p, c_int),
    "CreateOpaqueOptions": (c_char_p, c_void_p, c_void_p, _HANDLE),
    "AddOpaqueOptions": (c_void_p, c_void_p),
    "CreateCompiledModel": (c_void_p, c_void_p, c_void_p, _HANDLE),
    "GetModelSignature": (c_void_p, c_size_t, _HANDLE),
    "GetSignatureInputTensorByIndex": (c_void_p, c_size_t, _HANDLE),
    "GetNumSignatureOutputs": (c_void_p, POINTER(c_size_t)),
    "GetSignatureOutputName": (c_void_p, c_size_t, POINTER(c_char_p)),
    "GetSignatureOutputTensorByIndex": (c_void_p, c_size_t, _HANDLE),
    "GetRankedTensorType": (c_void_p, c_void_p),
    "CreateTensorBufferFromHostMemory": (c_void_p, c_void_p, c_size_t, c_void_p, _HANDLE),
    "RunCompiledModel": (c_void_p, c_size_t, c_size_t, c_void_p, c_size_t, c_void_p),
    "DestroyTensorBuffer": (c_void_p,),
    "DestroyCompiledModel": (c_void_p,),
    "DestroyOptions": (c_void_p,),
    "DestroyModel": (c_void_p,),
}


class _Value(ctypes.Structure):
    _fields_ = (("type", c_int), ("value", c_int64))


class _Option(ctypes.Structure):
    _fields_ = (("tag", c_int), ("value", _Value))


class _TensorType(ctypes.Structure):
    """rank: in its lower seven bits."""

    _fields_ = (
        ("element", c_int),
        ("rank", c_uint32),
        ("sizes", c_uint32 * _MOST_DIMENSIONS),
        ("strides", c_uint32 * _MOST_DIMENSIONS),
    )


def available() -> bool:
    """Whether the processor computes in float16; see `computes_with`."""
    return computes_with("avx512fp16")


class HalfRun:
    """One compiled model with one input, and its memory. For one thread at a time; others run meanwhile."""

    def __init__(self, content: bytes) -> None:
        """Raises SetupError where LiteRT cannot compile the model for float16."""
        self._content = content  # read where it lies
        model = _made("CreateModelFromBuffer", _environment(), content, len(content))
        with _options() as options:
            self._compiled = _made("CreateCompiledModel", _environment(), model, options)
        signature = _made("GetModelSignature", model, 0)
        self._input, of_input = _buffer(_made("GetSignatureInputTensorByIndex", signature, 0))
        self._outputs, of_outputs = _outputs(signature)
        self._inputs_given, self._outputs_given = (c_void_p * 1)(of_input), (c_void_p * len(of_outputs))(*of_outputs)
        weakref.finalize(self, _destroy, self._compiled, model, (of_input, *of_outputs)).atexit = False

    def __call__(self, batch: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Outputs by name, copied out, for one input of the model's own shape."""
        np.copyto(self._input, batch)
        given, back = self._inputs_given, self._outputs_given
        _call("RunCompiledModel", self._compiled, 0, len(given), given, len(back), back)
        return {name: values.copy() for name, values in self._outputs.items()}


@cache
def _environment() -> c_void_p:
    """One for all models, which knows no accelerator but the processor and prints nothing."""
    options = (_Option * 2)(
        _Option(_ACCELERATORS, _Value(_INTEGER, _PROCESSOR)), _Option(_LEAST_SEVERITY, _Value(_INTEGER, _SILENT))
    )
    return _made("CreateEnvironment", len(options), options)


@contextmanager
def _options() -> Iterator[c_void_p]:
    options = _made("CreateOptions")
    try:
        _call("SetOptionsHardwareAccelerators", options, _PROCESSOR)
        system = ctypes.CDLL(None)
        system.strdup.restype = c_void_p
        text = c_void_p(system.strdup(_RUN_IN_FLOAT16))
        _call("AddOpaqueOptions", options, _made("CreateOpaqueOptions", b"xnnpack", text, system.free))
        yield options
    finally:
        _call("DestroyOptions", options)


def _outputs(signature: c_void_p) -> tuple[dict[str, NDArray[np.float32]], list[c_void_p]]:
    count, name = c_size_t(), c_char_p()
    _call("GetNumSignatureOutputs", signature, byref(count))
    arrays, buffers = {}, []
    for number in range(count.value):
        _call("GetSignatureOutputName", signature, number, byref(name))
        array, buffer = _buffer(_made("GetSignatureOutputTensorByIndex", signature, number))
        arrays[(name.value or b"").decode()] = array
        buffers.append(buffer)
    return arrays, buffers


def _buffer(tensor: c_void_p) -> tuple[NDArray[np.float32], c_void_p]:
    """Memory for a tensor, as an array of its shape and as LiteRT knows it."""
    kind = _TensorType()
    _call("GetRankedTensorType", tensor, byref(kind))
    shape = tuple(kind.sizes[: kind.rank & 0x7F])
    values = aligned(prod(shape) + _SLACK)[: prod(shape)].reshape(shape)
    where = c_void_p(values.ctypes.data)
    return values, _made("CreateTensorBufferFromHostMemory", byref(kind), where, values.nbytes, None)


def _destroy(compiled: c_void_p, model: c_void_p, buffers: tuple[c_void_p, ...]) -> None:
    for buffer in buffers:
        _call("DestroyTensorBuffer", buffer)
    _call("DestroyCompiledModel", compiled)
    _call("DestroyModel", model)


def _made(name: str, *arguments: Any) -> c_void_p:
    """What a function of LiteRT makes, which it puts where its last argument points to."""
    made = c_void_p()
    _call(name, *arguments, byref(made))
    return made


def _call(name: str, *arguments: Any) -> None:
    status = getattr(_library(), f"LiteRt{name}")(*arguments)
    if status:
        raise SetupError(f"LiteRt{name} of ai-edge-litert gave {status}")


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(Path(ai_edge_litert.__file__).parent / "libLiteRt.so"))
    for name, takes in _TAKES.items():
        function = getattr(library, f"LiteRt{name}")
        function.argtypes, function.restype = takes, None if name.startswith("Destroy") else c_int
    return library
