"""The guide to consent names a test for each criticism, and each is there."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def test_every_criticism_in_the_guide_has_its_test() -> None:
    guide = (REPOSITORY / "docs" / "consent.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", guide))
    there = {
        name
        for file in (REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)
    }
    assert len(named) >= 9
    assert named <= there
