"""The finger minutiae record of ANSI INCITS 378-2004 as bytes, in its own codes.

    record   "FMR" 0 " 20" 0, total length (2 bytes), CBEFF owner and type, capture equipment, width, height,
             x and y resolution, number of views, 0; views, which are those of ISO/IEC 19794-2:2005

Both standards begin with the same eight bytes; the length that follows tells them apart, for no record of ours is
so long (64 kB) that its length takes this standard's six bytes. `read` accepts exactly the bytes that `write` gives
back unchanged.
"""

import struct
from dataclasses import dataclass

from handfast.finger.records.iso_record_2005 import FingerView, read_view, require, write_view

LARGEST_RECORD = (1 << 16) - 1  # bytes
ANGLES = 180  # codes of a full turn

_HEADER = struct.Struct(">4s4sHHHHHHHHBB")
_MAGIC, _VERSION = b"FMR\0", b" 20\0"


@dataclass(frozen=True, slots=True, eq=False)
class AnsiRecord:
    """A record: who made it (CBEFF owner and type), the capture equipment's two bytes (compliance and id), image size
    in pixels, pixels per cm, and its views (1..255), whose angles are in steps of 2 degrees."""

    owner: int
    product: int
    equipment: int
    width: int
    height: int
    x_resolution: int
    y_resolution: int
    views: tuple[FingerView, ...]


def write(record: AnsiRecord) -> bytes:
    """The bytes of a record."""
    views = b"".join(write_view(view) for view in record.views)
    size = (record.width, record.height, record.x_resolution, record.y_resolution)
    numbers = (record.owner, record.product, record.equipment, *size)
    return _HEADER.pack(_MAGIC, _VERSION, _HEADER.size + len(views), *numbers, len(record.views), 0) + views


def read(data: bytes) -> AnsiRecord:
    """The record that these bytes are; UnreadableTemplate, saying where, if they are not one."""
    require(_HEADER.size <= len(data) <= LARGEST_RECORD, f"{len(data)} bytes are not a record's length")
    magic, version, length, *numbers, count, reserved = _HEADER.unpack_from(data)
    require(magic == _MAGIC and version == _VERSION, "not a finger minutiae record of 2004")
    require(length == len(data), f"the record states {length} bytes and has {len(data)}")
    require(count > 0 and reserved == 0, "no views, or a reserved byte that is not 0")
    owner, product, equipment, width, height, x_resolution, y_resolution = numbers
    require(min(width, height) > 0, "the image has no size")
    require(min(x_resolution, y_resolution) > 0, "the image has no resolution")
    views, place = [], _HEADER.size
    for _ in range(count):
        view, place = read_view(data, place, width, height)
        require(bool((view.angle < ANGLES).all()), "a minutia's angle is a full turn or more")
        views.append(view)
    require(place == len(data), f"{len(data) - place} bytes follow the last view")
    return AnsiRecord(owner, product, equipment, width, height, x_resolution, y_resolution, tuple(views))
