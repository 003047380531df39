"""A picture is refused by its header before its body is read."""

from typing import Any

import anyio
import pytest
from fastapi import Request

from handfast.base.errors import ImageTooLarge, RequestError, UnreadableImage
from handfast.web.uploads import picture_body


def request(headers: dict[str, str], chunks: list[bytes]) -> tuple[Request, list[int]]:
    taken: list[int] = []

    async def receive() -> dict[str, Any]:
        index = len(taken)
        taken.append(index)
        return {"type": "http.request", "body": chunks[index], "more_body": index + 1 < len(chunks)}

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive), taken


def body_of(made: Request, limit: int) -> bytes:
    return anyio.run(picture_body, made, limit)


def test_a_picture_within_the_limit_arrives_whole() -> None:
    made, _ = request({"Content-Type": "image/jpeg", "Content-Length": "6"}, [b"abc", b"def"])
    assert body_of(made, 6) == b"abcdef"


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Content-Type": "image/jpeg", "Content-Length": "7"}, ImageTooLarge),
        ({"Content-Type": "image/jpeg", "Content-Length": "99999999999999999999"}, ImageTooLarge),
        ({"Content-Type": "image/jpeg"}, RequestError),
        ({"Content-Type": "image/jpeg", "Content-Length": "-1"}, RequestError),
        ({"Content-Type": "image/png", "Content-Length": "3"}, UnreadableImage),
        ({"Content-Length": "3"}, UnreadableImage),
    ],
)
def test_a_bad_header_is_refused_before_a_byte_is_read(headers: dict[str, str], error: type[Exception]) -> None:
    made, taken = request(headers, [b"abc"])
    with pytest.raises(error):
        body_of(made, 6)
    assert taken == []


def test_a_body_longer_than_it_said_is_cut_off() -> None:
    made, taken = request({"Content-Type": "image/jpeg", "Content-Length": "3"}, [b"abc"] * 100)
    with pytest.raises(ImageTooLarge):
        body_of(made, 6)
    assert len(taken) == 3
