"""How soon a server answers and how much memory it takes, in one process and with a matcher apart, in turn.

    .venv/bin/python bench/start.py [--times 3]

Start: from the command to the first answer over HTTPS, every model loaded. Memory: the proportional set size (PSS) of
the server and of every process that it started, a second after that.
"""

import argparse
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from rich.console import Console
from rich.table import Table

PORT = 18443
MODES = {"one process": "--together", "a matcher apart": "--separate"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in MODES}
    for _ in range(times):
        for name, flag in MODES.items():
            measured[name].append(started(flag))
    table = Table("", "seconds", "MB", title=f"median of {times}, {len(os.sched_getaffinity(0))} cores")
    for name, rows in measured.items():
        seconds, memory = (statistics.median(column) for column in zip(*rows, strict=True))
        table.add_row(name, f"{seconds:.1f}", f"{memory:.0f}")
    Console().print(table)


def started(flag: str) -> tuple[float, float]:
    """Seconds to the first answer, megabytes after it."""
    with tempfile.TemporaryDirectory() as folder:
        there = {"HANDFAST_DATA": f"{folder}/data", "HANDFAST_ROOT_KEY": f"{folder}/etc/root.key"}
        command = [sys.executable, "-m", "handfast", "serve", "--bind", "127.0.0.1", f"--port={PORT}", flag]
        began = time.monotonic()
        with subprocess.Popen([*command, f"--trust-port={PORT + 1}"], env=os.environ | there, stdout=-3) as server:
            try:
                while not answers():
                    if server.poll() is not None:
                        raise SystemExit("the server ended")
                    time.sleep(0.02)
                seconds = time.monotonic() - began
                time.sleep(1.0)
                return seconds, sum(map(pss, family(server.pid)))
            finally:
                server.terminate()


def answers() -> bool:
    """Whether anything is served yet."""
    context = ssl._create_unverified_context()  # noqa: S323  a certificate made a moment ago, on loopback
    try:
        urllib.request.urlopen(f"https://127.0.0.1:{PORT}/v1/log/anchor", context=context, timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    threads = [path for path in Path(f"/proc/{pid}/task").iterdir() if path.name != str(pid)]
    children += [child for path in threads for child in (path / "children").read_text("ascii").split()]
    return [pid, *(one for child in children for one in family(int(child)))]


def pss(pid: int) -> float:
    """Megabytes of one process, what it shares divided among who shares it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


if __name__ == "__main__":
    main()
