"""Very many comparisons scored into metrics: `bench/scale_metrics.py [--faces 14143] [--prints 0] [--workers 2]`.

Faces are drawn vectors (128 numbers, four a person), prints drawn minutiae (four a finger, moved and thinned): time
and memory are measured, never accuracy. The baseline, in the same run, keeps every comparison as a row and uses the
plain rules on fewer templates. 14,143 faces make 10^8 comparisons, 4,473 prints 10^7. Prints one table.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.finger.comparison.compare import compare_templates, warm_up
from handfast.finger.records.iso19794_2_2005 import FORMAT, encode
from handfast.finger.types import Minutiae
from handfast.lab.blocks import Block, face_blocks, finger_blocks
from handfast.lab.rates.large import Tally
from handfast.lab.rates.metrics import equal_error_rate, error_curve, operating_point

SAMPLES = 4  # of one person
BASELINE_FACES, BASELINE_PRINTS = 1500, 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=14_143)
    parser.add_argument("--prints", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    table = Table(title=f"{arguments.workers} processes for prints", title_justify="left")
    for heading in (
        "",
        "comparisons",
        "seconds",
        "of processors",
        "a million in s",
        "peak MB",
        "EER %",
        "TMR at 1e-6 %",
    ):
        table.add_column(heading, justify="right" if heading else "left")
    faces, who = drawn_faces(arguments.faces, rng)
    small = slice(0, BASELINE_FACES)
    table.add_row("faces, as rows", *timed(lambda: plainly(rows_of(faces[small], who[small]))))
    table.add_row("faces, in blocks", *timed(lambda: in_blocks(face_blocks(faces, who), who)))
    if arguments.prints:
        add_prints(table, *drawn_prints(arguments.prints, rng), arguments.workers)
    Console(width=130).print(table)


def add_prints(table: Table, prints: list[Template], people: NDArray[np.int32], workers: int) -> None:
    warm_up()
    few = prints[:BASELINE_PRINTS], people[:BASELINE_PRINTS]
    table.add_row("prints, as rows", *timed(lambda: plainly(print_rows(*few))))
    table.add_row("prints, in blocks", *timed(lambda: in_blocks(finger_blocks(prints, people, workers), people)))


def drawn_faces(count: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    people = np.arange(count, dtype=np.int32) // SAMPLES
    own = rng.normal(size=(people[-1] + 1, 128))
    vectors = own[people] + rng.normal(scale=0.8, size=(count, 128))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), people


def drawn_prints(count: int, rng: np.random.Generator) -> tuple[list[Template], NDArray[np.int32]]:
    """Minutiae as a good photo gives them: 40 in an oval of 250 x 330 px, at least 9 px apart."""
    people = np.arange(count, dtype=np.int32) // SAMPLES
    fingers = [spread(rng) for _ in range(int(people[-1]) + 1)]
    return [template(*touched(*fingers[person], rng)) for person in people], people


def spread(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points: list[NDArray[np.float64]] = []
    while len(points) < 44:
        point = rng.uniform((30, 30), (280, 360))
        inside = ((point[0] - 155) / 125) ** 2 + ((point[1] - 195) / 165) ** 2 < 1
        if inside and all(np.hypot(*(point - other)) > 9 for other in points):
            points.append(point)
    return np.array(points), rng.uniform(0, 2 * np.pi, len(points))


def touched(
    points: NDArray[np.float64], angles: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    kept = rng.random(len(points)) < 0.9
    turn = rng.normal(scale=0.1)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = (points[kept] - (155, 195)) @ rotation.T + (155, 195) + rng.normal(scale=2.0, size=(kept.sum(), 2))
    return np.clip(moved, 1, 399), (angles[kept] + turn + rng.normal(scale=0.08, size=kept.sum())) % (2 * np.pi)


def template(points: NDArray[np.float64], angles: NDArray[np.float64]) -> Template:
    minutiae = made(points, angles)
    data = encode(minutiae, FingerPosition.RIGHT_INDEX, 80.0)
    return Template(
        Modality.FINGER, FingerPosition.RIGHT_INDEX, SampleKind.HAND, FORMAT, "drawn:1", data, Quality(80.0)
    )


def made(points: NDArray[np.float64], angles: NDArray[np.float64]) -> Minutiae:
    count = len(points)
    return Minutiae(320, 400, points[:, 0], points[:, 1], angles, np.ones(count, np.uint8), np.full(count, 80.0))


def in_blocks(blocks: Iterable[Block], people: NDArray[np.int32]) -> tuple[int, float, float]:
    """(comparisons, EER, TMR at FMR 1e-6) by the tally."""
    each = np.bincount(people).astype(np.int64)
    mated = int((each * (each - 1) // 2).sum())
    count = len(people) * (len(people) - 1) // 2
    tally = Tally(count - mated)
    for scores, same in blocks:
        tally.add(scores, same)
    found = tally.figures()
    return count, found.equal_error_rate(), found.operating_point(1e-6).tmr


def plainly(rows: Sequence[tuple[float, bool]]) -> tuple[int, float, float]:
    """The same by the plain rules, from a row for each comparison."""
    mated, nonmated = (np.array([score for score, same in rows if same is wanted]) for wanted in (True, False))
    rate = equal_error_rate(error_curve(mated, nonmated))
    return len(rows), rate, operating_point(mated, nonmated, 1e-6).tmr


def rows_of(vectors: NDArray[np.float32], people: NDArray[np.int32]) -> list[tuple[float, bool]]:
    return [
        (float(vectors[i] @ vectors[j]), bool(people[i] == people[j]))
        for i in range(len(vectors))
        for j in range(i + 1, len(vectors))
    ]


def print_rows(prints: Sequence[Template], people: NDArray[np.int32]) -> list[tuple[float, bool]]:
    return [
        (compare_templates(prints[i], prints[j]).value, bool(people[i] == people[j]))
        for i in range(len(prints))
        for j in range(i + 1, len(prints))
    ]


def timed(work: Callable[[], tuple[int, float, float]]) -> list[str]:
    """The cells of one row. Peak memory is of this process, and of the largest of those that it started."""
    start, busy = time.perf_counter(), processor_seconds()
    count, rate, tmr = work()
    took, worked = time.perf_counter() - start, processor_seconds() - busy
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    speed, memory = f"{took / count * 1e6:,.2f}", f"{peak:,.0f}"
    return [f"{count:,}", f"{took:,.1f}", f"{worked:,.1f}", speed, memory, f"{100 * rate:.3f}", f"{100 * tmr:.2f}"]


def processor_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
