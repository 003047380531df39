"""Twenty kills of a process, its Postgres, or both; `scripts/campaign kill9-postgres` runs as many as one likes."""

import tempfile
from pathlib import Path

import pytest

from handfast.storage.engines.embedded import EmbeddedPostgres
from support.kill9_postgres import PostgresCampaign

KILLS = 20


@pytest.mark.campaign
def test_kill_9_of_server_or_database_loses_nothing_acknowledged() -> None:
    with tempfile.TemporaryDirectory(prefix="handfast-kill9-") as folder:
        Path(folder).chmod(0o755)  # as root the server runs as another user
        server = EmbeddedPostgres(Path(folder) / "server")
        try:
            campaign = PostgresCampaign(Path(folder) / "data", seed=20261125, server=server)
            campaign.run(KILLS)
        finally:
            server.stop(at_once=True)
    assert campaign.wrong == []
    assert sum(campaign.deaths.values()) == KILLS
    assert min(campaign.deaths.values()) > 0
    assert campaign.acknowledged["enrol"] > 0
