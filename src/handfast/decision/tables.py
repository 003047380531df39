"""Calibration tables: a comparison score becomes a log10 likelihood ratio (Brümmer & du Preez 2006; ISO/IEC 19795-1).

A table holds for one comparator and one pair of sample kinds, and is never used for another. Tables are JSON files in
`calibrations/`; each says what it was fitted on. Outside its range a table gives its floor or its ceiling, which follow
from how many people it was fitted on: evidence can be no stronger than what those people could have shown.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

import numpy as np

from handfast.base.errors import NoCalibration, SetupError
from handfast.base.modality import SampleKind
from handfast.base.template import Score

FORMAT = "handfast-calibration:1"
SYNTHETIC_LIMIT = 1.0  # log10; what one comparison may say when its table never saw a real sample

Key = tuple[str, SampleKind, SampleKind]


class Basis(StrEnum):
    """What a table was fitted on."""

    STUDY = "study"
    """Real samples, taken as the product takes them."""
    PUBLIC = "public"
    """Real samples, taken in another way than the product does."""
    SYNTHETIC = "synthetic"
    """Samples made by a generator."""


@dataclass(frozen=True, slots=True)
class CalibratedLlr:
    """What one score is worth.

    llr           log10 likelihood ratio of mated over non-mated
    provisional   True unless the table was fitted on a study of samples taken as the product takes them
    synthetic     True where the table never saw a real sample
    """

    llr: float
    provisional: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A monotone map from score to log10 likelihood ratio, for one comparator and one pair of sample kinds.

    scores, llrs    knots, both rising; straight lines between them
    lower, upper    95 % bootstrap interval over people of the ratio at each knot
    floor, ceiling  bounds of the ratio, from the number of people and of pairs of people
    counts          people, person_pairs, mated, nonmated
    protocol        how the scores were made: seeds, aggregation, model ids
    """

    id: str
    comparator: str
    reference_kind: SampleKind
    probe_kind: SampleKind
    basis: Basis
    description: str
    counts: Mapping[str, int]
    floor: float
    ceiling: float
    scores: tuple[float, ...]
    llrs: tuple[float, ...]
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    protocol: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if len(self.scores) != len(self.llrs) or len(self.scores) < 2:
            raise ValueError(f"{self.id}: a table needs two knots or more, as many scores as ratios")
        if any(b <= a for a, b in zip(self.scores, self.scores[1:], strict=False)):
            raise ValueError(f"{self.id}: scores must rise")
        if any(b < a for a, b in zip(self.llrs, self.llrs[1:], strict=False)):
            raise ValueError(f"{self.id}: a higher score may never be worth less")
        if not self.floor <= 0.0 <= self.ceiling:
            raise ValueError(f"{self.id}: floor and ceiling must lie on either side of 0")

    @property
    def key(self) -> Key:
        """What the table holds for."""
        return self.comparator, self.reference_kind, self.probe_kind

    @property
    def limits(self) -> tuple[float, float]:
        """(least, most) that one comparison can be worth by this table."""
        limit = SYNTHETIC_LIMIT if self.basis is Basis.SYNTHETIC else math.inf
        return max(self.floor, -limit), min(self.ceiling, limit)

    def llr(self, value: float) -> CalibratedLlr:
        """What a score of this kind is worth. A score that is not a number raises ValueError."""
        if not math.isfinite(value):
            raise ValueError(f"score is not a finite number: {value}")
        least, most = self.limits
        llr = float(np.clip(np.interp(value, self.scores, self.llrs), least, most))
        return CalibratedLlr(llr, self.basis is not Basis.STUDY, self.basis is Basis.SYNTHETIC)

    def reaches(self, llr: float) -> float:
        """The score from which one is worth so much: -inf where every score is, inf where none is."""
        least, most = self.limits
        at = bisect_left(self.llrs, llr)
        if llr > most or at == len(self.llrs):
            return math.inf
        if llr <= least or at == 0:
            return -math.inf
        share = (llr - self.llrs[at - 1]) / (self.llrs[at] - self.llrs[at - 1])
        return self.scores[at - 1] + share * (self.scores[at] - self.scores[at - 1])

    def to_json(self) -> str:
        """The table as the text of its file."""
        body = {name: getattr(self, name) for name in self.__dataclass_fields__}
        body |= {"format": FORMAT, "counts": dict(self.counts), "protocol": dict(self.protocol)}
        return json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str) -> "Table":
        """The table of a file; ValueError if it is of another format or breaks a rule above."""
        body = json.loads(text)
        if body.pop("format", None) != FORMAT:
            raise ValueError(f"not a calibration table of format {FORMAT}")
        body |= {"reference_kind": SampleKind(body["reference_kind"]), "probe_kind": SampleKind(body["probe_kind"])}
        body |= {"basis": Basis(body["basis"])}
        body |= {name: tuple(float(x) for x in body[name]) for name in ("scores", "llrs", "lower", "upper")}
        return Table(**body)


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one installation, at most one for each key."""

    by_key: Mapping[Key, Table]

    @staticmethod
    def of(tables: Iterable[Table]) -> "Tables":
        """Tables from a list; ValueError if two hold for the same key."""
        by_key: dict[Key, Table] = {}
        for table in tables:
            if table.key in by_key:
                raise ValueError(f"two tables for {table.key}")
            by_key[table.key] = table
        return Tables(MappingProxyType(by_key))

    def llr(self, score: Score) -> CalibratedLlr:
        """What a score is worth; raises NoCalibration where no table of exactly its kind exists."""
        table = self.by_key.get((score.comparator, score.reference_kind, score.probe_kind))
        if table is None:
            kinds = f"{score.reference_kind} x {score.probe_kind}"
            raise NoCalibration(f"no calibration table for {score.comparator} on {kinds} samples")
        return table.llr(score.value)

    def reaches(self, comparator: str, kind: SampleKind, llr: float) -> float:
        """The score of this comparator below which no comparison of a sample of this kind is worth so much.

        -inf where every score may be, or another comparator has a table for such samples too; inf where none is.
        """
        tables = [t for t in self.by_key.values() if kind in (t.reference_kind, t.probe_kind)]
        if any(t.comparator != comparator for t in tables):
            return -math.inf
        return min((t.reaches(llr) for t in tables), default=math.inf)

    def for_kinds(self, reference: SampleKind, probe: SampleKind) -> tuple[Table, ...]:
        """The tables of every comparator for this pair of sample kinds."""
        return tuple(t for t in self.by_key.values() if (t.reference_kind, t.probe_kind) == (reference, probe))


@cache
def load_tables(own: Path | None = None) -> Tables:
    """The tables that ship with Handfast; those in a site's own folder, if there is one, take the place of their like.

    Raises SetupError for a file that is no table.
    """
    shipped = Tables.of(_in(resources.files("handfast.decision").joinpath("calibrations")))
    if own is None or not own.is_dir():
        return shipped
    return Tables(MappingProxyType({**shipped.by_key, **Tables.of(_in(own)).by_key}))


def _in(folder: Traversable) -> list[Table]:
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    try:
        return [Table.from_json(f.read_text("utf-8")) for f in files]
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{folder}: {error}") from None
