"""Twenty kills of a real process; `scripts/campaign kill9` runs as many as one likes."""

from pathlib import Path

import pytest

from support.kill9 import Campaign

KILLS = 20


@pytest.mark.campaign
def test_kill_9_loses_nothing_acknowledged_and_leaves_no_key_of_the_withdrawn(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "data", seed=20261123)
    campaign.run(KILLS)
    assert campaign.wrong == []
    assert campaign.kills == KILLS
    assert campaign.acknowledged["enrol"] > 0
