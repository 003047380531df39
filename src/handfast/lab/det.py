"""Detection error trade-off plot on normal deviate axes (Martin et al. 1997)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.stats import norm

from handfast.lab.intervals import Comparisons
from handfast.lab.metrics import Values, equal_error_rate, error_curve

TICKS = (1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5)
COLOURS = ("#1f5c45", "#b3611b", "#3a5a8c", "#8a3b5c", "#6b6b2a", "#4b4b4b")
PAPER, INK, FAINT = "#fbf9f4", "#22201c", "#d9d4c8"


def draw_det(path: Path, curves: Mapping[str, Comparisons], title: str, note: str) -> None:
    """One line for each named set of comparisons, written as a picture; `note` says what it rests on."""
    figure = Figure(figsize=(7.2, 7.0), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.12, 0.15, 0.84, 0.75))
    lowest = min(0.5 / max(len(c.split[0]), len(c.split[1])) for c in curves.values())
    _axes(axes, max(min(lowest, 1e-3), 2e-6))
    for colour, (name, comparisons) in zip(COLOURS * 4, curves.items(), strict=False):
        _line(axes, comparisons, name, colour)
    axes.legend(loc="upper right", frameon=False, labelcolor=INK, fontsize=9)
    figure.text(0.12, 0.945, title, color=INK, fontsize=13, fontweight="bold")
    figure.text(0.12, 0.915, "Lower left is better. A line ends where the comparisons end.", color=INK, fontsize=9)
    figure.text(0.12, 0.03, note, color=INK, fontsize=8, wrap=True)
    figure.savefig(path, dpi=150, facecolor=PAPER)


def _axes(axes: Axes, lowest: float) -> None:
    ticks = [tick for tick in TICKS if tick >= lowest]
    low, high = norm.ppf(lowest), norm.ppf(0.6)
    axes.set(xlim=(low, high), ylim=(low, high), facecolor=PAPER)
    axes.plot([low, high], [low, high], color=FAINT, linewidth=1, linestyle=(0, (4, 4)), zorder=0)
    labels = [f"{tick:.3%}".rstrip("0%").rstrip(".") + " %" for tick in ticks]
    axes.set_xticks(norm.ppf(ticks), labels)
    axes.set_yticks(norm.ppf(ticks), labels)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    axes.set_xlabel("false match rate", color=INK)
    axes.set_ylabel("false non-match rate", color=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _line(axes: Axes, comparisons: Comparisons, name: str, colour: str) -> None:
    mated, nonmated = comparisons.split
    curve = error_curve(mated, nonmated)
    eer = equal_error_rate(curve)
    label = f"{name}   EER {eer:.2%}   {len(mated):,} mated, {len(nonmated):,} non-mated"
    fmr, fnmr = _visible(curve.fmr, len(nonmated)), _visible(curve.fnmr, len(mated))
    axes.plot(norm.ppf(fmr), norm.ppf(fnmr), color=colour, linewidth=1.8, label=label, solid_joinstyle="round")
    if eer > 0:
        axes.plot(*[[norm.ppf(eer)]] * 2, marker="o", markersize=5, color=colour, markerfacecolor=PAPER)


def _visible(rates: Values, trials: int) -> Values:
    """Rates with 0 and 1 moved to half an error, where the axis has a place for them."""
    return np.clip(rates, 0.5 / trials, 1.0 - 0.5 / trials)
