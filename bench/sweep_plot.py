"""One picture of a sweep: how often each system finds the mate, by what was made harder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

PAPER, INK, FAINT = "#fbf9f4", "#22201c", "#d9d4c8"
ENGINE, PASSED, NAIVE = "#1f5c45", "#8fb9a5", "#b3611b"


class Measured(Protocol):
    """A row of the table: counts of misses in one condition."""

    sweep: str
    level: str
    mated: int
    naive: int
    refused: int
    engine: int


def draw_sweeps(path: Path, rows: Sequence[Measured]) -> None:
    """A bar for each condition and system: found (dark), refused and so taken again (pale), missed (blank)."""
    count = len(rows)
    figure = Figure(figsize=(8.2, 1.6 + 0.34 * count), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.24, 0.09, 0.72, 0.83), facecolor=PAPER)
    for place, row in enumerate(rows):
        y, passed = count - 1 - place, row.mated - row.refused
        axes.barh(y + 0.2, (passed - row.engine) / row.mated, 0.34, color=ENGINE)
        axes.barh(y + 0.2, row.refused / row.mated, 0.34, left=(passed - row.engine) / row.mated, color=PASSED)
        axes.barh(y - 0.2, 1 - row.naive / row.mated, 0.34, color=NAIVE)
    axes.set_yticks(range(count), [_label(row) for row in rows][::-1], color=INK, fontsize=9)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"], color=INK)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    handles = [axes.barh(-9, 0, color=colour) for colour in (ENGINE, PASSED, NAIVE)]
    axes.set_ylim(-0.7, count - 0.3)
    names = ["engine finds the mate", "engine asks for another photo", "naive chain finds the mate"]
    figure.legend(handles, names, loc="upper left", ncols=3, frameon=False, labelcolor=INK, fontsize=9)
    figure.savefig(path, facecolor=PAPER, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)


def _label(row: Measured) -> str:
    return f"{row.sweep} {row.level}".strip()
