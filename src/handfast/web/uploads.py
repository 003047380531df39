"""Request bodies of pictures: refused by their header before a byte is read or decoded."""

from fastapi import Request

from handfast.base.errors import ImageTooLarge, RequestError, UnreadableImage

ACCEPTED_TYPES = frozenset({"image/jpeg"})
MAX_DIGITS = 15  # of a stated length; Python refuses to read endless ones


async def picture_body(request: Request, limit: int) -> bytes:
    """The body of a JPEG upload, at most `limit` bytes.

    Raises UnreadableImage for another media type, RequestError without a length, ImageTooLarge over the limit.
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in ACCEPTED_TYPES:
        raise UnreadableImage("Send a JPEG picture (Content-Type: image/jpeg).")
    stated = request.headers.get("content-length", "")
    if not stated.isascii() or not stated.isdigit():
        raise RequestError("State the length of the picture (Content-Length).")
    if len(stated) > MAX_DIGITS or int(stated) > limit:
        raise ImageTooLarge(f"At most {limit // 1000} kB a picture.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ImageTooLarge(f"At most {limit // 1000} kB a picture.")
    return bytes(body)
