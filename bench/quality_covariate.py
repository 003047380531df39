"""Whether a sample's quality should have a say in what a score is worth: `bench/quality_covariate.py OUT [OUT ...]`.

OUT are folders that `handfast lab compare` wrote. People are halved ten times. On one half the calibration curve is
fitted, and two logistic regressions: of the curve's ratio alone, and of the ratio, the lower quality of the two
samples and their product (as a covariate enters a calibration in Poh & Kittler 2012). The other half tells what
each is worth.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from handfast.decision.tables import load_tables
from handfast.lab.rates.curve import fit_curve
from handfast.lab.rates.likelihood import cllr, min_cllr
from handfast.lab.rates.metrics import Values, equal_error_rate, error_curve
from handfast.lab.runs import Scored, read_run

BOUND = 4.0  # log10, of a ratio, either way
WAYS = "curve alone", "ratio refitted", "ratio and quality"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="+")
    parser.add_argument("--splits", type=int, default=10)
    arguments = parser.parse_args()
    shown = Table(*("run", "way", "Cllr", "least Cllr", "EER %", "better than the curve in"))
    for folder in arguments.out:
        for scored in read_run(folder, load_tables()).levels:
            found = np.array([one_split(scored, seed) for seed in range(arguments.splits)])
            for way, figures in zip(WAYS, found.transpose(1, 0, 2), strict=True):
                cells = [
                    f"{100 ** (k == 2) * figures[:, k].mean():.4f} ({100 ** (k == 2) * figures[:, k].std():.4f})"
                    for k in range(3)
                ]
                better = int(np.count_nonzero(figures[:, 0] < found[:, 0, 0]))
                shown.add_row(f"{folder.name}, {scored.level}", way, *cells, f"{better} of {arguments.splits}")
    Console(width=140).print(shown)


def one_split(scored: Scored, seed: int) -> list[tuple[float, float, float]]:
    """(Cllr, its least, EER) of each way on the people that it was not fitted on."""
    own, quality = scored.comparisons, scored.quality
    half = np.random.default_rng(seed).permutation(own.people) % 2 == 0
    train, test = (half[own.reference] & half[own.probe], ~half[own.reference] & ~half[own.probe])
    train, test = (side & ~np.isnan(quality) for side in (train, test))
    curve = fit_curve(own.score[train & own.mated], own.score[train & ~own.mated])
    ratio = np.clip(curve.at(own.score), -BOUND, BOUND)
    lower = (quality - quality[train].mean()) / quality[train].std()
    told = [ratio]
    for columns in ((ratio,), (ratio, lower, ratio * lower)):
        told.append(refitted(np.column_stack(columns), own.mated, train))
    return [judged(one[test & own.mated], one[test & ~own.mated]) for one in told]


def refitted(features: NDArray[np.float64], mated: NDArray[np.bool_], train: NDArray[np.bool_]) -> Values:
    """log10 ratios of every row, by a regression on the training rows in which both kinds weigh alike."""
    regression = LogisticRegression(class_weight="balanced", C=1.0).fit(features[train], mated[train])
    return np.asarray(np.clip(regression.decision_function(features) / np.log(10.0), -BOUND, BOUND))


def judged(mated: Values, nonmated: Values) -> tuple[float, float, float]:
    return cllr(mated, nonmated), min_cllr(mated, nonmated), equal_error_rate(error_curve(mated, nonmated))


if __name__ == "__main__":
    main()
