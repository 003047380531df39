"""The two tables of a run: the whole policy (IAPAR), and the live challenge as a detector (ISO/IEC 30107-3).

Everything in them is simulated and says so: they are no rates of the product. Injections are counted apart from
presentations (CEN/TS 18099), and kinds that are reported but not barred are marked.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handfast.lab.attack.kinds import NOT_BARRED, PRESENTATIONS, Kind
from handfast.lab.attack.run import Row
from handfast.lab.rates.intervals import clopper_pearson

NOTE = "Simulated: rendered from portraits, never held before a lens. No rate of the product."


@dataclass(frozen=True, slots=True)
class KindResult:
    """One kind. `accepted` of `trials` followed every live step; `unanswered` never showed a face.

    upper     of the accepted share, by Clopper and Pearson, 95 % on one side
    stopped   at which step the others were stopped, most often first
    """

    kind: Kind
    trials: int
    accepted: int
    unanswered: int
    upper: float
    stopped: tuple[tuple[str, int], ...]

    @property
    def of(self) -> str:
        """Whether it is shown to the camera or takes its place."""
        if self.kind is Kind.BONA_FIDE:
            return "bona fide"
        return "presentation" if self.kind in PRESENTATIONS else "injection"

    @property
    def barred(self) -> bool:
        """Whether the bar of no accepted attack holds for this kind."""
        return self.kind not in (*NOT_BARRED, Kind.BONA_FIDE)


def results(rows: Iterable[Row]) -> tuple[KindResult, ...]:
    """One result a kind that was tried, in the order of Kind."""
    rows = list(rows)
    there = [kind for kind in Kind if any(row["kind"] == kind for row in rows)]
    return tuple(_result(kind, [row for row in rows if row["kind"] == kind]) for kind in there)


def failures(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Accepted attacks and refused people, each with the name of its picture."""
    return tuple(row for row in rows if row["followed"] is not (row["kind"] == Kind.BONA_FIDE))


def _result(kind: Kind, rows: Sequence[Row]) -> KindResult:
    accepted = sum(row["followed"] for row in rows)
    stopped = Counter(row["steps"][-1]["kind"] for row in rows if not row["followed"])
    unanswered = sum(not row["responded"] for row in rows)
    upper = clopper_pearson(accepted, len(rows), 0.90)[1]
    return KindResult(kind, len(rows), accepted, unanswered, upper, tuple(stopped.most_common()))
