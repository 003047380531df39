from pathlib import Path

import pytest

from support.killed_service import campaign


@pytest.mark.campaign
def test_twenty_kills_lose_nothing_acknowledged_and_leave_no_act_without_its_leaf(tmp_path: Path) -> None:
    counts = campaign(tmp_path, kills=20, seed=1)
    assert counts["enrolled"] >= 20
