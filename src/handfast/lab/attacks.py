"""Presentation attacks, from a table of what was tried: APCER, BPCER and IAPAR by kind (ISO/IEC 30107-3:2023).

A CSV with the columns kind, detected, outcome, one row a presentation. `kind` is the species of attack instrument, or
"bona-fide" for people as they are. `detected` is yes or no: whether the challenge called it an attack (not followed).
`outcome` is what the whole system answered.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handfast.base.decision import Outcome
from handfast.base.errors import RequestError
from handfast.lab.rates.intervals import clopper_pearson, words_for

BONA_FIDE = "bona-fide"
COLUMNS = ("kind", "detected", "outcome")


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of one kind: errors of trials, exact 95 % interval, and what so many can say."""

    kind: str
    measure: str
    errors: int
    trials: int

    @property
    def rate(self) -> float:
        """Share of presentations that went wrong."""
        return self.errors / self.trials

    @property
    def interval(self) -> tuple[float, float]:
        """Exact two-sided 95 %."""
        return clopper_pearson(self.errors, self.trials)

    @property
    def words(self) -> str:
        """The rule of 3 or of 30, where it applies."""
        return words_for(self.errors, self.trials)


def read_attacks(path: Path) -> tuple[Rate, ...]:
    """Rates by kind, in the file's order: APCER and IAPAR of attacks, BPCER of bona fide. RequestError with line."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise RequestError(f"{path.name} needs the columns {', '.join(COLUMNS)}")
        rows = [_row(row, path.name, n) for n, row in enumerate(reader, 2)]
    return rates(rows)


def rates(rows: Sequence[tuple[str, bool, Outcome]]) -> tuple[Rate, ...]:
    """From (kind, detected, outcome) of each presentation. RequestError without any."""
    if not rows:
        raise RequestError("no presentation was made")
    found = []
    for kind in dict.fromkeys(kind for kind, _, _ in rows):
        own = [(detected, outcome) for name, detected, outcome in rows if name == kind]
        called, accepted = sum(d for d, _ in own), sum(o is Outcome.ACCEPTED for _, o in own)
        if kind == BONA_FIDE:
            found.append(Rate(kind, "BPCER", called, len(own)))
        else:
            found += [Rate(kind, "APCER", len(own) - called, len(own)), Rate(kind, "IAPAR", accepted, len(own))]
    return tuple(found)


def worst(found: Sequence[Rate], measure: str) -> Rate | None:
    """The kind of attack that passes most often: what a detector is as good as. None where none was tried."""
    return max((rate for rate in found if rate.measure == measure), key=lambda rate: rate.rate, default=None)


def _row(row: Mapping[str, str], name: str, line: int) -> tuple[str, bool, Outcome]:
    kind, detected = row["kind"].strip(), row["detected"].strip()
    if not kind or detected not in ("yes", "no") or row["outcome"].strip() not in set(Outcome):
        raise RequestError(f"{name}, line {line}: needs a kind, detected yes or no, and one of {', '.join(Outcome)}")
    return kind, detected == "yes", Outcome(row["outcome"].strip())
