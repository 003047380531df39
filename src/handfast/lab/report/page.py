"""The page of a report: one HTML file that loads nothing, for a screen and for A4."""

from collections.abc import Sequence
from html import escape
from importlib import resources

from handfast.lab.report import plots
from handfast.lab.report.html import Json, between, box, key, percent, section
from handfast.lab.report.levels import level_section
from handfast.lab.report.questions import conditions_section, groups_section, paired_section, transactions_section

TIMES = (
    "Milliseconds a capture: median (bar) and 95th percentile (line), on the machine that made the templates and with "
    "whatever else ran on it."
)
RULES = (
    "<p class='soft after'>A comparison matches at or above the threshold. No error in N independent trials still "
    "allows a rate of 3 / N at 95 % (rule of 3). A rate needs 30 errors to be within 30 % of the truth at 90 % "
    "confidence (rule of 30). ISO/IEC 19795-1, 19795-10.</p>"
)
FOOT = (
    "Figures hold for these people, pictures and protocol only. The same figures lie beside this page as JSON and CSV."
)


def page(body: Json) -> str:
    """HTML of the figures that `measure` gave."""
    runs, title = body["runs"], _title(body["runs"])
    parts = [_head(runs, title)]
    parts += [level_section(level, runs) for level in dict.fromkeys(name for run in runs for name in run["levels"])]
    parts += [transactions_section(found) for found in body["transactions"]]
    if "paired" in body:
        parts.append(paired_section(body["paired"], runs))
    if "differentials" in body:
        parts.append(groups_section(body["differentials"]))
    if "conditions" in body:
        parts.append(conditions_section(body["conditions"]))
    parts += [_captures(runs), _protocol(runs), f"<footer>{FOOT}</footer>"]
    style = resources.files("handfast.lab.report").joinpath("style.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _title(runs: Sequence[Json]) -> str:
    kinds = dict.fromkeys(
        f"{run['modality'].capitalize()}, {run['kind']} samples" if run.get("modality") else "Given scores"
        for run in runs
    )
    return " and ".join(kinds) + (": two runs" if len(runs) == 2 else "")


def _head(runs: Sequence[Json], title: str) -> str:
    said = "".join(f"<p class='lead'>{key(run, runs)}{_counts(run)}</p>" for run in runs)
    return f"<header><p class='over'>Handfast lab</p><h1>{escape(title)}</h1>{said}</header>"


def _counts(run: Json) -> str:
    counts, lost = run["counts"] or {}, run["failures_to_acquire"]
    words = [f"{counts[name]:,} {name}" for name in ("people", "pictures", "captures") if name in counts]
    if lost is not None:
        words.append(f"{lost['captures']:,} not acquired")
    if (unenrolled := run.get("failures_to_enrol")) is not None:
        words.append(f"{unenrolled['people']:,} people not enrolled")
    missed = counts.get("mated_not_compared", 0), counts.get("nonmated_not_compared", 0)
    if any(missed):
        words.append(f"{missed[0]:,} mated and {missed[1]:,} non-mated pairs without a score")
    return escape(", ".join(words)) + "."


def _captures(runs: Sequence[Json]) -> str:
    boxes = []
    for run in runs:
        name = f": {run['name']}" if len(runs) == 2 else ""
        if run["failures_to_acquire"] is not None:
            boxes.append(_lost(name, run["failures_to_acquire"], "hand" in run["levels"]))
        if run["latency"]:
            rows = [
                (step, time["median"], time["p95"], f"{time['median']:.0f}, {time['p95']:.0f}")
                for step, time in run["latency"].items()
            ]
            boxes.append(box("Time by step" + name, TIMES, plots.bars(rows, "Milliseconds by step")))
    return section("Captures", f"<div class='figures'>{''.join(boxes)}</div>") if boxes else ""


def _lost(name: str, lost: Json, hands: bool) -> str:
    causes = "Causes, finger by finger where a hand lost fingers:" if hands else "Causes:"
    causes = causes if lost["by_code"] else "None was lost."
    text = f"{percent(lost['rate'])} of captures (95 % {between(*lost['interval'])}, exact). {causes}"
    rows = [(code, float(count), None, f"{count:,}") for code, count in lost["by_code"].items()]
    return box("Failures to acquire" + name, text, plots.bars(rows, "Failures by cause") if rows else "")


def _protocol(runs: Sequence[Json]) -> str:
    parts = []
    for run in runs:
        rows = [
            ("comparator", ", ".join(run["comparators"] or [])),
            ("models", ", ".join(run["models"] or [])),
            *((name.replace("_", " "), "" if value is None else str(value)) for name, value in run["protocol"].items()),
            ("software", ", ".join(f"{name} {value}" for name, value in run["software"].items())),
            ("machine", ", ".join(str(value) for value in run["machine"].values())),
        ]
        cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows if value)
        title = f"<h3>{escape(run['name'])}</h3>" if len(runs) == 2 else ""
        parts.append(f"{title}<table class='text'>{cells}</table>")
    return section("Protocol", *parts, RULES)
