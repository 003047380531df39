"""`handfast explain`: one drawn finger, each stage a picture."""

from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from handfast.base.errors import RequestError
from handfast.cli.explain_panels import PAPER, Panel, sheet
from handfast.cli.main import command_line
from handfast.imaging.decode import decode


def test_every_stage_of_a_drawn_finger_is_on_the_sheet(tmp_path: Path) -> None:
    out = tmp_path / "stages.jpg"
    result = CliRunner().invoke(command_line("explain"), ["explain", "--out", str(out)])
    if result.exception:
        raise result.exception
    pixels = decode(out.read_bytes()).pixels.astype(int)
    height, width, _ = pixels.shape
    for row in range(2):
        for column in range(4):
            panel = pixels[row * height // 2 : (row + 1) * height // 2, column * width // 4 : (column + 1) * width // 4]
            assert np.mean(np.abs(panel - PAPER).sum(axis=2) > 40) > 0.1, (row, column)


def test_a_finger_that_is_none_is_refused(tmp_path: Path) -> None:
    arguments = ["explain", "--out", str(tmp_path / "x.jpg"), "--finger", "right-thumb"]
    result = CliRunner().invoke(command_line("explain"), arguments)
    assert isinstance(result.exception, RequestError)


def test_a_sheet_holds_panels_of_any_size() -> None:
    shapes = [(4000, 100), (100, 4000), (10, 10)]
    drawn = sheet([Panel("a", np.zeros((*shape, 3), np.uint8)) for shape in shapes])
    assert drawn.dtype == np.uint8
    assert (drawn == 0).all(axis=2).sum() > 3 * 1000
