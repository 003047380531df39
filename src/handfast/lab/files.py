"""The files that a run of the lab leaves: scores.csv, captures.csv, summary.json. People appear as salted ids only."""

import csv
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handfast.base.errors import RequestError
from handfast.base.template import Template
from handfast.lab.rates.intervals import Comparisons
from handfast.lab.sets.acquired import Acquired
from handfast.lab.sets.captures import Capture
from handfast.lab.sets.comparing import Row, hand_of, unit_of

SCORE_COLUMNS = ("reference", "probe", "unit", "mated", "score", "llr")


@dataclass(frozen=True, slots=True)
class Ids:
    """Names for captures that say nothing without the salt: person and capture, apart by a dot."""

    salt: bytes

    def of(self, capture: Capture) -> str:
        """Such as "3f9a0c1d2e4b.7a6b5c4d3e2f": equal before the dot for the same person, and only then."""
        name = capture.pictures[0].person
        label = f"{capture.group}|{name}|{capture.slot}|{capture.split}|{capture.sample}"
        return f"{person_id(self.salt, capture.group, name)}.{salted(self.salt, label)}"


def person_id(salt: bytes, group: str, person: str) -> str:
    """The salted id of a person: what stands before the dot."""
    return salted(salt, f"{group}|{person}")


def salted(salt: bytes, label: str) -> str:
    """Twelve hexadecimal digits that say nothing of the label without the salt."""
    return hmac.digest(salt, label.encode(), hashlib.sha256).hex()[:12]


def write_scores(path: Path, rows: Iterable[Row], ids: Sequence[str]) -> None:
    """Rows sorted by their salted ids, so that the order of people in the set does not show."""
    write_lines(
        path,
        (
            (ids[row.reference], ids[row.probe], row.unit, int(row.mated), f"{row.score:.9g}", _number(row.llr))
            for row in rows
        ),
    )


def write_lines(path: Path, lines: Iterable[tuple[str, str, str, int, str, str]]) -> None:
    """A scores.csv from the cells of its rows, sorted."""
    _write(path, SCORE_COLUMNS, sorted(lines))


def read_scores(path: Path, *, hands: bool = False) -> Comparisons:
    """The comparisons of a scores.csv: of whole hands, or of all else. RequestError if it is no such file."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames is None or not {"reference", "probe", "mated", "score"} <= set(reader.fieldnames):
            raise RequestError(f"{path.name} has not the columns reference, probe, mated and score")
        lines = [row for row in reader if str(row.get("unit") or "").endswith("hand") == hands]
    if not lines:
        raise RequestError(f"{path.name} holds no comparison of the unit that is asked for")
    try:
        return _comparisons(lines)
    except (ValueError, KeyError) as error:
        raise RequestError(f"{path.name}: {error}") from None


def write_captures(
    path: Path,
    captures: Sequence[Capture],
    acquired: Sequence[Acquired],
    ids: Sequence[str],
    taken: Sequence[Mapping[str, str]],
) -> None:
    """A row for each capture with its times and how it was taken, and for a hand one more for each finger."""
    lines = [
        {**how, **line}
        for name, capture, result, how in zip(ids, captures, acquired, taken, strict=True)
        for line in _lines(name, capture, result)
    ]
    parts = sorted({key for line in lines for key in line if key.startswith("part_")})
    steps = sorted({key for line in lines for key in line if key.startswith("ms_")})
    columns = ("id", "unit", "quality", *parts, "failure", *taken[0], "ms", *steps)
    _write(path, columns, sorted(tuple(str(line.get(column, "")) for column in columns) for line in lines))


def write_summary(path: Path, summary: Mapping[str, object]) -> None:
    """Readable JSON."""
    path.write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _comparisons(lines: Sequence[Mapping[str, str]]) -> Comparisons:
    people = {
        name: n
        for n, name in enumerate(sorted({_person(row[side]) for row in lines for side in ("reference", "probe")}))
    }
    reference, probe = (
        np.array([people[_person(row[side])] for row in lines], dtype=np.int32) for side in ("reference", "probe")
    )
    mated = np.array([_truth(row["mated"]) for row in lines])
    if np.any(mated != (reference == probe)):
        raise ValueError("a row says mated where the people before the dots differ, or the other way round")
    return Comparisons(np.array([float(row["score"]) for row in lines]), mated, reference, probe, len(people))


def _person(name: str) -> str:
    return name.split(".", 1)[0]


def _truth(word: str) -> bool:
    if word not in ("0", "1"):
        raise ValueError(f"mated is {word!r}, not 0 or 1")
    return word == "1"


def _lines(name: str, capture: Capture, result: Acquired) -> list[dict[str, object]]:
    times = {f"ms_{step}": f"{ms:.1f}" for step, ms in result.milliseconds.items() if step != "all"}
    whole: dict[str, object] = {"id": name, "ms": f"{result.milliseconds.get('all', 0.0):.1f}", **times}
    positions = capture.pictures[0].positions
    if len(positions) < 2:
        failure = result.failures[0][1] if result.failures and not result.templates else ""
        return [
            whole | {"unit": unit_of(positions[0] if positions else None), "failure": failure} | _mean(result.templates)
        ]
    failed = [code for position, code in result.failures if position is None]
    hand = whole | {"unit": hand_of(positions[0]), "failure": failed[0] if failed else ""} | _mean(result.templates)
    fingers = [
        {"id": name, "unit": unit_of(position), "failure": _failure(result, position)}
        | _mean([t for t in result.templates if t.position == position])
        for position in positions
    ]
    return [hand, *fingers]


def _failure(result: Acquired, position: object) -> str:
    if any(template.position == position for template in result.templates):
        return ""
    return next((code for failed, code in result.failures if failed in (position, None)), "not-captured")


def _mean(templates: Sequence[Template]) -> dict[str, object]:
    if not templates:
        return {}
    parts = {part for template in templates for part in template.quality.parts}
    values = {f"part_{part}": [t.quality.parts[part] for t in templates if part in t.quality.parts] for part in parts}
    values["quality"] = [template.quality.value for template in templates]
    return {name: f"{np.mean(numbers):.4g}" for name, numbers in values.items()}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _write(path: Path, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)
