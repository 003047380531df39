"""Bytes that are not an acceptable image."""

from handfast.base.errors.root import HandfastError


class ImageError(HandfastError):
    """Bytes that are not an acceptable image."""

    code = "bad-image"
    status = 415


class UnreadableImage(ImageError):
    """The bytes are not a picture in a format that is read here."""

    code = "unreadable-image"


class ImageTooLarge(ImageError):
    """The header promises more pixels, or the body holds more bytes, than are allowed."""

    code = "image-too-large"
    status = 413
