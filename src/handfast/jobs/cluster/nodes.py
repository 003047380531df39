"""Starting and stopping the processes of a cluster on this machine by Ray's own command."""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from handfast.base.errors import SetupError
from handfast.base.modality import Modality
from handfast.base.search import Searcher
from handfast.gallery.local import local_shards
from handfast.gallery.search_set import Shards, model_of
from handfast.jobs.cluster.folder import LOOPBACK, ClusterFolder, cluster_folder, make_folder
from handfast.jobs.cluster.shards import RayShards, connected

PORT = 6399
STARTING, STOPPING = 120.0, 20.0  # seconds that a node may take
OBJECT_STORE = 80_000_000  # bytes; Ray's least. Nothing of ours goes in


def start_head(folder: ClusterFolder, address: str = LOOPBACK, port: int = PORT) -> None:
    """The first node. Only this address is listened at: loopback, or that of a private tunnel. Raises SetupError."""
    if _listening(address, port):
        raise SetupError(f"something else listens at {address}:{port}; stop it, or choose another port")
    make_folder(folder, tuple(dict.fromkeys((LOOPBACK, address))))
    (folder.path / "address").write_text(f"{address}:{port}\n", "utf-8")
    _start(
        folder,
        "--head",
        f"--node-ip-address={address}",
        f"--port={port}",
        "--include-dashboard=false",
        '--system-config={"automatic_object_spilling_enabled": false}',
        "--disable-usage-stats",
        f"--object-store-memory={OBJECT_STORE}",
        "--num-cpus=1",
        f"--temp-dir={_scratch(folder)}",
    )


def start_node(folder: ClusterFolder, address: str = LOOPBACK) -> None:
    """One more node, on this machine or (with the folder copied there) on another. Raises SetupError."""
    _start(
        folder,
        f"--address={folder.address}",
        f"--node-ip-address={address}",
        "--disable-usage-stats",
        f"--object-store-memory={OBJECT_STORE}",
        "--num-cpus=1",
    )


def stop_nodes(folder: ClusterFolder) -> None:
    """End the nodes that were started here for this cluster, and whatever they started."""
    file = folder.path / "nodes"
    for line in reversed(file.read_text("utf-8").split() if file.exists() else []):
        _end(int(line))  # those that joined before the first: without it they would wait for it
    file.unlink(missing_ok=True)
    (folder.path / "address").unlink(missing_ok=True)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)  # Ray's own command ends what it started
    ends = time.monotonic() + STOPPING
    while time.monotonic() < ends and not _ended(pid):
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _ended(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):  # where it is ours, it is waited for
        os.waitpid(pid, os.WNOHANG)
    stat = Path(f"/proc/{pid}/stat")
    # Another's child may stay as a zombie for as long as its parent likes.
    return not stat.exists() or stat.read_text("utf-8").rsplit(")", 1)[1].split()[0] == "Z"


def _scratch(folder: ClusterFolder) -> Path:
    """Ray's sockets and logs, beside the keys and readable by their owner only."""
    scratch = folder.path / "ray"
    scratch.mkdir(mode=0o700, exist_ok=True)
    return scratch


def _start(folder: ClusterFolder, *arguments: str) -> None:
    """Start a node in a session of its own and wait until the cluster answers. Raises SetupError."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *arguments]
    log = str(_scratch(folder) / "start.log")
    to_log = [(os.POSIX_SPAWN_OPEN, out, log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600) for out in (1, 2)]
    environment = {**os.environ, **folder.environment}
    node = os.posix_spawn(sys.executable, command, environment, file_actions=to_log, setsid=True)  # lives on without us
    with (folder.path / "nodes").open("a", encoding="utf-8") as file:
        file.write(f"{node}\n")
    ends = time.monotonic() + STARTING
    while not _answers(folder):
        if _ended(node) or time.monotonic() > ends:
            raise SetupError(f"the node did not start; see {log}")
        time.sleep(0.2)


def _answers(folder: ClusterFolder) -> bool:
    host, _, port = folder.address.rpartition(":")
    return _listening(host, int(port))


def _listening(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def alive(folder: ClusterFolder) -> tuple[tuple[str, str], ...]:
    """(address, "up" or "gone") of every node that the cluster has had."""
    ray = connected(folder)
    return tuple((str(node["NodeManagerAddress"]), "up" if node["Alive"] else "gone") for node in ray.nodes())


def resized(folder: ClusterFolder, shards: int, replicas: int) -> None:
    """Remember over how many shards people are to be spread, and how many copies of each there are."""
    (folder.path / "size").write_text(f"{shards} {replicas}\n", "utf-8")


def wanted_size(folder: ClusterFolder) -> tuple[int, int]:
    """(shards, replicas)."""
    file = folder.path / "size"
    shards, replicas = file.read_text("utf-8").split() if file.exists() else ("2", "1")
    return int(shards), int(replicas)


def serving_shards(data_dir: Path) -> Callable[[Mapping[Modality, Searcher]], Shards]:
    """What `handfast serve` searches in: the cluster that was started for its data, or else its own memory."""
    folder = cluster_folder(data_dir)
    if not folder.address:
        return local_shards
    return lambda searchers: RayShards(folder, *wanted_size(folder), model_of(searchers))
