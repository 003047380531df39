"""A cluster in processes of this machine: the same answers as in memory, and none that is wrong when one is killed."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from handfast.base.grant import Grant
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import SearchCode, Searcher
from handfast.consent.purpose import Purpose
from handfast.face.search import FaceSearcher
from handfast.finger.search import FingerSearcher
from handfast.finger.search_code import CODE_BYTES, MOST_CYLINDERS
from handfast.gallery.codes import sealed_codes
from handfast.gallery.local import LocalShards
from handfast.gallery.search_set import Found, SearchSet, Shards, model_of
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.nodes import alive, start_head, stop_nodes
from handfast.jobs.cluster.shards import RayShards
from support.keeping import Keeping, keeping

PEOPLE = 60
PORT = 6411
SEARCHERS: dict[Modality, Searcher] = {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()}
FINGERS = (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterFolder]:
    """A running cluster of one node. The folder's name is short: paths of sockets are bounded."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: requirements-cluster.lock has it")
    folder = ClusterFolder(Path(tempfile.mkdtemp(prefix="hf")))
    start_head(folder, port=PORT)
    yield folder
    import ray

    ray.shutdown()
    stop_nodes(folder)
    shutil.rmtree(folder.path, ignore_errors=True)


def codes_of(n: int) -> tuple[SearchCode, ...]:
    """What person n is searched by."""
    rng = np.random.default_rng(n)
    face = rng.standard_normal(128).astype(np.float32)
    codes = [SearchCode(Modality.FACE, None, (face / np.linalg.norm(face)).astype("<f4").tobytes())]
    for position in FINGERS:
        row = np.zeros(CODE_BYTES, np.uint8)
        row[0] = MOST_CYLINDERS
        row[8 : 8 + MOST_CYLINDERS] = np.sort(rng.integers(0, 256, MOST_CYLINDERS))
        row[8 + MOST_CYLINDERS :] = rng.integers(0, 256, CODE_BYTES - 8 - MOST_CYLINDERS)
        codes.append(SearchCode(Modality.FINGER, position, row.tobytes()))
    return tuple(codes)


class People:
    """People who agreed to be found, in one programme."""

    def __init__(self, kept: Keeping) -> None:
        self.kept = kept
        self.programme = kept.add_programme()
        self.subjects = [self._add(n) for n in range(PEOPLE)]

    def _add(self, n: int) -> str:
        kept, person = self.kept, self.kept.enrol(self.programme, f"P-{n}")
        keys = kept.keys.person(person.programme_id, person.subject_id)
        with kept.store.write() as unit:
            agreed = kept.ledger.record(unit, keys, self.programme, Purpose.FIND, tuple(Modality), kept.agreement())
            grant = kept.ledger.authorise(
                unit,
                programme_id=person.programme_id,
                subject_id=person.subject_id,
                purpose=Purpose.FIND,
                session_id="ses_e",
            )
            today = kept.clock.now().date()
            unit.searched.put(sealed_codes(keys, grant, model_of(SEARCHERS), codes_of(n), today))
            kept.log.append_for(unit, keys, "enrol", "key_test", {}, agreed.record_hash)  # type: ignore[arg-type]
        return person.subject_id

    def set_over(self, shards: Shards) -> SearchSet:
        return SearchSet(self.programme.id, SEARCHERS, shards, self.kept.keys, self.kept.clock, bytes(range(32)))

    def grant(self) -> Grant:
        with self.kept.store.read() as reader:
            return self.kept.ledger.authorise_search(
                reader, programme_id=self.programme.id, purpose=Purpose.FIND, session_id="ses_f"
            )

    def search(self, over: SearchSet, n: int) -> Found:
        with self.kept.store.read() as reader:
            return over.search(reader, self.grant(), codes_of(n), 5)

    def is_right(self, found: Found, n: int) -> bool:
        """Right: who is asked for comes first, or the answer says that not everyone was searched."""
        return found.candidates[:1] == (self.subjects[n],) or not found.complete


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with keeping(tmp_path) as kept:
        yield People(kept)


def test_a_cluster_finds_whom_one_process_finds_and_searches_on_when_a_process_is_killed(
    cluster: ClusterFolder, people: People
) -> None:
    alone = people.set_over(LocalShards(SEARCHERS, 2))
    shards = RayShards(cluster, shards=2, replicas=1, deadline=30.0)
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
    shards = RayShards(cluster, shards=1, replicas=2, deadline=30.0)
    spread = people.set_over(shards)
    assert people.search(spread, 3).complete
    os.kill(shards.processes()[0][1], signal.SIGKILL)
    for n in range(12):
        found = people.search(spread, n)
        assert (found.candidates[0], found.complete) == (people.subjects[n], True)
    spread.close()


def test_nobody_joins_without_the_token(cluster: ClusterFolder) -> None:
    assert [state for _, state in alive(cluster)] == ["up"]
    environment = {**os.environ, **cluster.environment, "RAY_AUTH_TOKEN": "0" * 64}
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
