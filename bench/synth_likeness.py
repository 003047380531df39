"""How like drawn fingertips are to photographed ones: minutiae, detail that runs one way, clarity. A drawing of counts.

    .venv/bin/python bench/synth_likeness.py FOLDER REAL [--people 5] [--plot docs/images/synth-likeness.svg]

FOLDER is that of bench/photos.py; REAL holds photos of one finger each. No picture of a real finger is kept or drawn.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from hand_readings import MODELS, MOST_MINUTIAE, read
from hand_sweep import entries
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.console import Console

from handfast.base.modality import FingerPosition
from handfast.finger.photo import fingertip_print
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.finger.single import single_fingertip
from handfast.finger.tip.quality import finger_quality
from handfast.imaging.decode import decode
from handfast.models.store import ModelStore

FAINT, INK, PAPER, DRAWN, ANYHOW, SEEN = "#d9d4c8", "#22201c", "#fbf9f4", "#1f5c45", "#8fb9a5", "#b3611b"
PARTS = {
    "minutiae": "minutiae a fingertip",
    "focus": "coherence of fine detail",
    "clarity": "clarity of the strongest 25",
}
Parts = list[Mapping[str, float]]


def photographed(folder: Path) -> Parts:
    """The quality's parts of every photo of one finger."""
    extractor, found = MinutiaExtractor(ModelStore(MODELS)), []
    for path in sorted(folder.glob("*.jpg")):
        tip, measures = fingertip_print(single_fingertip(decode(path.read_bytes())), FingerPosition.UNKNOWN)
        minutiae = extractor.extract(tip.image, tip.mask).strongest(MOST_MINUTIAE)
        found.append(finger_quality(measures, minutiae).parts)
    return found


def drawn(folder: Path, people: int, tag: str, *, anyhow: bool) -> Parts:
    """The parts of drawn tips: taken as guided, or anyhow."""
    some = [e for e in entries(people) if (e.condition == -1 if anyhow else e.condition in (None, 0))]
    return [tip.parts for e in some for tip in read(e, folder, tag).engine.values()]


def draw(path: Path, groups: Mapping[str, Parts]) -> None:
    figure = Figure(figsize=(8.2, 3.0), facecolor=PAPER)
    FigureCanvasAgg(figure)
    for place, (part, title) in enumerate(PARTS.items()):
        axes = figure.add_axes((0.06 + 0.32 * place, 0.2, 0.27, 0.66), facecolor=PAPER)
        for height, (colour, parts) in enumerate(zip((DRAWN, ANYHOW, SEEN), groups.values(), strict=True)):
            values = np.array([p[part] for p in parts])
            shift = np.random.default_rng(1).uniform(-0.25, 0.25, len(values))
            axes.plot(values, 2 - height + shift, ".", color=colour, markersize=4)
            axes.plot([np.median(values)] * 2, [1.6 - height, 2.4 - height], color=INK, linewidth=1.5)
        axes.set_yticks(
            [2, 1, 0], list(groups) if place == 0 else ["", "", ""], color=INK, fontsize=8, rotation=90, va="center"
        )
        axes.set_title(title, color=INK, fontsize=9, loc="left")
        axes.grid(axis="x", color=FAINT, linewidth=0.6)
        axes.tick_params(length=0, labelsize=8)
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.savefig(path, facecolor=PAPER, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("real", type=Path)
    parser.add_argument("--people", type=int, default=5)
    parser.add_argument("--tag", default="engine")
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    groups = {
        "guided": drawn(arguments.folder, arguments.people, arguments.tag, anyhow=False),
        "anyhow": drawn(arguments.folder, arguments.people, arguments.tag, anyhow=True),
        "real": photographed(arguments.real),
    }
    for name, parts in groups.items():
        quartiles = {part: np.percentile([p[part] for p in parts], (25, 50, 75)).round(2).tolist() for part in PARTS}
        Console().print(name, len(parts), quartiles)
    if arguments.plot:
        draw(arguments.plot, groups)


if __name__ == "__main__":
    main()
