import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handfast.base.modality import SampleKind
from handfast.cli.main import command_line
from handfast.cli.synth import HAND_NAMES, PRINT_NAMES
from handfast.lab.sets.dataset import read_dataset

TWO_HANDS, EIGHT_FINGERS = 2, 8


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synth") / "set"
    result = CliRunner().invoke(
        command_line("synth"), ["synth", "--people", "1", "--takes", "1", "--seed", "7", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    return out


def test_what_synth_draws_is_a_data_set_of_the_lab(drawn: Path) -> None:
    hands = read_dataset(drawn, HAND_NAMES, SampleKind.HAND)
    prints = read_dataset(drawn, PRINT_NAMES, SampleKind.CONTACT)
    assert len(hands.pictures) == TWO_HANDS
    assert len(prints.pictures) == EIGHT_FINGERS
    assert {picture.person for picture in (*hands.pictures, *prints.pictures)} == {"7"}


def test_every_picture_has_its_truth(drawn: Path) -> None:
    names = [path.stem for folder in ("hands", "prints") for path in (drawn / folder).iterdir()]
    assert len(names) == TWO_HANDS + EIGHT_FINGERS
    for name in names:
        assert json.loads((drawn / "truth" / f"{name}.json").read_text())["person"] == 7


def test_synth_does_not_write_into_a_full_folder(drawn: Path) -> None:
    result = CliRunner().invoke(command_line("synth"), ["synth", "--people", "1", "--out", str(drawn)])
    assert result.exit_code != 0
