"""The finger minutiae record of ISO/IEC 19794-2:2011 (record format) as bytes, in its own codes.

    record           "FMR" 0 "030" 0, total length, number of representations, whether they tell certificates
    representation   its length; date and time, technology, vendor and id of the device; qualities; certificates;
                     position, number, x and y resolution, impression, width, height,
                     bytes a minutia and kind of endings, number of minutiae; minutiae; extended data
    minutia          type and x, y, angle: 5 bytes; quality as the sixth where it is told

`read` accepts exactly the bytes that `write` gives back unchanged.
"""

import struct
from dataclasses import dataclass

import numpy as np

from handfast.finger.records.iso_record_2005 import LARGEST_RECORD, require, slice_of
from handfast.finger.records.units import Codes

UNKNOWN_TIME = b"\xff" * 9
QUALITY_NOT_TOLD, QUALITY_FAILED = 254, 255

_HEADER = struct.Struct(">4s4sIHB")
_MAGIC, _VERSION = b"FMR\0", b"030\0"
_LENGTH = struct.Struct(">I")
_DEVICE = struct.Struct(">9sBHH")
_QUALITY, _CERTIFICATE = struct.Struct(">BHH"), struct.Struct(">HB")
_IMAGE = struct.Struct(">BBHHBHHBB")
_EXTENSION = struct.Struct(">H")
_MINUTIA = np.dtype([("type_x", ">u2"), ("y", ">u2"), ("angle", "u1")])
_MINUTIA_WITH_QUALITY = np.dtype([*_MINUTIA.descr, ("quality", "u1")])
_COORDINATE_BITS = 14
_LAST_POSITION, _LAST_TYPE, _BEST_QUALITY = 10, 2, 100
_LEAST_RESOLUTION = 99  # pixels per cm
_MOST_SIDE = 1 << _COORDINATE_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Representation:
    """One view of one finger.

    time           9 bytes of date and time, all FF where not told
    device         (technology, vendor, id); technology 3 is contactless under white light
    qualities      of the finger: (0..100 or 255, vendor, algorithm) each
    certificates   (authority, scheme) each; None where the record tells none of any
    position       finger position code 0..10
    number         of the view, 0..255
    impression     impression type code; 0 live and plain, 24 live, plain and contactless
    width, height, x_resolution, y_resolution   of the image, pixels and pixels per cm
    endings        0..15, where on a ridge ending a minutia is put
    type           (N,) 0 other, 1 ending, 2 bifurcation; N at most 255
    x, y           (N,) pixels inside the image
    angle          (N,) 0..255, anticlockwise on the page, in 1/256 turn
    quality        (N,) 0..100, 254 not told, 255 failed; None where the minutiae have no such byte
    extension      extended data, as it stands
    """

    time: bytes
    device: tuple[int, int, int]
    qualities: tuple[tuple[int, int, int], ...]
    certificates: tuple[tuple[int, int], ...] | None
    position: int
    number: int
    impression: int
    width: int
    height: int
    x_resolution: int
    y_resolution: int
    endings: int
    type: Codes
    x: Codes
    y: Codes
    angle: Codes
    quality: Codes | None
    extension: bytes = b""


Record = tuple[Representation, ...]
"""One representation or more; all tell certificates or none does."""


def write(record: Record) -> bytes:
    """The bytes of a record."""
    parts = b"".join(_write(each) for each in record)
    certified = record[0].certificates is not None
    return _HEADER.pack(_MAGIC, _VERSION, _HEADER.size + len(parts), len(record), certified) + parts


def read(data: bytes) -> Record:
    """The record that these bytes are; UnreadableTemplate, saying where, if they are not one."""
    require(_HEADER.size <= len(data) <= LARGEST_RECORD, f"{len(data)} bytes are not a record's length")
    magic, version, length, count, certified = _HEADER.unpack_from(data)
    require(magic == _MAGIC and version == _VERSION, "not a finger minutiae record of 2011")
    require(length == len(data), f"the record states {length} bytes and has {len(data)}")
    require(count > 0 and certified <= 1, "no representations, or a flag that is neither 0 nor 1")
    found, place = [], _HEADER.size
    for _ in range(count):
        head, after = slice_of(data, place, _LENGTH.size)
        (stated,) = _LENGTH.unpack(head)
        require(stated >= _LENGTH.size, "a representation is shorter than its own length field")
        body, place = slice_of(data, after, stated - _LENGTH.size)
        found.append(_read(body, bool(certified)))
    require(place == len(data), f"{len(data) - place} bytes follow the last representation")
    return tuple(found)


def _write(each: Representation) -> bytes:
    body = _DEVICE.pack(each.time, *each.device)
    body += bytes([len(each.qualities)]) + b"".join(_QUALITY.pack(*block) for block in each.qualities)
    if each.certificates is not None:
        body += bytes([len(each.certificates)]) + b"".join(_CERTIFICATE.pack(*block) for block in each.certificates)
    rows = np.zeros(len(each.x), _MINUTIA if each.quality is None else _MINUTIA_WITH_QUALITY)
    rows["type_x"] = each.type << _COORDINATE_BITS | each.x
    rows["y"], rows["angle"] = each.y, each.angle
    if each.quality is not None:
        rows["quality"] = each.quality
    form = rows.itemsize << 4 | each.endings
    place = (each.position, each.number, each.x_resolution, each.y_resolution, each.impression)
    body += _IMAGE.pack(*place, each.width, each.height, form, len(rows)) + rows.tobytes()
    body += _EXTENSION.pack(len(each.extension)) + each.extension
    return _LENGTH.pack(_LENGTH.size + len(body)) + body


def _read(body: bytes, certified: bool) -> Representation:
    head, place = slice_of(body, 0, _DEVICE.size)
    time, *device = _DEVICE.unpack(head)
    qualities, place = _blocks(body, place, _QUALITY)
    good = all(value <= _BEST_QUALITY or value == QUALITY_FAILED for value, *_ in qualities)
    require(good, "a finger's quality is neither 0..100 nor 255")
    certificates, place = _blocks(body, place, _CERTIFICATE) if certified else (None, place)
    head, place = slice_of(body, place, _IMAGE.size)
    position, number, x_resolution, y_resolution, impression, width, height, form, count = _IMAGE.unpack(head)
    require(position <= _LAST_POSITION, f"{position} is not a finger position")
    require(min(x_resolution, y_resolution) >= _LEAST_RESOLUTION, "the resolution is below the standard's least")
    require(0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE, f"{width} x {height} is no image size")
    require(form >> 4 in (_MINUTIA.itemsize, _MINUTIA_WITH_QUALITY.itemsize), "minutiae have neither 5 nor 6 bytes")
    kind = _MINUTIA if form >> 4 == _MINUTIA.itemsize else _MINUTIA_WITH_QUALITY
    table, place = slice_of(body, place, count * kind.itemsize)
    extension, place = slice_of(body, place, _EXTENSION.size)
    extension, place = slice_of(body, place, *_EXTENSION.unpack(extension))
    require(place == len(body), f"{len(body) - place} bytes follow the extended data")
    kinds, x, y, angle, quality = _columns(np.frombuffer(table, kind), width, height)
    return Representation(
        time=time,
        device=(device[0], device[1], device[2]),
        qualities=tuple((block[0], block[1], block[2]) for block in qualities),
        certificates=None if certificates is None else tuple((block[0], block[1]) for block in certificates),
        position=position,
        number=number,
        impression=impression,
        width=width,
        height=height,
        x_resolution=x_resolution,
        y_resolution=y_resolution,
        endings=form & 15,
        type=kinds,
        x=x,
        y=y,
        angle=angle,
        quality=quality,
        extension=extension,
    )


def _blocks(body: bytes, place: int, form: struct.Struct) -> tuple[tuple[tuple[int, ...], ...], int]:
    """A counted list of blocks, and where it ends."""
    head, place = slice_of(body, place, 1)
    table, place = slice_of(body, place, head[0] * form.size)
    return tuple(form.iter_unpack(table)), place


def _columns(
    rows: "np.ndarray[tuple[int], np.dtype[np.void]]", width: int, height: int
) -> tuple[Codes, Codes, Codes, Codes, Codes | None]:
    """Type, x, y, angle and quality of the minutiae of a table."""
    kinds, x = np.divmod(rows["type_x"].astype(np.uint16), 1 << _COORDINATE_BITS)
    y = rows["y"].astype(np.uint16)
    require(bool(np.all(kinds <= _LAST_TYPE)), "a minutia has no known type")
    require(bool(np.all(x < width) and np.all(y < height)), "a minutia lies outside the image")
    if "quality" not in (rows.dtype.names or ()):
        return kinds, x, y, rows["angle"].astype(np.uint16), None
    quality = rows["quality"].astype(np.uint16)
    told = (quality <= _BEST_QUALITY) | (quality >= QUALITY_NOT_TOLD)
    require(bool(np.all(told)), "a minutia's quality is neither 0..100 nor 254 nor 255")
    return kinds, x, y, rows["angle"].astype(np.uint16), quality
