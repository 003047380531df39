"""How well each part of the contactless quality foretells that a fingertip will compare, and its error by discard.

    .venv/bin/python bench/finger_quality.py FOLDER [--people 5] [--plot docs/images/finger-quality.svg]

Uses the readings that bench/photos.py left in FOLDER, those that the gate refused too. Drawn fingers hardly miss at any
threshold that one would use, so here a tip fails if its best score against its person's three guided photos is in the
lowest tenth: the threshold is held there, as `handfast lab report` does.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from hand_readings import NAIVE, Readings, read
from hand_sweep import Entry, entries
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from photos import Trial, trials
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

FAINT, INK, PAPER = "#d9d4c8", "#22201c", "#fbf9f4"
COLOURS = {"quality": "#1f5c45", "fitted": "#3a5a8c", "clarity": "#b3611b", "focus": "#8a3b5c"}
FAILING = 0.1
SHARES = np.linspace(0, 0.5, 51)


def described(readings: Mapping[Entry, Readings], some: list[Trial]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the parts, their values (N, parts), and the quality as it stands."""
    tips = [readings[t.entry].engine[t.position] for t in some]
    names = sorted(tips[0].parts)
    return (
        names,
        np.array([[tip.parts[name] for name in names] for tip in tips]),
        np.array([tip.quality for tip in tips]),
    )


def fitted(values: np.ndarray, compares: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Logistic regression of all parts, each person by a fit on the others."""
    scores = np.zeros(len(values))
    spread = values.std(0) + 1e-9
    for person in np.unique(people):
        other = people != person
        model = LogisticRegression(C=1.0).fit(values[other] / spread, compares[other])
        scores[~other] = model.decision_function(values[~other] / spread)
    return scores


def discard_curve(quality: np.ndarray, compares: np.ndarray) -> np.ndarray:
    """Share of misses among what is left when these shares of lowest quality are left out (Grother & Tabassi 2007)."""
    order = np.argsort(quality, kind="stable")
    return np.array([1 - compares[order[int(share * len(order)) :]].mean() for share in SHARES])


def draw(path: Path, curves: Mapping[str, np.ndarray], misses: float, count: int) -> None:
    figure = Figure(figsize=(6.4, 4.6), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.12, 0.13, 0.84, 0.78), facecolor=PAPER)
    axes.plot(100 * SHARES, 100 * np.maximum(0, (misses - SHARES) / (1 - SHARES)), color=INK, ls=":", label="ideal")
    for name, curve in curves.items():
        axes.plot(100 * SHARES, 100 * curve, color=COLOURS.get(name, INK), label=name)
    axes.set_xlabel("% of fingertips discarded, lowest quality first", color=INK)
    axes.set_ylabel("% of the rest that miss their mate", color=INK)
    axes.set_title(f"{count} synthetic fingertips, refused ones too", color=INK, fontsize=10, loc="left")
    axes.set_ylim(0)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.legend(frameon=False, labelcolor=INK, fontsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.savefig(path, facecolor=PAPER, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=5)
    parser.add_argument("--tag", default="engine")
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    assert arguments.tag != NAIVE  # noqa: S101  a slip of whoever runs this
    readings = {e: read(e, arguments.folder, arguments.tag) for e in entries(arguments.people)}
    found = trials(readings)
    some = [t for t in found if t.mated and not np.isnan(t.engine)]
    scores = np.array([t.engine for t in some])
    compares = scores > np.quantile(scores, FAILING)
    names, values, quality = described(readings, some)
    cross = fitted(values, compares, np.array([t.entry.person for t in some]))
    table = Table("part", "area under the curve", "rank correlation with the score")
    columns = {name: values[:, k] for k, name in enumerate(names)} | {"quality": quality, "fitted": cross}
    for name, column in columns.items():
        area = roc_auc_score(compares, column)
        table.add_row(name, f"{area:.3f}", f"{spearmanr(column, scores).statistic:+.2f}")
    Console().print(table, f"{len(some)} tips, {int((~compares).sum())} misses")
    curves = {name: discard_curve(columns[name], compares) for name in ("quality", "fitted", "clarity", "focus")}
    for name, curve in curves.items():
        Console().print(
            name, " ".join(f"{100 * share:.0f}: {100 * curve[i]:.1f}" for i, share in enumerate(SHARES) if i % 10 == 0)
        )
    model = LogisticRegression(C=1.0).fit(values / (values.std(0) + 1e-9), compares)
    weights = model.coef_[0] / (values.std(0) + 1e-9)
    Console().print(dict(zip(names, weights.round(4).tolist(), strict=True)), float(model.intercept_[0]))
    if arguments.plot:
        draw(arguments.plot, curves, float((~compares).mean()), len(some))


if __name__ == "__main__":
    main()
