"""A run from scores that others made: the same files as `lab compare` leaves, but for captures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import handfast
from handfast.lab.figures import EER_RULE, Intervals, figures
from handfast.lab.files import person_id, salted, write_lines, write_summary
from handfast.lab.rates.det import draw_det
from handfast.lab.rates.intervals import Comparisons
from handfast.lab.scorefiles import Given


def measure_given(
    given: Sequence[Given], out: Path, *, comparator: str, unit: str, form: str, salt: bytes, intervals: Intervals
) -> dict[str, object]:
    """Write scores.csv, summary.json and det.png to `out`; gives the summary. People appear as salted ids."""
    scored = [(one, one.score) for one in given if one.score is not None]
    people = {name: n for n, name in enumerate(sorted({side[0] for one, _ in scored for side in _sides(one)}))}
    reference, probe = (
        np.array([people[_sides(one)[side][0]] for one, _ in scored], dtype=np.int32) for side in (0, 1)
    )
    comparisons = Comparisons(np.array([s for _, s in scored]), reference == probe, reference, probe, len(people))
    missed = [one.mated for one in given if one.score is None]
    summary: dict[str, object] = {
        "software": {"handfast": handfast.__version__},
        "machine": {},
        "modality": None,
        "kind": None,
        "models": [],
        "comparators": [comparator],
        "protocol": {"format": form, "seed": intervals.seed, "eer_rule": EER_RULE},
        "counts": {
            "people": len(people),
            "mated_not_compared": sum(missed),
            "nonmated_not_compared": len(missed) - sum(missed),
        },
        "failures_to_acquire": None,
        "results": {unit: {"all_pairs": figures(comparisons, intervals)}},
    }
    out.mkdir(parents=True, exist_ok=True)
    write_lines(out / "scores.csv", ((*_ids(one, salt), unit, int(one.mated), f"{s:.9g}", "") for one, s in scored))
    write_summary(out / "summary.json", summary)
    draw_det(out / "det.png", {comparator: comparisons}, "Given scores", f"{len(people)} people.")
    return summary


def _sides(one: Given) -> tuple[tuple[str, str], tuple[str, str]]:
    return one.reference, one.probe


def _ids(one: Given, salt: bytes) -> tuple[str, str]:
    """References and probes are captures of their own, whatever they are called: a matrix names them alike."""
    (person, capture), (other, probe) = _sides(one)
    return (
        f"{person_id(salt, '', person)}.{salted(salt, f'|{person}|reference|{capture}')}",
        f"{person_id(salt, '', other)}.{salted(salt, f'|{other}|probe|{probe}')}",
    )
