"""WSQ pictures: read as they were written, refused by their header, and never able to take the lab down."""

import random
import struct

import numpy as np
import pytest

from handfast.base.errors import ImageError, ImageTooLarge, UnreadableImage
from handfast.base.image import GrayImage
from handfast.imaging.wsq import check_wsq, encode_wsq
from handfast.lab.sets.acquire import read_picture
from handfast.lab.sets.wsq import decode_wsq


def ridges(width: int = 120, height: int = 96) -> GrayImage:
    row, column = np.mgrid[0:height, 0:width]
    return GrayImage((128 + 100 * np.sin((row + 0.5 * column) * 2 * np.pi / 9)).astype(np.uint8), 500.0)


def frame_header(width: int, height: int) -> bytes:
    return b"\xff\xa0\xff\xa2" + struct.pack(">HBBHH", 17, 255, 0, height, width) + bytes(9)


def test_a_print_is_read_as_it_was_written() -> None:
    image = decode_wsq(encode_wsq(ridges(), contactless=False))
    assert image.size == (120, 96)
    assert image.ppi == 500.0
    assert np.abs(image.pixels.astype(int) - ridges().pixels).mean() < 8


def test_a_print_taken_without_contact_says_so_and_reads_the_same() -> None:
    marked, plain = (encode_wsq(ridges(), contactless=contactless) for contactless in (True, False))
    assert b"CONTACTLESS" in marked
    assert b"CONTACTLESS" not in plain
    assert np.array_equal(decode_wsq(marked).pixels, decode_wsq(plain).pixels)


def test_the_lab_reads_wsq_among_its_pictures() -> None:
    image = read_picture(encode_wsq(ridges(), contactless=False))
    assert image.pixels.shape == (96, 120, 3)
    assert image.ppi == 500.0


def test_a_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(ImageTooLarge, match="60000"):
        decode_wsq(frame_header(60_000, 60_000))


MANY_COMMENTS = b"\xff\xa0" + b"\xff\xa8\x00\x02" * 100


@pytest.mark.parametrize("data", [b"", b"\xff\xa0", b"\xff\xa0\xff\xa8", b"\xff\xa0\xff\xa8\0\0", MANY_COMMENTS, b"P5"])
def test_what_never_gets_to_a_frame_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        check_wsq(data)


def test_a_file_longer_than_any_print_is_refused() -> None:
    with pytest.raises(ImageTooLarge, match="bytes"):
        check_wsq(encode_wsq(ridges(), contactless=False) + bytes(4_000_000))


def test_a_picture_on_which_the_decoder_dies_is_only_a_damaged_picture() -> None:
    whole = encode_wsq(ridges(), contactless=False)
    for seed in range(8):
        chance = random.Random(seed)
        damaged = bytearray(whole)
        for _ in range(16):
            damaged[chance.randrange(20, len(damaged))] = chance.randrange(256)
        try:
            image = decode_wsq(bytes(damaged))
        except ImageError:
            continue
        assert image.size == check_wsq(bytes(damaged))


def test_a_header_with_nothing_behind_it_is_damaged() -> None:
    with pytest.raises(UnreadableImage, match="damaged"):
        decode_wsq(frame_header(100, 100))
