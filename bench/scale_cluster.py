"""A Ray cluster in processes of one machine: finds a second of processor time beside one process, and a killed process.

    PYTHONPATH=tests .venv/bin/python bench/scale_cluster.py [--people 20000] [--finds 1000]

The first table scans the same codes in this process and in 2 and 4 others. The second searches `finds` times among 60
people over two shards, kills one process with -9 in the middle, and counts wrong answers: somebody else first, or
"complete" without the one who is asked for. It says how long searches were incomplete.
"""

import argparse
import os
import resource
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from handfast.gallery.local import LocalShards
from handfast.gallery.search_set import SearchSet, Shards, model_of
from handfast.gallery.shard import Entry, Query
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.nodes import start_head, stop_nodes
from handfast.jobs.cluster.shards import RayShards
from handfast.storage.store import Store
from support.crowd import SEARCHERS, People, codes_of
from support.keeping import keeping

DAY = 800_000
SEARCHES = 30


def entries(count: int) -> list[Entry]:
    """People under no transform: a few hundred distinct, repeated; the scan does not care."""
    kinds = [codes_of(n) for n in range(300)]
    face = {n: SEARCHERS[kinds[n][0].modality].turned(kinds[n][:1], bytes(32)) for n in range(300)}
    return [Entry(f"s{n}", (DAY, DAY), (*face[n % 300], *kinds[n % 300][1:])) for n in range(count)]


def fill(shards: Shards, people: list[Entry]) -> None:
    for shard in range(len(shards)):
        shards.put(shard, people[shard :: len(shards)])


def processor(pids: list[int]) -> float:
    """Seconds of processor time of this process and of these."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    ticks = os.sysconf("SC_CLK_TCK")
    theirs = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        theirs += (int(fields[11]) + int(fields[12])) / ticks
    return mine.ru_utime + mine.ru_stime + theirs


def speed(shards: Shards, pids: list[int], query: Query) -> tuple[float, float]:
    """Finds a second of processor time, and of the clock."""
    shards.search(query)
    before, began = processor(pids), time.perf_counter()
    for _ in range(SEARCHES):
        if None in shards.search(query):
            raise RuntimeError("a shard did not answer")
    return SEARCHES / (processor(pids) - before), SEARCHES / (time.perf_counter() - began)


def throughput(folder: ClusterFolder, people: list[Entry], console: Console) -> None:
    query = Query(people[7].codes, 0, DAY, 256)
    table = Table("where", "finds / processor s", "share of one process", "finds / s by the clock")
    alone = LocalShards(SEARCHERS, 1)
    fill(alone, people)
    base, clock = speed(alone, [], query)
    table.add_row("one process, one thread", f"{base:.1f}", "1.00", f"{clock:.1f}")
    for count in (2, 4):
        spread = RayShards(folder, shards=count, replicas=1, model=model_of(SEARCHERS), deadline=60.0)
        fill(spread, people)
        rate, clock = speed(spread, [pid for _, pid, _, _ in spread.processes()], query)
        table.add_row(f"{count} shards in processes", f"{rate:.1f}", f"{rate / base:.2f}", f"{clock:.1f}")
        spread.close()
    console.print(table)


def killed(folder: ClusterFolder, finds: int, console: Console) -> None:
    with keeping(Path(tempfile.mkdtemp())) as kept:
        crowd = People(kept, 60)
        shards = RayShards(folder, shards=2, replicas=1, model=model_of(SEARCHERS), deadline=3.0)
        spread = crowd.set_over(shards)
        crowd.search(spread, 0)
        over = threading.Event()
        mending = threading.Thread(target=_mend, args=(spread, kept.store, over))
        mending.start()
        wrong, incomplete, died = 0, [], 0.0
        for n in range(finds):
            if n == finds // 3:
                os.kill(shards.processes()[0][1], signal.SIGKILL)
                died = time.monotonic()
            found = crowd.search(spread, n % 60)
            wrong += not crowd.is_right(found, n % 60)
            if not found.complete:
                incomplete.append(time.monotonic() - died)
            time.sleep(0.01)
        over.set()
        mending.join()
        back = max(incomplete, default=0.0)
        console.print(
            f"{finds} finds, one process killed: {wrong} wrong, {len(incomplete)} incomplete, back in {back:.1f} s"
        )
        spread.close()


def _mend(spread: SearchSet, store: Store, over: threading.Event) -> None:
    """What the server does twice a second."""
    while not over.wait(0.5):
        spread.mend(store)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--finds", type=int, default=1000)
    asked = parser.parse_args()
    console = Console(width=120)
    folder = ClusterFolder(Path(tempfile.mkdtemp(prefix="hf")))
    start_head(folder, port=6417)
    try:
        throughput(folder, entries(asked.people), console)
        killed(folder, asked.finds, console)
    finally:
        import ray

        ray.shutdown()
        stop_nodes(folder)
        shutil.rmtree(folder.path, ignore_errors=True)


if __name__ == "__main__":
    main()
