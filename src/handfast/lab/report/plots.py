"""The plots of a report, each from the figures of one or two runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import norm

from handfast.lab.report.svg import Plot

Json = Mapping[str, Any]
KINDS = ("first", "second")
DET_TICKS = (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5)


def det(levels: Sequence[Json]) -> str:
    """FNMR over FMR on normal deviate axes, a line for each run."""
    fewest = max(level["mated"] for level in levels), max(level["nonmated"] for level in levels)
    low_x, low_y = (float(norm.ppf(max(1e-6, 0.6 / count))) for count in reversed(fewest))
    high = float(norm.ppf(0.55))
    plot = Plot((low_x, high), (low_y, high), "Detection error trade-off: FNMR over FMR")
    x_ticks, y_ticks = (
        [(float(norm.ppf(t)), f"{100 * t:g} %") for t in DET_TICKS if norm.ppf(t) >= low] for low in (low_x, low_y)
    )
    plot.axes(x_ticks, y_ticks, "false match rate", "false non-match rate")
    ends = max(low_x, low_y)
    plot.segment((ends, ends), (high, high), "guide")
    for kind, level in zip(KINDS, levels, strict=False):
        shown = [(float(norm.ppf(a)), float(norm.ppf(b))) for a, b in level["det"] if max(a, b) <= 0.55]
        plot.line(shown, kind)
        if len(shown) < 3:
            plot.dots(shown, kind)
    if not any(level["det"] for level in levels):
        plot.word(
            (low_x + high) / 2, low_y + 0.25 * (high - low_y), "no threshold has errors of both kinds", "axis", "middle"
        )
    return plot.svg()


def distribution(level: Json) -> str:
    """Mated scores above the line, non-mated below, each as shares; the thresholds as thin lines."""
    shares, edges = level["distribution"], level["distribution"]["edges"]
    top, floor = max(shares["mated"]), max(shares["nonmated"])
    plot = Plot((edges[0], edges[-1]), (-1.12, 1.12), "Distributions of mated and non-mated scores", left=20)
    ticks = _ticks(edges[0], edges[-1])
    plot.axes(ticks, [], "comparison score")
    plot.area(_steps(edges, [share / top for share in shares["mated"]]), 0.0, "mated")
    plot.area(_steps(edges, [-share / floor for share in shares["nonmated"]]), 0.0, "nonmated")
    marks = [p for p in level["tmr_at_fmr"] if p["false_matches"] and p["fmr_target"] < 0.005]
    room = all(p["threshold"] < 0.25 * edges[0] + 0.75 * edges[-1] for p in marks)
    anchor, dx = ("start", 5.0) if room else ("end", -5.0)
    for point in marks:
        plot.segment((point["threshold"], -1.12), (point["threshold"], 1.12), "mark")
    for row, point in enumerate(marks):
        words = f"FMR {100 * point['fmr_target']:g} %"
        plot.word(point["threshold"], -0.72 - 0.16 * row, words, "tick", anchor, dx)
    plot.word(edges[0], 0.6, "mated", "name mated")
    plot.word(edges[-1], -0.6, "non-mated", "name nonmated", "end")
    return plot.svg()


def reliability(levels: Sequence[Json]) -> str:
    """Observed over told log10 likelihood ratio, with intervals; on the diagonal a table says what is so."""
    plot = Plot((-3.2, 3.2), (-3.2, 3.2), "Observed over told log likelihood ratios")
    ticks = [(float(t), f"{t:+d}" if t else "0") for t in range(-3, 4)]
    plot.axes(ticks, ticks, "told log10 ratio", "observed log10 ratio")
    plot.segment((-3.2, -3.2), (3.2, 3.2), "guide")
    for kind, level in zip(KINDS, levels, strict=False):
        if (found := level["reliability"]) is None:
            continue
        dots = []
        for told, observed, interval in zip(found["told"], found["observed"], found["interval"], strict=True):
            if observed is not None and abs(observed) <= 3.2 and abs(told) <= 3.2:
                low, high = (min(max(end, -3.2), 3.2) for end in interval)
                plot.segment((told, low), (told, high), f"{kind} thin")
                dots.append((told, observed))
        plot.dots(dots, kind)
    if "circle" not in "".join(plot.parts):
        plot.word(0.0, -1.5, "no bin holds both kinds", "axis", "middle")
    return plot.svg()


def discard(levels: Sequence[Json]) -> str:
    """FNMR of what is left over the share that was left out for its low quality."""
    known = [level["discard"] for level in levels if level["discard"] is not None]
    top = 1.15 * max(max(found["fnmr"]) for found in known)
    plot = Plot((0.0, 0.5), (0.0, top), "FNMR over the share discarded by quality")
    x_ticks = [(share, f"{100 * share:.0f} %") for share in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)]
    plot.axes(x_ticks, [(y, f"{100 * y:g} %") for y, _ in _ticks(0.0, top)], "discarded, lowest quality first", "FNMR")
    start = known[0]["fnmr"][0]
    ideal = [(s, max(0.0, (start - s) / (1 - s))) for s in known[0]["discarded"]]
    plot.line(ideal, "guide")
    for kind, level in zip(KINDS, levels, strict=False):
        if (found := level["discard"]) is not None:
            plot.line(list(zip(found["discarded"], found["fnmr"], strict=True)), kind)
    return plot.svg()


def bars(rows: Sequence[tuple[str, float, float | None, str]], label: str) -> str:
    """Lying bars: name, length, a second end for a whisker or None, words behind."""
    most = max(max(end, whisker or 0.0) for _, end, whisker, _ in rows) * 1.55 or 1.0
    plot = Plot((0.0, most), (len(rows) - 0.5, -0.5), label, height=26 * len(rows) + 20, left=170, bottom=8)
    for n, (name, end, whisker, words) in enumerate(rows):
        plot.word(0.0, n, name, "axis", "end", -10)
        plot.bar(0.0, end, n, 13, "bar")
        if whisker is not None:
            plot.segment((end, n), (whisker, n), "whisker")
        plot.word(max(end, whisker or 0.0), n, words, "tick", "start", 8)
    return plot.svg()


def forest(groups: Sequence[Json]) -> str:
    """A row for each group: rate with interval, and everybody else's rate as an open mark."""
    seen = [g["interval"][1] for g in groups if g["rate"] is not None and g["people"] >= 10]
    most = min(1.0, max([*seen, 1e-6]) * 1.05)
    height = 30 * len(groups) + 60
    plot = Plot((0.0, most), (len(groups) - 0.4, -0.6), "Rates by group with intervals", 1060, height, 260)
    plot.axes([(x, f"{100 * x:g} %") for x, _ in _ticks(0.0, most)], [], "")
    for n, group in enumerate(groups):
        plot.word(0.0, n, f"{group['value']} ({group['people']} people)", "axis", "end", -12)
        if group["rate"] is None:
            plot.word(0.0, n, "nothing compared", "tick", "start", 8)
            continue
        kind = "second" if group["finding"] in ("higher", "lower") else "first"
        low, high = (min(end, most) for end in group["interval"])
        plot.segment((low, n), (high, n), f"{kind} interval")
        if group["others"] is not None:
            plot.dots([(min(group["others"], most), n)], "others", 5)
        plot.dots([(min(group["rate"], most), n)], kind, 5.5)
    return plot.svg()


def _steps(edges: Sequence[float], heights: Sequence[float]) -> list[tuple[float, float]]:
    pairs = zip(edges, edges[1:], heights, strict=False)
    return [point for a, b, height in pairs for point in ((a, height), (b, height))]


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """About five round numbers between two."""
    step = 10.0 ** np.floor(np.log10((high - low) / 5))
    step *= next(m for m in (1, 2, 5, 10) if (high - low) / (m * step) <= 6)
    return [
        (float(t), f"{round(float(t), 9) + 0.0:g}") for t in np.arange(np.ceil(low / step), high / step + 1e-9) * step
    ]
