"""The section of faces, fingers or hands: rates, what they cannot say, and four plots."""

from collections.abc import Sequence
from html import escape

from handfast.lab.report import plots
from handfast.lab.report.html import NAMES, Json, between, box, key, percent, prefix, section, table

RESTS = "Below each rate the errors that it rests on: mated comparisons that failed | non-mated ones that matched."
TRADE_OFF = (
    "Both error rates as the threshold moves; lower left is better. Drawn only where both rest on an error or more."
)
SCORES = (
    "Mated scores above, non-mated below, each scaled to its own highest bin. Dashed: thresholds for these FMRs, where "
    "they rest on an error or more."
)
CALIBRATION = (
    "How much likelier a told ratio really was for mated than for non-mated; on the dotted line, exactly so. Shown "
    "where a bin holds both. Tables cut ratios at their floor and ceiling. A table fitted on these very people looks "
    "better here than it is."
)
SEARCHING = (
    "FPIR: searches by people who are not in the gallery that answer somebody. FNIR: searches that miss their own "
    "person. Over every gallery of that size that these people could make."
)
DISCARD = (
    "Mated comparisons left out by the lower quality of their two samples, at the threshold at which 5 % fail at "
    "first. Dotted: a perfect measure of quality. A flat line: quality says nothing."
)


def level_section(level: str, runs: Sequence[Json]) -> str:
    """All of one level, for the runs that have it."""
    having = [run for run in runs if level in run["levels"]]
    return section(
        NAMES[level],
        _points(level, having, runs),
        _careful(level, having, runs),
        _search(level, having, runs),
        _figures(level, having, runs),
    )


def _points(level: str, having: Sequence[Json], runs: Sequence[Json]) -> str:
    targets = [point["fmr_target"] for point in having[0]["levels"][level]["tmr_at_fmr"]]
    rows = []
    for run in having:
        figures = run["levels"][level]
        rows.append([prefix(run, runs) + "all pairs", *_cells(figures)])
        groups = (figures["fvc"] or {}).get("groups", {})
        rows += [[f"{prefix(run, runs)}FVC {escape(name)}".strip(), *_cells(group)] for name, group in groups.items()]
        if len(groups) > 1:
            mean = f"{100 * figures['fvc']['mean_eer']:.2f}\u00a0%"
            rows.append([f"{prefix(run, runs)}FVC mean", "", "", mean, *[""] * len(targets)])
    head = ["", "mated", "non-mated", "EER", *(f"TMR at FMR {percent(target)}" for target in targets)]
    return table(head, rows) + f"<p class='soft'>{RESTS}</p>"


def _cells(figures: Json) -> list[str]:
    bootstrap = figures.get("bootstrap")
    spread = _spread(bootstrap["eer"]) if bootstrap else ""
    cells = [f"{figures['mated']:,}", f"{figures['nonmated']:,}", f"{100 * figures['eer']:.2f}\u00a0%{spread}"]
    for n, point in enumerate(figures["tmr_at_fmr"]):
        rests = f"<small>{point['false_non_matches']:,} | {point['false_matches']:,}</small>"
        spread = _spread(bootstrap["tmr_at_fmr"][n][1:]) if bootstrap else ""
        cells.append(f"{100 * point['tmr']:.2f}\u00a0%{rests}{spread}")
    return cells


def _spread(interval: Sequence[float]) -> str:
    """Nothing where no draw differs: without an error, drawing people anew makes none."""
    return f"<small>{between(*interval)}</small>" if interval[0] < interval[1] else ""


def _careful(level: str, having: Sequence[Json], runs: Sequence[Json]) -> str:
    said = [
        f"<li>{prefix(run, runs)}{escape(one)}</li>" for run in having for one in run["levels"][level]["cannot_say"]
    ]
    if not said:
        return ""
    return f"<div class='careful'><h3>What these figures cannot say</h3><ul>{''.join(said)}</ul></div>"


def _search(level: str, having: Sequence[Json], runs: Sequence[Json]) -> str:
    rows, targets = [], dict.fromkeys(p["fpir_target"] for run in having for p in run["levels"][level]["search"])
    for run in having:
        points = {(p["size"], p["fpir_target"]): p for p in run["levels"][level]["search"]}
        for size in dict.fromkeys(size for size, _ in points):
            cells = [_missed(points[size, target]) for target in targets]
            rows.append([f"{prefix(run, runs)}{size:,} people", *cells])
    if not rows:
        return ""
    shown = table(["gallery", *(f"FNIR at FPIR {percent(target)}" for target in targets)], rows)
    return f"<h3>Searching</h3>{shown}<p class='soft'>{SEARCHING}</p>"


def _missed(point: Json) -> str:
    return f"{percent(point['fnir'])}<small>{point['misses']:,} of {point['mated']:,}</small>"


def _figures(level: str, having: Sequence[Json], runs: Sequence[Json]) -> str:
    found = [run["levels"][level] for run in having]
    keys = f"<p class='keys'>{''.join(key(run, runs) for run in having)}</p>" if len(runs) > 1 else ""
    boxes = [box("Trade-off", TRADE_OFF, keys + plots.det(found))]
    for run, own in zip(having, found, strict=True):
        boxes.append(
            box("Scores", SCORES, (keys and f"<p class='keys'>{key(run, runs)}</p>") + plots.distribution(own))
        )
    if any(own["reliability"] for own in found):
        costs = "; ".join(
            f"{prefix(run, runs)}Cllr {own['reliability']['cllr']:.3f}, at best {own['reliability']['min_cllr']:.3f}"
            for run, own in zip(having, found, strict=True)
            if own["reliability"]
        )
        boxes.append(box("Calibration", f"{CALIBRATION} {costs}.", keys + plots.reliability(found)))
    if any(own["discard"] for own in found):
        boxes.append(box("Error by discard", DISCARD, keys + plots.discard(found)))
    if len(runs) == 2:  # each run's scores beside the other's
        boxes.sort(key=lambda one: "<h3>Scores</h3>" in one)
    return f"<div class='figures'>{''.join(boxes)}</div>"
