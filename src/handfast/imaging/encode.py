"""Pictures to bytes, without any metadata."""

import io

from PIL import Image as Pillow

from handfast.base.image import GrayImage, Image


def jpeg(image: Image | GrayImage, quality: int = 90) -> bytes:
    """A baseline JPEG; quality 1..95."""
    buffer = io.BytesIO()
    Pillow.fromarray(image.pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def png(image: Image | GrayImage) -> bytes:
    """A PNG, without loss."""
    buffer = io.BytesIO()
    Pillow.fromarray(image.pixels).save(buffer, "PNG")
    return buffer.getvalue()
