"""The finger minutiae record of ISO/IEC 19794-2:2005 (record format) as bytes, in its own codes.

    record   "FMR" 0 " 20" 0, total length, device, width, height, x and y resolution, number of views, 0; views
    view     position, view number and impression, quality, number of minutiae; minutiae; extended data
    minutia  type and x, y, angle, quality: 6 bytes

`read` accepts exactly the bytes that `write` gives back unchanged, so reserved bits must be 0.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import UnreadableTemplate

LARGEST_RECORD = 65_536  # bytes; the standard allows more, no person's fingers need it
MOST_MINUTIAE = 255
LARGEST_COORDINATE = (1 << 14) - 1

_HEADER = struct.Struct(">4s4sIHHHHHBB")
_MAGIC, _VERSION = b"FMR\0", b" 20\0"
_VIEW = struct.Struct(">BBBB")
_LENGTH = struct.Struct(">H")
_MINUTIA = np.dtype([("type_x", ">u2"), ("y", ">u2"), ("angle", "u1"), ("quality", "u1")])
_COORDINATE_BITS = 14
_LAST_POSITION, _LAST_TYPE, _BEST_QUALITY = 10, 2, 100
_LEAST_RESOLUTION = 99  # pixels per cm

Codes = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class FingerView:
    """One view of one finger.

    position     finger position code 0..10
    number       view number 0..15
    impression   impression type code 0..15; 0 is live and plain
    quality      0..100
    type         (N,) 0 other, 1 ending, 2 bifurcation; N at most 255
    x, y         (N,) pixels at the record's resolution, inside its image
    angle        (N,) 0..255, anticlockwise on the page, in 1/256 turn
    qualities    (N,) 0..100, 0 where not reported
    extension    extended data, as it stands
    """

    position: int
    number: int
    impression: int
    quality: int
    type: Codes
    x: Codes
    y: Codes
    angle: Codes
    qualities: Codes
    extension: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class FingerRecord:
    """A record: the capture device's two bytes, image size in pixels, pixels per cm, and its views (1..255)."""

    device: int
    width: int
    height: int
    x_resolution: int
    y_resolution: int
    views: tuple[FingerView, ...]


def write(record: FingerRecord) -> bytes:
    """The bytes of a record."""
    views = b"".join(write_view(view) for view in record.views)
    numbers = (record.device, record.width, record.height, record.x_resolution, record.y_resolution)
    return _HEADER.pack(_MAGIC, _VERSION, _HEADER.size + len(views), *numbers, len(record.views), 0) + views


def read(data: bytes) -> FingerRecord:
    """The record that these bytes are; UnreadableTemplate, saying where, if they are not one."""
    require(_HEADER.size <= len(data) <= LARGEST_RECORD, f"{len(data)} bytes are not a record's length")
    magic, version, length, *numbers, count, reserved = _HEADER.unpack_from(data)
    require(magic == _MAGIC and version == _VERSION, "not a finger minutiae record of 2005")
    require(length == len(data), f"the record states {length} bytes and has {len(data)}")
    require(count > 0 and reserved == 0, "no views, or a reserved byte that is not 0")
    device, width, height, x_resolution, y_resolution = numbers
    require(min(width, height) > 0, "the image has no size")
    require(min(x_resolution, y_resolution) >= _LEAST_RESOLUTION, "the resolution is below the standard's least")
    views, place = [], _HEADER.size
    for _ in range(count):
        view, place = read_view(data, place, width, height)
        views.append(view)
    require(place == len(data), f"{len(data) - place} bytes follow the last view")
    return FingerRecord(device, width, height, x_resolution, y_resolution, tuple(views))


def write_view(view: FingerView) -> bytes:
    """The bytes of one view; ANSI INCITS 378-2004 has the same."""
    rows = np.zeros(len(view.x), _MINUTIA)
    rows["type_x"] = view.type << _COORDINATE_BITS | view.x
    rows["y"], rows["angle"], rows["quality"] = view.y, view.angle, view.qualities
    head = _VIEW.pack(view.position, view.number << 4 | view.impression, view.quality, len(rows))
    return head + rows.tobytes() + _LENGTH.pack(len(view.extension)) + view.extension


def read_view(data: bytes, place: int, width: int, height: int) -> tuple[FingerView, int]:
    """The view that begins at `place`, and where the next one does; UnreadableTemplate if none does."""
    head, place = slice_of(data, place, _VIEW.size)
    position, number_and_impression, quality, count = _VIEW.unpack(head)
    require(position <= _LAST_POSITION, f"{position} is not a finger position")
    require(quality <= _BEST_QUALITY, f"{quality} is not a finger quality")
    body, place = slice_of(data, place, count * _MINUTIA.itemsize)
    rows = np.frombuffer(body, _MINUTIA)
    kinds, x = np.divmod(rows["type_x"].astype(np.uint16), 1 << _COORDINATE_BITS)
    y = rows["y"].astype(np.uint16)
    require(bool(np.all(kinds <= _LAST_TYPE)), "a minutia has no known type")
    require(bool(np.all(x < width) and np.all(y < height)), "a minutia lies outside the image")
    require(bool(np.all(rows["quality"] <= _BEST_QUALITY)), "a minutia's quality is above 100")
    length, place = slice_of(data, place, _LENGTH.size)
    extension, place = slice_of(data, place, *_LENGTH.unpack(length))
    view = FingerView(
        position=position,
        number=number_and_impression >> 4,
        impression=number_and_impression & 15,
        quality=quality,
        type=kinds,
        x=x,
        y=y,
        angle=rows["angle"].astype(np.uint16),
        qualities=rows["quality"].astype(np.uint16),
        extension=extension,
    )
    return view, place


def slice_of(data: bytes, place: int, length: int) -> tuple[bytes, int]:
    """So many bytes from `place`, and where they end; UnreadableTemplate where there are fewer."""
    require(place + length <= len(data), f"the record ends within the {length} bytes at {place}")
    return data[place : place + length], place + length


def require(condition: bool, otherwise: str) -> None:
    """UnreadableTemplate, with this as its reason, unless the condition holds."""
    if not condition:
        raise UnreadableTemplate(otherwise)
