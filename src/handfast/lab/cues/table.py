"""What each cue is worth by kind of attack, and all of them together: fitted on some people, counted on the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from handfast.base.errors import RequestError
from handfast.lab.cues.measure import CUES, Attempt

BONA_FIDE_REFUSED = 0.05  # of the people fitted on, at most, on the attack side of a threshold
TOGETHER = "together"
ALL = "all people as they are"

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worth:
    """One cue before one kind of attack.

    auc      chance that an attack has more of it than a person as they are; half for a tie; None for people
    called   attempts beyond the threshold
    """

    cue: str
    kind: str
    auc: float | None
    called: int
    trials: int


def worth(
    attempts: Sequence[Attempt], fitted_on: frozenset[str], names: Sequence[str] = tuple(CUES)
) -> tuple[Worth, ...]:
    """Each cue, then all together, by kind, of people that nothing was fitted on. Raises RequestError without."""
    fit, rest = [a for a in attempts if a.person in fitted_on], [a for a in attempts if a.person not in fitted_on]
    if not all(any(a.bona_fide is side for a in part) for part in (fit, rest) for side in (True, False)):
        raise RequestError("both halves of the people need attempts as they are and attacks")
    scores = {name: (_single(fit, name), _single(rest, name)) for name in names}
    scores[TOGETHER] = _together(fit, rest, names)
    return tuple(found for name, (own, others) in scores.items() for found in _by_kind(name, fit, own, rest, others))


def _single(attempts: Sequence[Attempt], name: str) -> Values:
    """A cue that cannot be told speaks against nobody."""
    return np.array([-np.inf if (value := a.values[name]) is None else value for a in attempts])


def _together(fit: Sequence[Attempt], rest: Sequence[Attempt], names: Sequence[str]) -> tuple[Values, Values]:
    """Logistic regression over all cues; what cannot be told is taken for what is usual among people as they are."""
    told = [name for name in names if any(a.values[name] is not None for a in fit if a.bona_fide)]
    own, others = _matrix(fit, told), _matrix(rest, told)
    genuine = np.array([a.bona_fide for a in fit])
    middle, spread = np.nanmean(own[genuine], axis=0), np.nanstd(own, axis=0) + 1e-9
    scaled = [np.nan_to_num((part - middle) / spread).clip(-4, 4) for part in (own, others)]
    model = LogisticRegression(class_weight="balanced", max_iter=1000).fit(scaled[0], ~genuine)
    return model.decision_function(scaled[0]), model.decision_function(scaled[1])


def _matrix(attempts: Sequence[Attempt], names: Sequence[str]) -> Values:
    """(attempts, names), nan where a cue could not be told."""
    return np.array([[np.nan if (value := a.values[name]) is None else value for name in names] for a in attempts])


def _by_kind(
    name: str, fit: Sequence[Attempt], own: Values, rest: Sequence[Attempt], others: Values
) -> Iterator[Worth]:
    """People by kind and in all, then attacks by kind."""
    threshold = _threshold(own[[a.bona_fide for a in fit]])
    genuine = others[[a.bona_fide for a in rest]]
    kinds = {a.kind: a.bona_fide for a in sorted(rest, key=lambda a: (not a.bona_fide, a.kind))}
    parts = {kind: others[[a.kind == kind for a in rest]] for kind in kinds}
    people = {kind: parts[kind] for kind, bona_fide in kinds.items() if bona_fide} | {ALL: genuine}
    for kind, scores in (people | parts).items():
        area = None if kind in people else auc(scores, genuine)
        yield Worth(name, kind, area, int((scores > threshold).sum()), len(scores))


def _threshold(genuine: Values) -> float:
    """The least value that at most BONA_FIDE_REFUSED of these lie above."""
    allowed = int(BONA_FIDE_REFUSED * len(genuine))
    return float(np.sort(genuine)[len(genuine) - 1 - allowed])


def auc(attacks: Values, genuine: Values) -> float:
    """Chance that an attack's value is larger (Mann & Whitney 1947)."""
    more = (attacks[:, None] > genuine).sum() + 0.5 * (attacks[:, None] == genuine).sum()
    return float(more / (len(attacks) * len(genuine)))
