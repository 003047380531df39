"""Starting and stopping the processes of a cluster on this machine by Ray's own command."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from handfast.base.errors import SetupError
from handfast.base.modality import Modality
from handfast.base.search import Searcher
from handfast.gallery.local import local_shards
from handfast.gallery.search_set import Shards
from handfast.jobs.cluster.folder import LOOPBACK, ClusterFolder, cluster_folder, make_folder
from handfast.jobs.cluster.shards import RayShards, connected

PORT = 6399
OBJECT_STORE = 80_000_000  # bytes; Ray's least. Nothing of ours goes in


def start_head(folder: ClusterFolder, address: str = LOOPBACK, port: int = PORT) -> None:
    """The first node. Only this address is listened at: loopback, or that of a private tunnel. Raises SetupError."""
    make_folder(folder, tuple(dict.fromkeys((LOOPBACK, address))))
    (folder.path / "address").write_text(f"{address}:{port}\n", "utf-8")
    _ray(
        folder,
        "start",
        "--head",
        f"--node-ip-address={address}",
        f"--port={port}",
        "--include-dashboard=false",
        "--disable-usage-stats",
        f"--object-store-memory={OBJECT_STORE}",
        "--num-cpus=1",
        f"--temp-dir={_scratch(folder)}",
    )


def start_node(folder: ClusterFolder, address: str = LOOPBACK) -> None:
    """One more node, on this machine or (with the folder copied there) on another. Raises SetupError."""
    _ray(
        folder,
        "start",
        f"--address={folder.address}",
        f"--node-ip-address={address}",
        "--disable-usage-stats",
        f"--object-store-memory={OBJECT_STORE}",
        "--num-cpus=1",
    )


def stop_nodes(folder: ClusterFolder) -> None:
    """End every process of Ray that this user runs on this machine."""
    _ray(folder, "stop", "--grace-period=3")
    (folder.path / "address").unlink(missing_ok=True)


def _scratch(folder: ClusterFolder) -> Path:
    """Ray's sockets and logs, beside the keys and readable by their owner only."""
    scratch = folder.path / "ray"
    scratch.mkdir(mode=0o700, exist_ok=True)
    return scratch


def _ray(folder: ClusterFolder, *arguments: str) -> None:
    command = [sys.executable, "-m", "ray.scripts.scripts", *arguments]
    environment = {**os.environ, **folder.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SetupError(f"ray {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")


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
    return lambda _searchers: RayShards(folder, *wanted_size(folder))
