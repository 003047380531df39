"""A cluster in processes of this machine: the same answers as in memory, and none that is wrong when one is killed."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handfast.base.errors import SetupError
from handfast.base.ids import new_id
from handfast.decision.find import FindOutcome
from handfast.gallery.local import LocalShards
from handfast.gallery.search_set import model_of
from handfast.jobs import recoding
from handfast.jobs.cluster import shards as cluster_shards
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.nodes import alive, start_head, stop_nodes
from handfast.jobs.cluster.shards import RayShards, connected
from handfast.jobs.worker import Step, Worker
from handfast.storage.tables.jobs import Job
from support import rolling, searching
from support.crowd import SEARCHERS, People
from support.found import enrol_findable, find
from support.keeping import keeping
from support.rolling import VERSIONS, RollingDesk

PEOPLE = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterFolder]:
    """A running cluster of one node. The folder's name is short: paths of sockets are bounded."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: requirements-cluster.lock has it")
    folder = ClusterFolder(Path(tempfile.mkdtemp(prefix="hf")))
    start_head(folder, port=free_port())
    yield folder
    import ray

    ray.shutdown()
    stop_nodes(folder)
    shutil.rmtree(folder.path, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with keeping(tmp_path) as kept:
        yield People(kept, PEOPLE)


def test_a_cluster_finds_whom_one_process_finds_and_searches_on_when_a_process_is_killed(
    cluster: ClusterFolder, people: People
) -> None:
    alone = people.set_over(LocalShards(SEARCHERS, 2))
    shards = RayShards(cluster, shards=2, replicas=1, model=model_of(SEARCHERS), deadline=30.0)
    spread = people.set_over(shards)
    for n in range(0, PEOPLE, 10):
        assert people.search(spread, n) == people.search(alone, n)
    killed = shards.processes()[0][1]
    os.kill(killed, signal.SIGKILL)
    answers = [(n, people.search(spread, n)) for n in range(30)]
    assert all(people.is_right(found, n) for n, found in answers)
    assert not answers[0][1].complete
    ends = time.monotonic() + 120
    while not people.search(spread, 1).complete and time.monotonic() < ends:
        spread.mend(people.kept.store)
    found = people.search(spread, 7)
    assert (found.candidates[0], found.searched, found.complete) == (people.subjects[7], PEOPLE, True)
    assert killed not in {pid for _, pid, _, _ in shards.processes()}
    spread.close()
    alone.close()


def test_with_a_second_copy_a_killed_process_is_not_even_noticed(cluster: ClusterFolder, people: People) -> None:
    shards = RayShards(cluster, shards=1, replicas=2, model=model_of(SEARCHERS), deadline=30.0)
    spread = people.set_over(shards)
    assert people.search(spread, 3).complete
    os.kill(shards.processes()[0][1], signal.SIGKILL)
    for n in range(12):
        found = people.search(spread, n)
        assert (found.candidates[0], found.complete) == (people.subjects[n], True)
    spread.close()


@pytest.fixture
def desk(cluster: ClusterFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RollingDesk]:
    """A service whose codes lie in the cluster; it and the nodes are of the older version."""
    ray = connected(cluster)
    for made_up in (rolling, searching):  # the nodes have never heard of them
        ray.cloudpickle.register_pickle_by_value(made_up)
    monkeypatch.setattr(RollingDesk, "cluster", cluster, raising=False)
    monkeypatch.setattr(cluster_shards, "ShardWorker", VERSIONS["number:1"])
    desk = RollingDesk(tmp_path)
    yield desk
    desk.close()


def moved(desk: RollingDesk) -> int:
    """Move one person to the newer model, as the server's own job does it; how many were."""
    done, context = list[str](), desk.context
    works = {recoding.KIND: recoding.recode_codes(context)}

    def note(_job: Job, step: Step) -> None:
        done.append(str(step.reached["after"]))

    Worker(context.store, context.clock, works, new_id("wrk", desk.randomness), note, lambda: bool(done)).work_one()
    return len(done)


def test_a_new_model_is_rolled_out_over_the_nodes_while_finds_go_on(
    desk: RollingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = 9
    for n in (1, 2):
        enrol_findable(desk, f"P-{n}", n)
    assert (find(desk, 1).reference, find(desk, stranger).outcome) == ("P-1", FindOutcome.NOT_FOUND)
    # The server is of the newer version before the nodes are: none of theirs compares its codes, and it says so.
    desk.version = "number:2"
    desk.restart()
    enrol_findable(desk, "P-3", 3)
    assert {find(desk, who).outcome for who in (3, stranger)} == {FindOutcome.REFERRED}
    assert desk.shards.processes() == ()
    # The nodes are started anew, and people are moved one by one.
    monkeypatch.setattr(cluster_shards, "ShardWorker", VERSIONS["number:2"])
    ends = time.monotonic() + 60
    while len(desk.shards.processes()) < 2 and time.monotonic() < ends:
        desk.context.searching.follow()
    recoding.ask_where_needed(desk.context)
    for _ in range(2):
        assert {find(desk, who).outcome for who in (1, stranger)} == {FindOutcome.REFERRED}
        assert moved(desk) == 1
    assert [find(desk, n).reference for n in (1, 2, 3)] == ["P-1", "P-2", "P-3"]
    assert find(desk, stranger).outcome is FindOutcome.NOT_FOUND


def test_nobody_joins_without_the_token(cluster: ClusterFolder) -> None:
    assert [state for _, state in alive(cluster)] == ["up"]
    environment = {**os.environ, **cluster.environment, "RAY_AUTH_TOKEN": "0" * 64, "RAY_NUM_REDIS_GET_RETRIES": "3"}
    environment.pop("RAY_AUTH_TOKEN_PATH")
    joining = f"import ray; ray.init(address={cluster.address!r}, log_to_driver=False)"
    joined = subprocess.run([sys.executable, "-c", joining], env=environment, capture_output=True, timeout=100)
    assert joined.returncode != 0


def test_the_cluster_listens_at_loopback_alone(cluster: ClusterFolder) -> None:
    ours = {int(pid) for pid in (cluster.path / "nodes").read_text().split()}
    inodes = {link for pid in _family(ours) for link in _sockets(pid)}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().split("\n")[1:]]
    listening = [row[1] for row in rows if len(row) > 9 and row[3] == "0A" and row[9] in inodes]
    loopback = ("0100007F:", "0000000000000000FFFF00000100007F:", "00000000000000000000000001000000:")
    assert listening
    assert all(address.startswith(loopback) for address in listening), listening


def _family(pids: set[int]) -> set[int]:
    """These processes and all that came of them, by their session."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) in pids:
            found.add(int(stat.parent.name))
    return found | pids


def _sockets(pid: int) -> set[str]:
    found = set()
    try:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            target = str(link.readlink())
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        return found
    return found


def test_a_cluster_does_not_take_a_strangers_port_for_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger, pytest.raises(SetupError, match="something else listens"):
        start_head(ClusterFolder(tmp_path), port=stranger.getsockname()[1])
