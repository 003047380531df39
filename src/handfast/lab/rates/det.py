"""Detection error trade-off plot on normal deviate axes (Martin et al. 1997)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.stats import norm

from handfast.lab.rates.intervals import Comparisons
from handfast.lab.rates.metrics import equal_error_rate, error_curve

TICKS = (1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5)
COLOURS = ("#1f5c45", "#b3611b", "#3a5a8c", "#8a3b5c", "#6b6b2a", "#4b4b4b")
PAPER, INK, FAINT = "#fbf9f4", "#22201c", "#d9d4c8"


def draw_det(path: Path, curves: Mapping[str, Comparisons], title: str, note: str) -> None:
    """One line for each named set of comparisons, written as a picture; `note` says what it rests on.

    A line is drawn only where both rates rest on an error or more: what was never seen is not drawn.
    """
    legend, note_height = 0.22 * len(curves) + 0.75, 0.75  # inches
    height = 7.2 + legend + note_height
    figure = Figure(figsize=(7.2, height), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.13, (legend + note_height) / height, 0.83, 6.3 / height))
    _axes(axes, max(1e-6, min(1.0 / len(scores) for c in curves.values() for scores in c.split) / 1.5))
    for colour, (name, comparisons) in zip(COLOURS * 4, curves.items(), strict=False):
        _line(axes, comparisons, name, colour)
    figure.legend(
        loc="upper left", bbox_to_anchor=(0.115, (legend + note_height - 0.6) / height), frameon=False, labelcolor=INK
    )
    figure.text(0.13, 1 - 0.45 / height, title, color=INK, fontsize=14, fontweight="bold")
    figure.text(0.13, 1 - 0.75 / height, "Lower left is better.", color=INK, fontsize=9.5)
    figure.text(0.13, 0.25 / height, note, color=INK, fontsize=8.5, linespacing=1.5)
    figure.savefig(path, dpi=150, facecolor=PAPER)


def _axes(axes: Axes, lowest: float) -> None:
    ticks = [tick for tick in TICKS if tick >= lowest]
    low, high = norm.ppf(lowest), norm.ppf(0.6)
    axes.set(xlim=(low, high), ylim=(low, high), facecolor=PAPER)
    axes.plot([low, high], [low, high], color=FAINT, linewidth=1, linestyle=(0, (4, 4)), zorder=0)
    labels = [f"{100 * tick:g} %" for tick in ticks]
    axes.set_xticks(norm.ppf(ticks), labels)
    axes.set_yticks(norm.ppf(ticks), labels)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    axes.set_xlabel("false match rate", color=INK, labelpad=8)
    axes.set_ylabel("false non-match rate", color=INK, labelpad=8)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _line(axes: Axes, comparisons: Comparisons, name: str, colour: str) -> None:
    mated, nonmated = comparisons.split
    curve = error_curve(mated, nonmated)
    seen = (curve.fmr > 0) & (curve.fnmr > 0)
    apart = "" if seen.any() else ", no error to draw"
    eer = f"EER {equal_error_rate(curve):.2%}"
    label = f"{name}: {eer} ({len(mated):,} mated, {len(nonmated):,} non-mated{apart})"
    fmr, fnmr = (np.where(seen, np.minimum(rates, 0.999), np.nan) for rates in (curve.fmr, curve.fnmr))
    axes.plot(norm.ppf(fmr), norm.ppf(fnmr), color=colour, linewidth=1.9, label=label, solid_joinstyle="round")
