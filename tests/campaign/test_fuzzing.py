"""A few seconds of each; `scripts/campaign fuzz --target X --seconds 600` runs as long as one likes."""

import pytest

from support.fuzzing import NAMES, fuzz

SECONDS = 6


@pytest.mark.campaign
@pytest.mark.parametrize("target", NAMES)
def test_no_bytes_crash_hang_or_bloat_a_reader(target: str) -> None:
    campaign = fuzz(target, SECONDS)
    assert campaign.clean, f"{campaign.found!r}\n{campaign.said}"
