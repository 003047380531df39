"""The root of the error tree."""

from typing import ClassVar


class HandfastError(Exception):
    """Root of every error that Handfast raises on purpose."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
