"""Bytes from a stranger to an upright picture. The header is read first, and refused before any pixel is made."""

import io
from collections.abc import Callable
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from handfast.base.errors import ImageTooLarge, UnreadableImage
from handfast.base.image import Image

MAX_SIDE = 16_384  # px
MIN_SIDE = 16  # px
MAX_JPEG_SCANS = 40  # a progressive picture has about ten; each may cost a whole pass over it
_SCAN = b"\xff\xda"
_JPEG_ENDS = b"\xff\xd9"
_AFTER_THE_END = 1024  # bytes that a camera may leave behind it

_ORIENTATION = 0x0112  # EXIF tag
_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
_TILE_WIDTH, _TILE_LENGTH = 322, 323  # TIFF tags
_EIGHT_BIT_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"})


class Format(StrEnum):
    """Formats that are read here."""

    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    PGM = "pgm"
    WEBP = "webp"


_OPEN: dict[Format, Callable[[io.BytesIO], ImageFile]] = {
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.TIFF: TiffImageFile,
    Format.PGM: PpmImageFile,
    Format.WEBP: WebPImageFile,
}


def decode(data: bytes, max_pixels: int = 20_000_000, formats: frozenset[Format] = frozenset(Format)) -> Image:
    """The upright picture in `data`.

    Raises ImageTooLarge if the header promises more than `max_pixels` or a side over MAX_SIDE, UnreadableImage if the
    bytes are damaged, of no format in `formats`, deeper than 8 bits a channel, or have a side under MIN_SIDE.
    """
    kind = sniff(data)
    if kind not in formats:
        raise UnreadableImage("not a picture in a format that is read here")
    try:
        return _decode(data, kind, max_pixels)
    except (UnreadableImage, ImageTooLarge):
        raise
    except Exception as error:  # a decoder's parser may fail in any way on hostile bytes
        raise UnreadableImage(f"the {kind} picture is damaged: {error}") from None


def sniff(data: bytes) -> Format | None:
    """The format that the first bytes claim, or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return Format.TIFF
    if data.startswith((b"P2", b"P3", b"P5", b"P6")):
        return Format.PGM
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    return None


def _decode(data: bytes, kind: Format, max_pixels: int) -> Image:
    if kind is Format.WEBP:  # opening one allocates its canvas
        _check_size(*_webp_size(data), max_pixels)
    if kind is Format.JPEG and _scans(data) > MAX_JPEG_SCANS:
        raise UnreadableImage("the jpeg picture has too many scans")
    with _OPEN[kind](io.BytesIO(data)) as picture:
        _check_size(*picture.size, max_pixels)
        if isinstance(picture, TiffImageFile):
            tags = picture.tag_v2
            _check_size(int(tags.get(_TILE_WIDTH, MIN_SIDE)), int(tags.get(_TILE_LENGTH, MIN_SIDE)), max_pixels)
        if picture.mode not in _EIGHT_BIT_MODES:
            raise UnreadableImage("more than 8 bits a channel")
        turn = _TURNS.get(_orientation(picture))
        if kind is Format.JPEG and picture.mode == "RGB" and turn is None:
            return Image(_pixels_of_jpeg(data, picture.size))
        colour = picture.convert("RGB")
    return Image(np.array(colour if turn is None else colour.transpose(turn)))


def _scans(data: bytes) -> int:
    """How often the mark of a scan stands in the bytes; three times as fast as they count it themselves."""
    marks = np.frombuffer(data, np.uint8)
    return int(np.count_nonzero((marks[:-1] == _SCAN[0]) & (marks[1:] == _SCAN[1])))


def _pixels_of_jpeg(data: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The same pixels as Pillow's, in half its time: what phones send, many times a second."""
    if _JPEG_ENDS not in data[-_AFTER_THE_END:]:
        raise UnreadableImage("the jpeg picture is cut short")
    how = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if pixels is None or pixels.shape != (size[1], size[0], 3):
        raise UnreadableImage("the jpeg picture is damaged")
    return np.asarray(pixels, np.uint8)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels or max(width, height) > MAX_SIDE:
        raise ImageTooLarge(f"{width} x {height} pixels; at most {max_pixels} are allowed")
    if min(width, height) < MIN_SIDE:
        raise UnreadableImage(f"{width} x {height} pixels are too few")


def _orientation(picture: ImageFile) -> int:
    """The EXIF orientation; 1 (upright) where there is none or it cannot be read."""
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # what is not readable does not turn the picture
        return 1


def _webp_size(data: bytes) -> tuple[int, int]:
    """Canvas size from the first chunk's header (RFC 9649)."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise UnreadableImage("a webp picture without a header")
