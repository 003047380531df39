"""The records of ANSI INCITS 378-2004 and ISO/IEC 19794-2:2011, and templates of other systems."""

from contextlib import suppress
from math import tau

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.comparison.compare import compare_prints
from handfast.finger.comparison.prints import prepare
from handfast.finger.records import ansi378_2004, ansi_record_2004, iso19794_2_2005, iso19794_2_2011, iso_record_2011
from handfast.finger.records.ansi_record_2004 import AnsiRecord
from handfast.finger.records.interchange import format_of, read_template
from handfast.finger.records.iso_record_2005 import FingerView
from handfast.finger.records.iso_record_2011 import Representation
from handfast.finger.types import Minutiae, MinutiaType
from support.prints import another_touch, mirrored, scattered

ANSI_ENDING = bytes.fromhex(
    "464d5200 20323000"  # FMR, version 20
    "0026"  # 38 bytes in all
    "0103 0001 8000"  # unknown maker, product 1, certified equipment without an id
    "0100 0200 00c5 00c5"  # 256 x 512 pixels at 197 pixels per cm
    "01 00"  # one view
    "02 00 50 01"  # right index finger, view 0 live and plain, quality 80, one minutia
    "4064 00c8 2d 5a"  # an ending at (100, 200), 90 degrees anticlockwise in steps of 2, quality 90
    "0000"  # no extended data
)
ISO_2011_ENDING = bytes.fromhex(
    "464d5200 30333000"  # FMR, version 030
    "0000003c 0001 00"  # 60 bytes, one representation, no certificates
    "0000002d"  # a representation of 45 bytes
    "ffffffffffffffffff"  # at a time that is not told
    "03 0000 0000"  # contactless under white light, vendor and device not told
    "01 50 0000 0000"  # one quality, 80
    "02 00 00c5 00c5 18 0100 0200"  # right index, number 0, 197 pixels per cm, live contactless, 256 x 512 pixels
    "60 01"  # six bytes a minutia, one minutia
    "4064 00c8 40 5a"  # an ending at (100, 200), a quarter turn anticlockwise, quality 90
    "0000"  # no extended data
)


def codes(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


def tables(angles: int, qualities: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    row = st.tuples(codes(2), codes(255), codes(511), codes(angles - 1), qualities)
    return st.lists(row, max_size=255).map(lambda rows: np.array(rows, np.uint16).reshape(-1, 5).T)


@st.composite
def ansi_records(draw: st.DrawFn) -> AnsiRecord:
    def view() -> FingerView:
        kinds, x, y, angle, qualities = draw(tables(180, codes(100)))
        head = draw(codes(10)), draw(codes(15)), draw(codes(15)), draw(codes(100))
        return FingerView(*head, kinds, x, y, angle, qualities, draw(st.binary(max_size=40)))

    owner, product, equipment = (draw(codes(65535)) for _ in range(3))
    x_resolution, y_resolution = draw(st.integers(1, 65535)), draw(st.integers(1, 65535))
    views = tuple(view() for _ in range(draw(st.integers(1, 4))))
    return AnsiRecord(owner, product, equipment, 256, 512, x_resolution, y_resolution, views)


@st.composite
def iso_2011_records(draw: st.DrawFn) -> tuple[Representation, ...]:
    certified = draw(st.booleans())
    two = codes(65535)
    quality = st.one_of(codes(100), st.just(255))
    minutia_quality = st.one_of(codes(100), st.sampled_from([254, 255]))

    def representation() -> Representation:
        kinds, x, y, angle, qualities = draw(tables(256, minutia_quality))
        return Representation(
            time=draw(st.binary(min_size=9, max_size=9)),
            device=(draw(codes(255)), draw(two), draw(two)),
            qualities=tuple(draw(st.lists(st.tuples(quality, two, two), max_size=3))),
            certificates=tuple(draw(st.lists(st.tuples(two, codes(255)), max_size=3))) if certified else None,
            position=draw(codes(10)),
            number=draw(codes(255)),
            impression=draw(codes(255)),
            width=256,
            height=512,
            x_resolution=draw(st.integers(99, 65535)),
            y_resolution=draw(st.integers(99, 65535)),
            endings=draw(codes(15)),
            type=kinds,
            x=x,
            y=y,
            angle=angle,
            quality=qualities if draw(st.booleans()) else None,
            extension=draw(st.binary(max_size=40)),
        )

    return tuple(representation() for _ in range(draw(st.integers(1, 4))))


def test_a_minutia_reads_as_the_ansi_standard_says() -> None:
    minutiae, position = ansi378_2004.decode(ANSI_ENDING)
    assert position is FingerPosition.RIGHT_INDEX
    assert_one_ending(minutiae)


def test_a_minutia_reads_as_the_standard_of_2011_says() -> None:
    minutiae, position = iso19794_2_2011.decode(ISO_2011_ENDING)
    assert position is FingerPosition.RIGHT_INDEX
    assert_one_ending(minutiae)


def assert_one_ending(minutiae: Minutiae) -> None:
    assert (minutiae.width, minutiae.height) == (256, 512)
    (minutia,) = minutiae
    assert (minutia.x, minutia.y, minutia.type, minutia.quality) == (100, 200, MinutiaType.ENDING, 90)
    assert minutia.angle == pytest.approx(0.75 * tau)  # up the page, where y grows downwards


def test_a_contactless_print_is_written_as_the_standard_of_2011_says() -> None:
    minutiae, position = iso19794_2_2011.decode(ISO_2011_ENDING)
    assert iso19794_2_2011.encode(minutiae, position, 80, contactless=True) == ISO_2011_ENDING


def test_an_ansi_record_is_written_as_it_was_read() -> None:
    assert ansi_record_2004.write(ansi_record_2004.read(ANSI_ENDING)) == ANSI_ENDING


@settings(deadline=None, max_examples=40)
@given(ansi_records())
def test_every_ansi_record_reads_as_the_same_bytes(record: AnsiRecord) -> None:
    data = ansi_record_2004.write(record)
    assert ansi_record_2004.write(ansi_record_2004.read(data)) == data
    assert format_of(data) == ansi378_2004.FORMAT


@settings(deadline=None, max_examples=40)
@given(iso_2011_records())
def test_every_record_of_2011_reads_as_the_same_bytes(record: tuple[Representation, ...]) -> None:
    data = iso_record_2011.write(record)
    assert iso_record_2011.write(iso_record_2011.read(data)) == data
    assert format_of(data) == iso19794_2_2011.FORMAT


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_damaged_records_are_refused_or_read_as_the_same_bytes(data: st.DataObject) -> None:
    record = data.draw(
        st.one_of(ansi_records().map(ansi_record_2004.write), iso_2011_records().map(iso_record_2011.write))
    )
    damaged = bytearray(record)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert_refused_or_exact(bytes(damaged))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([b"", b"FMR\0 20\0", b"FMR\x00030\x00"]))
def test_any_bytes_are_refused_or_read_as_the_same_bytes(data: bytes, start: bytes) -> None:
    assert_refused_or_exact(start + data)


def assert_refused_or_exact(data: bytes) -> None:
    with suppress(UnreadableTemplate):
        assert ansi_record_2004.write(ansi_record_2004.read(data)) == data
    with suppress(UnreadableTemplate):
        assert iso_record_2011.write(iso_record_2011.read(data)) == data
    with suppress(UnreadableTemplate):
        read_template(data)


@pytest.mark.parametrize("record", [ANSI_ENDING, ISO_2011_ENDING], ids=["ansi", "2011"])
def test_a_record_cut_short_is_refused(record: bytes) -> None:
    for length in range(len(record)):
        with pytest.raises(UnreadableTemplate):
            read_template(record[:length])


@pytest.mark.parametrize("record", [ANSI_ENDING, ISO_2011_ENDING], ids=["ansi", "2011"])
def test_a_minutia_outside_the_image_is_refused(record: bytes) -> None:
    with pytest.raises(UnreadableTemplate, match="outside"):
        read_template(record.replace(bytes.fromhex("4064 00c8"), bytes.fromhex("4100 00c8")))


def test_an_angle_beyond_the_full_turn_is_refused() -> None:
    with pytest.raises(UnreadableTemplate, match="angle"):
        read_template(ANSI_ENDING.replace(bytes.fromhex("00c8 2d"), bytes.fromhex("00c8 b4")))


def test_minutiae_of_a_length_that_the_standard_does_not_have_are_refused() -> None:
    with pytest.raises(UnreadableTemplate, match="5 nor 6"):
        read_template(ISO_2011_ENDING.replace(bytes.fromhex("0100 0200 60"), bytes.fromhex("0100 0200 70")))


def encoded(minutiae: Minutiae, form: str) -> bytes:
    position = FingerPosition.LEFT_RING
    if form == iso19794_2_2011.FORMAT:
        return iso19794_2_2011.encode(minutiae, position, 70, contactless=False)
    if form == iso19794_2_2005.FORMAT:
        return iso19794_2_2005.encode(minutiae, position, 70)
    return ansi378_2004.encode(minutiae, position, 70)


FORMATS = [iso19794_2_2005.FORMAT, iso19794_2_2011.FORMAT, ansi378_2004.FORMAT]


@pytest.mark.parametrize("form", FORMATS)
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000))
def test_a_print_moves_by_less_than_a_pixel_and_a_degree_in_any_format(form: str, seed: int) -> None:
    minutiae = scattered(seed)
    data = encoded(minutiae, form)
    again, position = read_template(data)
    assert format_of(data) == form
    assert position is FingerPosition.LEFT_RING
    assert np.abs(again.x - minutiae.x).max() <= 0.5
    assert np.abs(again.y - minutiae.y).max() <= 0.5
    assert np.abs((again.angle - minutiae.angle + tau / 2) % tau - tau / 2).max() <= tau / 360 + 1e-9
    assert np.array_equal(again.type, minutiae.type)


@pytest.mark.parametrize("form", FORMATS)
def test_another_systems_template_of_the_finger_compares_as_our_own(form: str) -> None:
    ours = prepare(another_touch(scattered(1), 2))
    theirs, _ = read_template(encoded(scattered(1), form))
    other, _ = read_template(encoded(scattered(3), form))
    assert compare_prints(ours, prepare(theirs)) > 3 * compare_prints(ours, prepare(other))


def test_a_template_of_a_photo_as_the_camera_saw_it_compares_once_turned_over() -> None:
    ours = prepare(scattered(1))
    data = encoded(mirrored(scattered(1)), iso19794_2_2005.FORMAT)
    turned, _ = read_template(data, of_mirror_image=True)
    as_seen, _ = read_template(data)
    assert compare_prints(ours, prepare(turned)) > 3 * compare_prints(ours, prepare(as_seen))
