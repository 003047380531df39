"""Fingerprint pictures as WSQ (IAFIS-IC-0110v3): written, and their header checked before anything is decoded.

The one decoder that can be had dies on damaged files, so decoding belongs into a process of its own: lab/sets/wsq.py.
"""

import struct

import _wsq  # of the package `wsq`, without registering it with Pillow, which would then read strangers' WSQ
import numpy as np

from handfast.base.errors import ImageTooLarge, UnreadableImage
from handfast.base.image import GrayImage

START = b"\xff\xa0"
MAX_PIXELS = 4_000_000  # a hand's four fingers at 500 ppi are 2.5 million
MAX_BYTES = 4_000_000
MIN_SIDE = 32  # px; the wavelet's five levels need as much
MOST_SEGMENTS = 64  # before the picture begins

_FRAME, _COMMENT = b"\xff\xa2", b"\xff\xa8"
_TABLES = frozenset({b"\xff\xa4", b"\xff\xa5", b"\xff\xa6", b"\xff\xa7", _COMMENT})
_LENGTH = struct.Struct(">H")
_SIZE = struct.Struct(">HBBHH")  # length of the segment, black, white, height, width
_RATIO = 12.0  # compression that the encoder aims at


def check_wsq(data: bytes, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """(width, height) that the header states.

    Raises ImageTooLarge if the file has more than MAX_BYTES or promises more than `max_pixels`, UnreadableImage if it
    does not get as far as a frame header or has a side under MIN_SIDE. What follows the header is not looked at.
    """
    if len(data) > MAX_BYTES:
        raise ImageTooLarge(f"{len(data)} bytes; at most {MAX_BYTES} are allowed")
    width, height = _stated_size(data)
    if width * height > max_pixels:
        raise ImageTooLarge(f"{width} x {height} pixels; at most {max_pixels} are allowed")
    if min(width, height) < MIN_SIDE:
        raise UnreadableImage(f"{width} x {height} pixels are too few")
    return width, height


def encode_wsq(image: GrayImage, *, contactless: bool) -> bytes:
    """A WSQ picture of a print, with a comment that says so where it was taken without contact."""
    width, height = image.size
    data: bytes = _wsq.compress(np.ascontiguousarray(image.pixels).tobytes(), height, width, _RATIO)
    if not contactless:
        return data
    comment = b"CAPTURE CONTACTLESS\n"
    return data[:2] + _COMMENT + _LENGTH.pack(_LENGTH.size + len(comment)) + comment + data[2:]


def _stated_size(data: bytes) -> tuple[int, int]:
    if data[:2] != START:
        raise UnreadableImage("not a wsq picture")
    place = 2
    for _ in range(MOST_SEGMENTS):
        marker = data[place : place + 2]
        place += 2
        if marker == _FRAME and len(data) >= place + _SIZE.size:
            _, _, _, height, width = _SIZE.unpack_from(data, place)
            return width, height
        if marker not in _TABLES or len(data) < place + _LENGTH.size:
            break
        (length,) = _LENGTH.unpack_from(data, place)
        place += max(_LENGTH.size, length)
    raise UnreadableImage("a wsq picture without a frame header")
