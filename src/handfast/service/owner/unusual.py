"""Use that an owner should ask about: read off the log itself, which nobody can leave anything out of."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handfast.audit.leaf import to_the_minute
from handfast.storage.store import Reader
from handfast.storage.tables.cases import CaseDecision, CaseRow, CaseState

LOOK_BACK = timedelta(days=7)
MOST_LEAVES = 50_000
MANY_FINDS = 20
"""Finds by one operator in a week."""
NIGHT_HOURS = (22, 23, 0, 1, 2, 3, 4)
"""UTC. A site elsewhere reads its own night off the hours that are told."""
MANY_NIGHT_ACTS = 10
LEAST_DECISIONS = 10
FAR_FROM_OTHERS = 0.3
_ACTS = ("check", "enrol", "find", "review")


@dataclass(frozen=True, slots=True)
class Unusual:
    """Somebody did something more often than others; share is of their decisions, None for counts."""

    operator: str
    what: str
    number: int
    share: float | None = None


def unusual_acts(reader: Reader, programme_id: str, names: Mapping[str, str], now: datetime) -> tuple[Unusual, ...]:
    """Many finds, and much work at night, in the last week, by operators of a programme."""
    finds: Counter[str] = Counter()
    nights: Counter[str] = Counter()
    earliest = to_the_minute(now - LOOK_BACK)
    start = max(0, reader.log.tree().size - MOST_LEAVES)
    for raw in reader.log.leaves(start):
        leaf = json.loads(raw)
        if leaf["programme"] == programme_id and leaf["at"] >= earliest and leaf["kind"] in _ACTS:
            finds[leaf["actor"]] += leaf["kind"] == "find" and leaf["tag"] is None
            nights[leaf["actor"]] += int(leaf["at"][11:13]) in NIGHT_HOURS
    many = [Unusual(names.get(who, who), "finds", n) for who, n in finds.items() if n >= MANY_FINDS]
    late = [Unusual(names.get(who, who), "nights", n) for who, n in nights.items() if n >= MANY_NIGHT_ACTS]
    return tuple(sorted(many + late, key=lambda each: (each.what, each.operator)))


def override_rates(cases: Sequence[CaseRow], names: Mapping[str, str]) -> tuple[Unusual, ...]:
    """Reviewers who say "it is them" far more or less often than the others do."""
    by: defaultdict[str, list[bool]] = defaultdict(list)
    for case in cases:
        if case.state is CaseState.DECIDED and case.decided_by:
            by[case.decided_by].append(case.decision is CaseDecision.SAME)
    found = []
    for who, said in by.items():
        others = [same for other, each in by.items() if other != who for same in each]
        share = sum(said) / len(said)
        usual = sum(others) / len(others) if others else 0.5
        if len(said) >= LEAST_DECISIONS and abs(share - usual) > FAR_FROM_OTHERS:
            found.append(Unusual(names.get(who, who), "overrides", len(said), share))
    return tuple(found)
