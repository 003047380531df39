"""Nothing on a page flashes: WCAG 2.3.1 allows three times a second, we keep to once."""

import re
from pathlib import Path

import pytest

import handfast.web

SHEETS = sorted((Path(handfast.web.__file__).parent / "static").rglob("*.css"))
SLOWEST_FLASH = 1.0  # seconds of one turn


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_what_moves_for_ever_moves_slowly(sheet: Path) -> None:
    endless = re.findall(r"animation:[^;}]*infinite[^;}]*", sheet.read_text("utf-8"))
    for each in endless:
        seconds = [
            float(number) / (1000 if unit == "ms" else 1) for number, unit in re.findall(r"([\d.]+)(ms|s)\b", each)
        ]
        assert seconds, each
        assert seconds[0] >= SLOWEST_FLASH, each


def test_no_page_shows_colours_to_light_a_face() -> None:
    """A colour-light challenge could not be measured without faces and screens, so there is none."""
    scripts = "".join(path.read_text("utf-8") for path in SHEETS[0].parents[1].rglob("capture/*.js"))
    assert "backgroundColor" not in scripts
    assert not re.search(r"style\.background\b", scripts)
