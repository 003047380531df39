"""Messages between the server and the matcher: lengths first, JSON and raw bytes after, and nothing that runs.

A message is three numbers (bytes of JSON, count of blobs), the blobs' lengths, the JSON, the blobs. In the JSON a blob
is {"b": which}. Values are read strictly as the types that the reader expects, down to each field of a dataclass; the
writer cannot name a type, only one of those that the reader offers there.
"""

import json
import math
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

MOST_BYTES = 64 << 20  # of one message
MOST_BLOBS = 100_000
_HEAD = struct.Struct("<II")
_LENGTH = struct.Struct("<I")

Blobs = Sequence[bytes]
Plain = Any
"""What JSON knows."""
Write = Callable[[Any, list[bytes]], Plain]
Read = Callable[[Plain, Blobs], Any]


class Garbled(Exception):
    """A message is not what was agreed on; whoever sent it is not listened to any more."""


def send(to: socket.socket, message: Plain, blobs: Blobs) -> None:
    """Send one message. Raises OSError, Garbled where it is too long."""
    text = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    lengths = b"".join(_LENGTH.pack(len(blob)) for blob in blobs)
    whole = b"".join((_HEAD.pack(len(text), len(blobs)), lengths, text, *blobs))
    if len(whole) > MOST_BYTES or len(blobs) > MOST_BLOBS:
        raise Garbled("this is too much for one message")
    to.sendall(whole)


def receive(source: socket.socket) -> tuple[Plain, tuple[bytes, ...]] | None:
    """The next message; None where the other side has ended. Raises OSError, Garbled."""
    head = _exactly(source, _HEAD.size, may_end=True)
    if head is None:
        return None
    text_bytes, count = _HEAD.unpack(head)
    if text_bytes > MOST_BYTES or count > MOST_BLOBS:
        raise Garbled("a message is too long")
    lengths = [n for (n,) in _LENGTH.iter_unpack(_exactly(source, _LENGTH.size * count) or b"")]
    if text_bytes + sum(lengths) > MOST_BYTES:
        raise Garbled("a message is too long")
    try:
        message = json.loads(_exactly(source, text_bytes) or b"")
    except (ValueError, RecursionError) as error:
        raise Garbled("a message is no JSON") from error
    return message, tuple(_exactly(source, n) or b"" for n in lengths)


def _exactly(source: socket.socket, count: int, *, may_end: bool = False) -> bytes | None:
    held = bytearray(count)
    view, at = memoryview(held), 0
    while at < count:
        got = source.recv_into(view[at:])
        if not got:
            if may_end and at == 0:
                return None
            raise Garbled("a message is cut short")
        at += got
    return bytes(held)


@cache
def writer(kind: Any) -> Write:
    """What turns values of this type into JSON and blobs."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is bytes:
        return _write_blob
    if kind in (str, int, float, bool, NoneType):
        return lambda value, _blobs: value
    if kind in (date, datetime):
        return lambda value, _blobs: value.isoformat()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value, _blobs: value.value
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = [(f.name, writer(hints[f.name])) for f in fields(kind) if f.init]
        return lambda value, blobs: [write(getattr(value, name), blobs) for name, write in parts]
    if origin in (Union, UnionType):
        return _write_choice(inner)
    if origin is tuple and not (len(inner) == 2 and inner[1] is ...):
        each = [writer(one) for one in inner]
        return lambda value, blobs: [write(one, blobs) for write, one in zip(each, value, strict=True)]
    if origin in (tuple, Sequence, frozenset):
        one = writer(inner[0])
        return lambda value, blobs: [one(item, blobs) for item in value]
    if origin is Mapping:
        key, item = writer(inner[0]), writer(inner[1])
        return lambda value, blobs: [[key(k, blobs), item(v, blobs)] for k, v in value.items()]
    raise TypeError(f"{kind} does not go over the wire")


@cache
def reader(kind: Any) -> Read:
    """What makes values of this type from JSON and blobs; Garbled for anything else."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is bytes:
        return _read_blob
    if kind is float:
        return _read_float
    if kind in (str, int, bool, NoneType):
        return lambda plain, _blobs: _typed(plain, kind)
    if kind in (date, datetime):
        return lambda plain, _blobs: _made(kind.fromisoformat, _typed(plain, str))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda plain, _blobs: _made(kind, plain)
    if isinstance(kind, type) and is_dataclass(kind):
        hints, make_one = get_type_hints(kind), cast(Callable[..., Any], kind)
        each = [reader(hints[f.name]) for f in fields(kind) if f.init]
        return lambda plain, blobs: _made(make_one, *_all(each, plain, blobs))
    if origin in (Union, UnionType):
        return _read_choice(inner)
    if origin is tuple and not (len(inner) == 2 and inner[1] is ...):
        parts = [reader(one) for one in inner]
        return lambda plain, blobs: tuple(_all(parts, plain, blobs))
    if origin in (tuple, Sequence, frozenset):
        one, make = reader(inner[0]), frozenset if origin is frozenset else tuple
        return lambda plain, blobs: make(one(item, blobs) for item in _typed(plain, list))
    if origin is Mapping:
        pair = [reader(inner[0]), reader(inner[1])]
        return lambda plain, blobs: MappingProxyType(dict(_all(pair, item, blobs) for item in _typed(plain, list)))
    raise TypeError(f"{kind} does not go over the wire")


def _write_blob(value: bytes, blobs: list[bytes]) -> Plain:
    blobs.append(value)
    return {"b": len(blobs) - 1}


def _read_blob(plain: Plain, blobs: Blobs) -> bytes:
    which = plain.get("b") if isinstance(plain, dict) and len(plain) == 1 else None
    if type(which) is not int or not 0 <= which < len(blobs):
        raise Garbled("bytes are missing")
    return blobs[which]


def _read_float(plain: Plain, _blobs: Blobs) -> float:
    if type(plain) not in (int, float) or not math.isfinite(plain):
        raise Garbled("a number is missing")
    return float(plain)


def _write_choice(inner: tuple[Any, ...]) -> Write:
    """One of several types: which of them, and the value."""
    by_type = [(_class_of(kind), number, writer(kind)) for number, kind in enumerate(inner)]

    def write(value: Any, blobs: list[bytes]) -> Plain:
        for kind, number, one in by_type:
            if isinstance(value, kind):
                return [number, one(value, blobs)]
        raise TypeError(f"{type(value)} is none of {inner}")

    return write


def _read_choice(inner: tuple[Any, ...]) -> Read:
    each = [reader(kind) for kind in inner]

    def read(plain: Plain, blobs: Blobs) -> Any:
        number, value = _pair(plain)
        if type(number) is not int or not 0 <= number < len(each):
            raise Garbled("there is no such choice")
        return each[number](value, blobs)

    return read


def _class_of(kind: Any) -> type:
    found = get_origin(kind) or kind
    return found if isinstance(found, type) else object


def _pair(plain: Plain) -> tuple[Plain, Plain]:
    if not isinstance(plain, list) or len(plain) != 2:
        raise Garbled("a pair is missing")
    return plain[0], plain[1]


def _all(each: Sequence[Read], plain: Plain, blobs: Blobs) -> list[Any]:
    if not isinstance(plain, list) or len(plain) != len(each):
        raise Garbled("a part is missing or one too many")
    return [read(item, blobs) for read, item in zip(each, plain, strict=True)]


def _typed(plain: Plain, kind: type) -> Any:
    if type(plain) is not kind:
        raise Garbled(f"this is no {kind.__name__}")
    return plain


def _made(make: Callable[..., Any], *parts: Any) -> Any:
    try:
        return make(*parts)
    except (ValueError, TypeError, KeyError) as error:
        raise Garbled("a value is not allowed there") from error
