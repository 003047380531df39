from math import tau

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.records.iso19794_2_2005 import TURN, decode, encode
from handfast.finger.records.iso_record_2005 import FingerRecord, FingerView, read, write
from handfast.finger.records.units import to_angles, to_codes
from handfast.finger.types import Minutiae, MinutiaType
from support.prints import scattered

ONE_ENDING = bytes.fromhex(
    "464d5200 20323000"  # FMR, version 20
    "00000024 0000"  # 36 bytes, device not stated
    "0100 0200 00c5 00c5"  # 256 x 512 pixels at 197 pixels per cm
    "01 00"  # one view
    "02 00 50 01"  # right index finger, view 0 live and plain, quality 80, one minutia
    "4064 00c8 40 5a"  # an ending at (100, 200), a quarter turn anticlockwise, quality 90
    "0000"  # no extended data
)


def codes(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


@st.composite
def views(draw: st.DrawFn) -> FingerView:
    rows = draw(st.lists(st.tuples(codes(2), codes(255), codes(511), codes(255), codes(100)), max_size=255))
    kinds, x, y, angle, qualities = np.array(rows, np.uint16).reshape(-1, 5).T
    return FingerView(
        position=draw(codes(10)),
        number=draw(codes(15)),
        impression=draw(codes(15)),
        quality=draw(codes(100)),
        type=kinds,
        x=x,
        y=y,
        angle=angle,
        qualities=qualities,
        extension=draw(st.binary(max_size=40)),
    )


@st.composite
def records(draw: st.DrawFn) -> FingerRecord:
    resolutions = st.integers(99, 65535)
    return FingerRecord(
        draw(codes(65535)), 256, 512, draw(resolutions), draw(resolutions), tuple(draw(st.lists(views(), min_size=1)))
    )


def test_a_minutia_reads_as_the_standard_says() -> None:
    minutiae, position = decode(ONE_ENDING)
    assert position is FingerPosition.RIGHT_INDEX
    assert (minutiae.width, minutiae.height) == (256, 512)
    (minutia,) = minutiae
    assert (minutia.x, minutia.y, minutia.type, minutia.quality) == (100, 200, MinutiaType.ENDING, 90)
    assert minutia.angle == pytest.approx(0.75 * tau)  # up the page, where y grows downwards


def test_a_minutia_is_written_as_the_standard_says() -> None:
    minutiae, position = decode(ONE_ENDING)
    assert encode(minutiae, position, 80) == ONE_ENDING


@settings(deadline=None)
@given(st.integers(0, 255))
def test_angle_codes_survive_a_round_trip(code: int) -> None:
    assert to_codes(to_angles(np.array([code], np.uint16), TURN), TURN)[0] == code


@settings(deadline=None)
@given(st.floats(-100, 100))
def test_an_angle_moves_by_half_a_step_at_most(angle: float) -> None:
    again = to_angles(to_codes(np.array([angle]), TURN), TURN)[0]
    assert abs((again - angle + tau / 2) % tau - tau / 2) <= tau / 512 + 1e-9


@settings(deadline=None)
@given(records())
def test_every_record_that_is_written_reads_as_the_same_bytes(record: FingerRecord) -> None:
    data = write(record)
    assert write(read(data)) == data


@settings(deadline=None)
@given(st.data())
def test_a_damaged_record_is_refused_or_reads_as_the_same_bytes(data: st.DataObject) -> None:
    damaged = bytearray(write(data.draw(records())))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert_refused_or_exact(bytes(damaged))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read_as_the_same_bytes(data: bytes) -> None:
    assert_refused_or_exact(data)


def assert_refused_or_exact(data: bytes) -> None:
    try:
        record = read(data)
    except UnreadableTemplate:
        return
    assert write(record) == data


@pytest.mark.parametrize("length", range(len(ONE_ENDING)))
def test_a_record_cut_short_is_refused(length: int) -> None:
    with pytest.raises(UnreadableTemplate):
        read(ONE_ENDING[:length])


def test_a_minutia_outside_the_image_is_refused() -> None:
    outside = ONE_ENDING.replace(bytes.fromhex("4064 00c8"), bytes.fromhex("4100 00c8"))
    with pytest.raises(UnreadableTemplate, match="outside"):
        read(outside)


def test_a_record_of_several_views_is_no_template() -> None:
    record = read(ONE_ENDING)
    several = write(FingerRecord(0, record.width, record.height, 197, 197, record.views * 2))
    with pytest.raises(UnreadableTemplate, match="one view"):
        decode(several)


def test_a_record_larger_than_any_person_needs_is_refused() -> None:
    with pytest.raises(UnreadableTemplate, match="length"):
        read(ONE_ENDING + bytes(70_000))


def test_other_resolutions_are_brought_to_500_ppi() -> None:
    record = read(ONE_ENDING)
    twice = write(FingerRecord(0, record.width, record.height, 394, 394, record.views))
    minutiae, _ = decode(twice)
    assert minutiae.x[0] == pytest.approx(50, abs=0.1)
    assert minutiae.y[0] == pytest.approx(100, abs=0.1)


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_a_print_moves_by_half_a_pixel_at_most_when_stored(seed: int) -> None:
    minutiae = scattered(seed)
    again, position = decode(encode(minutiae, FingerPosition.LEFT_RING, 55.4))
    assert position is FingerPosition.LEFT_RING
    assert np.abs(again.x - minutiae.x).max() <= 0.5
    assert np.abs(again.y - minutiae.y).max() <= 0.5
    assert np.abs(again.quality - minutiae.quality).max() <= 0.5
    assert np.array_equal(again.type, minutiae.type)


def test_of_too_many_minutiae_the_best_are_kept() -> None:
    count = 300
    each = np.arange(count, dtype=np.float64)
    crowd = Minutiae(512, 512, each, each, each * 0, np.ones(count, np.uint8), each / 3)
    kept, _ = decode(encode(crowd, FingerPosition.UNKNOWN, 50))
    assert np.array_equal(kept.x, each[45:])
