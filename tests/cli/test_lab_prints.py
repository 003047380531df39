import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from handfast.base.image import Image
from handfast.cli.main import command_line
from handfast.imaging.decode import decode
from handfast.imaging.encode import png
from handfast.imaging.wsq import check_wsq
from support.hands import GROUND, SKIN


def finger() -> bytes:
    """A photo of one finger of plain skin with drawn ridges."""
    picture = np.full((1200, 900, 3), GROUND, np.uint8)
    cv2.line(picture, (450, 420), (450, 1300), SKIN, 260, cv2.LINE_AA)
    y, x = np.mgrid[:1200, :900]
    ridges = 12 * np.cos(2 * np.pi * np.hypot(x - 450, y - 520) / 7.3)
    on_skin = picture[..., 0] == SKIN[0]
    picture[on_skin] = np.clip(picture[on_skin] + ridges[on_skin, None], 0, 255)
    return png(Image(picture))


@pytest.mark.parametrize("form", ["png", "wsq"])
def test_a_photo_of_a_finger_becomes_a_print_that_is_marked_as_contactless(tmp_path: Path, form: str) -> None:
    photo, out = tmp_path / "one.png", tmp_path / "prints"
    photo.write_bytes(finger())
    asked = ["lab", "prints", str(photo), "--out", str(out), "--format", form]
    result = CliRunner().invoke(command_line("lab"), asked)
    assert result.exit_code == 0, result.output
    (written,) = out.iterdir()
    assert written.name == f"one_unknown.{form}"
    data = written.read_bytes()
    assert re.search(rb"contactless", data, re.IGNORECASE)
    width, _ = check_wsq(data) if form == "wsq" else decode(data).size
    assert 280 <= width <= 360  # a finger is about 320 px wide at 500 ppi


def test_a_photo_without_a_finger_is_named_and_gives_no_print(tmp_path: Path) -> None:
    photo = tmp_path / "wall.png"
    photo.write_bytes(png(Image(np.full((400, 300, 3), 128, np.uint8))))
    result = CliRunner().invoke(command_line("lab"), ["lab", "prints", str(photo), "--out", str(tmp_path / "out")])
    assert result.exit_code != 0
    assert "no-finger" in result.output
