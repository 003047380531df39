"""Fusion and calibration on NIST BSSR1 set 1, by half-splits of its 517 people: `bench/bssr1.py FOLDER [--splits 10]`.

FOLDER holds face-C, face-G, finger-left and finger-right as .csv.gz matrices with the same person on the diagonal.
Tables are fitted on one half and everything is measured on the other. Prints mean and standard deviation.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from handfast.base.modality import SampleKind
from handfast.decision.tables import Basis
from handfast.lab.calibrate import About, FitParameters, fit_table
from handfast.lab.rates.intervals import Comparisons
from handfast.lab.rates.likelihood import cllr, min_cllr
from handfast.lab.rates.metrics import equal_error_rate, error_curve

Matrix = NDArray[np.float64]
SETS = ("face-C", "face-G", "finger-left", "finger-right")
FUSIONS = {
    "face C + one finger": ("face-C", "finger-right"),
    "face C + two fingers": ("face-C", "finger-left", "finger-right"),
}
ABOUT = About("bssr1:1", "bssr1:1", SampleKind.PORTRAIT, SampleKind.PORTRAIT, Basis.PUBLIC, "NIST BSSR1 set 1", {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--least", action="store_true", help="only what the true ratio itself would get")
    arguments = parser.parse_args()
    if arguments.least:
        least()
        return
    matrices = {name: read(arguments.folder / f"{name}.csv.gz") for name in SETS}
    rng = np.random.default_rng(1)
    found: dict[str, list[tuple[float, ...]]] = {}
    for _ in range(arguments.splits):
        order = rng.permutation(len(matrices["face-C"]))
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        for name, figures in one_split(matrices, *halves).items():
            found.setdefault(name, []).append(figures)
    print(f"{'':28}{'EER %':>14}{'Cllr - min':>18}{'FMR at LLR >= 3':>22}{'FMR at its 1e-3':>22}")
    for name, rows in found.items():
        mean, sd = np.mean(rows, axis=0), np.std(rows, axis=0)
        cells = [f"{100 * mean[0]:8.2f} ({100 * sd[0]:.2f})"]
        cells += [f"{m:11.4f} ({s:.4f})" if np.isfinite(m) else "" for m, s in zip(mean[1:], sd[1:], strict=True)]
        print(f"{name:28}" + "".join(f"{cell:>20}" for cell in cells))


def least(people: int = 259, draws: int = 12) -> None:
    """Cllr above its minimum of the TRUE ratio: the minimum is fitted to the very scores it is told of, so too good.

    Two normal distributions with the EERs of the faces, as many people as a half.
    """
    rng = np.random.default_rng(5)
    for apart in (3.2, 3.45):
        found = []
        for _ in range(draws):
            mated, nonmated = rng.normal(apart, 1.0, people), rng.normal(0.0, 1.0, people * (people - 1))
            ratios = [(apart * scores - apart**2 / 2) / np.log(10.0) for scores in (mated, nonmated)]
            found.append(cllr(*ratios) - min_cllr(mated, nonmated))
        rate = 100 * norm.cdf(-apart / 2)
        print(f"EER {rate:.1f} %: {np.mean(found):.4f} ({np.std(found):.4f}) with the true ratio")


def read(path: Path) -> Matrix:
    """A score matrix; a failed comparison (negative) is NaN."""
    with gzip.open(path, "rt") as file:
        next(file)
        scores = np.array([[float(cell) for cell in line.split(",")[1:]] for line in file])
    return np.where(scores < 0, np.nan, scores)


def one_split(
    matrices: dict[str, Matrix], train: NDArray[np.int64], test: NDArray[np.int64]
) -> dict[str, tuple[float, ...]]:
    fitted: dict[str, Matrix] = {}
    on_train: dict[str, Matrix] = {}
    normed: dict[str, Matrix] = {}
    for name, matrix in matrices.items():
        own, other = matrix[np.ix_(train, train)], matrix[np.ix_(test, test)]
        table = fit_table(comparisons(own), ABOUT, FitParameters(replicates=2))
        fitted[name], on_train[name] = (
            np.nan_to_num(np.clip(np.interp(m, table.scores, table.llrs), table.floor, table.ceiling))
            for m in (other, own)
        )
        strangers = own[~np.eye(len(own), dtype=bool)]
        normed[name] = np.nan_to_num((other - np.nanmean(strangers)) / np.nanstd(strangers))
    result = {name: figures(fitted[name], on_train[name]) for name in SETS}
    for name, parts in FUSIONS.items():
        result[f"{name}, LLR sum"] = figures(sum_of(fitted, parts), sum_of(on_train, parts))
        result[f"{name}, z sum"] = (eer(sum_of(normed, parts)), np.nan, np.nan, np.nan)
    return result


def comparisons(matrix: Matrix) -> Comparisons:
    left, right = np.indices(matrix.shape).reshape(2, -1).astype(np.int32)
    score = matrix.ravel()
    return Comparisons(score, left == right, left, right, len(matrix)).take(np.isfinite(score))


def figures(matrix: Matrix, on_train: Matrix) -> tuple[float, ...]:
    """EER, Cllr above the best, FMR from a ratio of 1000 up, FMR at the threshold for 1e-3 on the other half."""
    mated, nonmated = split(matrix)
    threshold = np.quantile(split(on_train)[1], 1 - 1e-3)
    return (
        eer(matrix),
        cllr(mated, nonmated) - min_cllr(mated, nonmated),
        float(np.mean(nonmated >= 3.0)),
        float(np.mean(nonmated > threshold)),
    )


def eer(matrix: Matrix) -> float:
    return equal_error_rate(error_curve(*split(matrix)))


def split(matrix: Matrix) -> tuple[Matrix, Matrix]:
    same = np.eye(len(matrix), dtype=bool)
    return matrix[same], matrix[~same]


def sum_of(matrices: dict[str, Matrix], names: tuple[str, ...]) -> Matrix:
    return np.sum([matrices[name] for name in names], axis=0)


if __name__ == "__main__":
    main()
