"""The worst pairs as one picture, for those who may see the people: drawn only with `--show-people`, never sent."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from handfast.imaging.decode import decode
from handfast.lab.sets.acquire import MAX_PIXELS
from handfast.lab.sets.captures import Capture
from handfast.lab.sets.comparing import Row

MOST = 8  # pairs of each kind


def worst_pairs(rows: Sequence[Row], count: int = MOST) -> tuple[list[Row], list[Row]]:
    """(mated of lowest score, non-mated of highest), worst first; each pair of captures once."""
    lowest = sorted((row for row in rows if row.mated), key=lambda row: row.score)
    highest = sorted((row for row in rows if not row.mated), key=lambda row: -row.score)
    return _once(lowest, count), _once(highest, count)


def draw_worst(path: Path, folder: Path, rows: Sequence[Row], captures: Sequence[Capture], level: str) -> None:
    """One row a pair: the first picture of each side, with what was compared and its score."""
    mated, nonmated = worst_pairs(rows)
    pairs = [*((row, "same person") for row in mated), *((row, "two people") for row in nonmated)]
    if not pairs:
        return
    figure = Figure(figsize=(6.0, 2.2 * len(pairs)), layout="constrained")
    axes = figure.subplots(len(pairs), 2, squeeze=False)
    figure.suptitle(f"Worst pairs, {level}: shows people; keep with the set, delete with the study", fontsize=9)
    for (row, what), (left, right) in zip(pairs, axes, strict=True):
        for axis, index in ((left, row.reference), (right, row.probe)):
            _show(axis, folder / captures[index].pictures[0].path)
        left.set_title(f"{what}, {row.unit}: {row.score:.3f}", fontsize=8, loc="left")
    figure.savefig(path, dpi=110)


def _once(rows: Sequence[Row], count: int) -> list[Row]:
    kept: dict[tuple[int, int], Row] = {}
    for row in rows:
        kept.setdefault((row.reference, row.probe), row)
        if len(kept) == count:
            break
    return list(kept.values())


def _show(axis: Axes, picture: Path) -> None:
    axis.imshow(decode(picture.read_bytes(), MAX_PIXELS).pixels)
    axis.set_axis_off()
