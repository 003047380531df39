"""Two hosts, as two network namespaces: one joins with the folder, and nobody gets in without the token."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from handfast.jobs.cluster import nodes
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.nodes import start_head, stop_nodes
from support.namespaces import HERE, THERE, OtherHost, other_host

PORT = 6421
REACHED = f"import socket; socket.create_connection(({HERE!r}, {PORT}), 5).close()"


@pytest.fixture
def host() -> Iterator[OtherHost]:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: requirements-cluster.lock has it")
    with other_host() as host:
        yield host


@pytest.fixture
def cluster(host: OtherHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClusterFolder]:
    """A cluster whose first node listens at our end of the cable."""
    del host
    folder = ClusterFolder(Path(tempfile.mkdtemp(prefix="hf")))
    start_head(folder, HERE, PORT)
    yield folder
    monkeypatch.setattr(nodes, "STOPPING", 4.0)
    stop_nodes(folder)
    shutil.rmtree(folder.path, ignore_errors=True)


def test_another_host_joins_with_the_folder_and_gets_nowhere_without_the_token(
    cluster: ClusterFolder, host: OtherHost
) -> None:
    ours = {**os.environ, **cluster.environment}
    guessing = {**ours, "RAY_AUTH_TOKEN": "0" * 64, "RAY_NUM_REDIS_GET_RETRIES": "3"}
    del guessing["RAY_AUTH_TOKEN_PATH"]
    assert host.python(REACHED, os.environ, 20).returncode == 0  # the network itself lets it through
    joining = f"import ray; ray.init(address={cluster.address!r}, log_to_driver=False, _node_ip_address={THERE!r})"
    refused = host.python(joining, guessing, 120)
    assert refused.returncode != 0
    assert "InvalidAuthToken" in refused.stdout + refused.stderr
    starting = f"""
from pathlib import Path
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.nodes import start_node
start_node(ClusterFolder(Path({str(cluster.path)!r})), {THERE!r})
"""
    started = host.python(starting, os.environ, 120)
    assert started.returncode == 0, started.stderr
    assert _hosts(cluster) == [[HERE, "up"], [THERE, "up"]]


def _hosts(cluster: ClusterFolder) -> object:
    """Who is in the cluster once two are up, as a process of its own sees it: Ray holds on to the first cluster's
    certificates and token for as long as a process lives, and another test of this one may have had another."""
    asking = f"""
import json, time
from pathlib import Path
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.nodes import alive
folder, ends = ClusterFolder(Path({str(cluster.path)!r})), time.monotonic() + 60
while sum(state == "up" for _, state in alive(folder)) < 2 and time.monotonic() < ends:
    time.sleep(0.5)
print(json.dumps(sorted(alive(folder))))
"""
    asked = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, timeout=120)
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout.splitlines()[-1])
