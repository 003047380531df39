"""Prints of fingers as files at 500 ppi, marked as taken without contact: PNG, and WSQ (the FBI's IAFIS-IC-0110).

Whoever gets such a file must be able to tell it from a print that was rolled or pressed: its ridges were seen, not
touched, its sides are foreshortened, and its resolution was estimated from the finger's breadth.
"""

import io
import struct

import wsq  # noqa: F401 - registers itself with Pillow
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from handfast.base.image import GrayImage

PPI = 500
CONTACTLESS = "Contactless fingerprint: photographed, enhanced, mirrored to read as on paper; resolution estimated"
START, COMMENT = b"\xff\xa0", b"\xff\xa8"


def contactless_png(image: GrayImage, note: str = "") -> bytes:
    """A PNG that states 500 ppi and how the print was taken, without loss."""
    texts = PngInfo()
    texts.add_text("Impression type", CONTACTLESS)
    if note:
        texts.add_text("Comment", note)
    buffer = io.BytesIO()
    Pillow.fromarray(image.pixels).save(buffer, "PNG", dpi=(PPI, PPI), pnginfo=texts)
    return buffer.getvalue()


def contactless_wsq(image: GrayImage, note: str = "") -> bytes:
    """A WSQ file with the usual NISTCOM header (500 ppi) and a comment that says how the print was taken."""
    buffer = io.BytesIO()
    Pillow.fromarray(image.pixels).save(buffer, "WSQ")
    coded = buffer.getvalue()
    if coded[:4] != START + COMMENT:
        raise ValueError("the encoder wrote no NISTCOM header")
    first = 4 + struct.unpack(">H", coded[4:6])[0]
    text = " ".join(part for part in (CONTACTLESS, note) if part).encode("ascii", "replace")
    return coded[:first] + COMMENT + struct.pack(">H", len(text) + 2) + text + coded[first:]
