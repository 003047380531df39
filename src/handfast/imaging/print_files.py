"""A print of a finger as a PNG at 500 ppi, marked as taken without contact. WSQ: handfast.imaging.wsq.

Whoever gets such a file must be able to tell it from a print that was rolled or pressed: its ridges were seen, not
touched, its sides are foreshortened, and its resolution was estimated from the finger's breadth.
"""

import io

from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from handfast.base.image import GrayImage

PPI = 500
CONTACTLESS = "Contactless fingerprint: photographed, enhanced, mirrored to read as on paper; resolution estimated"


def contactless_png(image: GrayImage) -> bytes:
    """A PNG that states 500 ppi and how the print was taken, without loss."""
    texts = PngInfo()
    texts.add_text("Impression type", CONTACTLESS)
    buffer = io.BytesIO()
    Pillow.fromarray(image.pixels).save(buffer, "PNG", dpi=(PPI, PPI), pnginfo=texts)
    return buffer.getvalue()
