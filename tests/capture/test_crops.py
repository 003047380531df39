"""What is kept for a person who decides: crops, never the room, never the metadata of the picture."""

import io

import pytest
from PIL import Image as Pillow

from handfast.base.modality import FingerPosition, Hand, Modality
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.capture.crops import FACE_SIDE, FINGERS_SIDE, crops_of
from handfast.capture.kept import KeptPicture

LOOK = Task(0, TaskKind.LOOK, Camera.FRONT, None, (), 0, 0, 10)
FINGERS = Task(1, TaskKind.FINGERS, Camera.REAR, Hand.RIGHT, (FingerPosition.RIGHT_INDEX,), 1, 1, 30)


def photo(red: int, width: int = 1200, height: int = 1600) -> bytes:
    exif = Pillow.Exif()
    exif[0x010E] = "where it was taken"
    buffer = io.BytesIO()
    Pillow.new("RGB", (width, height), (red, 10, 10)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_a_crop_holds_the_face_and_a_margin_and_not_the_room() -> None:
    (face,) = crops_of([KeptPicture(LOOK, photo(200), (0.4, 0.4, 0.2, 0.1))])
    width, height = Pillow.open(io.BytesIO(face.jpeg)).size
    assert max(width, height) <= FACE_SIDE
    assert width / height == pytest.approx(1.5, abs=0.02)  # 0.2 of 1200 px by 0.1 of 1600 px
    assert b"where it was taken" not in face.jpeg


def test_the_newest_face_and_the_newest_still_of_a_hand_are_what_is_kept() -> None:
    kept = [KeptPicture(task, photo(red)) for task, red in ((LOOK, 10), (FINGERS, 20), (LOOK, 210), (FINGERS, 220))]
    face, fingers = crops_of(kept)
    assert ((face.modality, face.hand), (fingers.modality, fingers.hand)) == (
        (Modality.FACE, None),
        (Modality.FINGER, Hand.RIGHT),
    )
    for crop in (face, fingers):
        picture = Pillow.open(io.BytesIO(crop.jpeg))
        assert picture.getpixel((9, 9))[0] > 200  # type: ignore[index]  # three colours
        assert max(picture.size) <= FINGERS_SIDE


def test_a_box_that_reaches_over_the_edge_is_cut_at_it() -> None:
    (face,) = crops_of([KeptPicture(LOOK, photo(200, 200, 200), (-0.5, 0.9, 2.0, 0.5))])
    assert min(Pillow.open(io.BytesIO(face.jpeg)).size) > 0
