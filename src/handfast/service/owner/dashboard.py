"""The owner's morning page: who was served, who could not be and why, what waits, what is unusual, what expires.

Everything is a count by day, site or kind of phone. There is no number here that opens to a person.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handfast.base.roles import Role
from handfast.service import duress
from handfast.service.cases import opened_file
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.owner.unusual import Unusual, override_rates, unusual_acts
from handfast.service.tally import ASKED, DECLINED, EDGES, FAILED, LATENCY, MISUNDERSTOOD, OPERATOR, PHONE, QUALITY
from handfast.storage.tables.cases import CaseDecision, CaseRow, CaseState
from handfast.storage.tables.counts import DECLINE, Count

DAYS = 28
MANY = 200
"""Nobody declines among so many: then "no" may not feel like an answer, and the owner is told."""
SOON = timedelta(days=30)
OUTCOMES = ("accepted", "referred", "not_accepted", "not_captured")


@dataclass(frozen=True, slots=True)
class Numbers:
    """One line of the page: a day, a site or a kind of phone, with what ended how."""

    name: str
    enrolled: int
    accepted: int
    referred: int
    not_accepted: int
    not_captured: int
    declined: int

    @property
    def asked(self) -> int:
        """Everyone who came, those who said no too."""
        ended = self.accepted + self.referred + self.not_accepted + self.not_captured
        return self.enrolled + ended + self.declined


@dataclass(frozen=True, slots=True)
class Named:
    """A word with its number."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class OperatorNumbers:
    """One operator's sessions, or those of one API key.

    asked           sessions that ended, however
    declined        in which the person said no
    misunderstood   in which a question about the notice was not answered rightly at the first go
    unheard         nobody said no among so many that "no" may not feel like an answer here
    """

    operator: str
    asked: int
    declined: int
    misunderstood: int
    unheard: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """The mean quality of a modality's samples on a day, 0..100."""

    day: date
    modality: str
    mean: float


@dataclass(frozen=True, slots=True)
class CaseNumbers:
    """Cases: what waits, what was decided, and how often reviewers were right where the truth was known."""

    open: int
    overdue: int
    same: int
    different: int
    cannot_tell: int
    controls: int
    controls_right: int


@dataclass(frozen=True, slots=True)
class Expiring:
    """Something that ends within a month."""

    what: str
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody showed the hand that calls for help: when, and at which desk."""

    at: datetime
    desk: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The page; p50 and p95 are upper edges in seconds, None where nothing was measured or it took longer."""

    programme: str
    name: str
    since: date
    today: date
    people: tuple[Named, ...]
    days: tuple[Numbers, ...]
    sites: tuple[Numbers, ...]
    phones: tuple[Numbers, ...]
    failed: tuple[Named, ...]
    p50: float | None
    p95: float | None
    quality: tuple[Drift, ...]
    cases: CaseNumbers
    no_declines: tuple[str, ...]
    operators: tuple[OperatorNumbers, ...]
    unusual: tuple[Unusual, ...]
    expiring: tuple[Expiring, ...]
    alarms: tuple[Alarm, ...]


def dashboard(context: Context, actor: Actor, programme_id: str) -> Dashboard:
    """The page of one programme, for its owners and auditors. Raises NotAllowed, NotFound."""
    actor.must(programme_id, Role.OWNER, Role.AUDITOR)
    today = context.clock.now().date()
    since = today - timedelta(days=DAYS - 1)
    with context.store.read() as reader:
        programme = reader.programmes.get(programme_id)
        counts = reader.counts.of(programme_id, since)
        cases = reader.cases.of(programme_id)
        people = reader.subjects.count(programme_id)
        keys = reader.access.api_keys_of(programme_id)
        names = {operator.id: operator.name for operator in reader.operators.all()}
        acts = unusual_acts(reader, programme_id, names, context.clock.now())
    sites = _lines(counts, lambda count: count.desk)
    alarms = duress.alerts(context, actor, programme_id) if actor.may(Role.OWNER, programme_id) else ()
    p50, p95 = (_quantile(counts, share) for share in (0.5, 0.95))
    ends = [(key.label, key.expires_at.date()) for key in keys if key.expires_at and key.revoked_at is None]
    return Dashboard(
        programme=programme_id,
        name=programme.name,
        since=since,
        today=today,
        people=tuple(Named(state.value, number) for state, number in sorted(people.items())),
        days=_lines(counts, lambda count: count.day.isoformat()),
        sites=sites,
        phones=_phones(counts),
        failed=_most(counts, FAILED),
        p50=p50,
        p95=p95,
        quality=_drift(counts),
        cases=_cases(context, cases, today),
        operators=_operators(counts, {key.id: key.label for key in keys} | names),
        no_declines=tuple(site.name for site in sites if site.asked >= MANY and not site.declined),
        unusual=(*acts, *override_rates(cases, names)),
        expiring=tuple(Expiring("key", name, day) for name, day in ends if day <= today + SOON),
        alarms=tuple(Alarm(at, desk) for at, desk in alarms),
    )


def _lines(counts: Iterable[Count], key: Callable[[Count], str]) -> tuple[Numbers, ...]:
    ended: Counter[tuple[str, str, str]] = Counter()
    for count in counts:
        if count.kind in ("enrol", "check", DECLINE):
            ended[key(count), count.kind, count.cause] += count.number
    names = sorted({name for name, _, _ in ended})

    def own(name: str) -> dict[tuple[str, str], int]:
        return {(kind, cause): number for (of, kind, cause), number in ended.items() if of == name}

    return tuple(_line(name, own(name)) for name in names)


def _line(name: str, ended: dict[tuple[str, str], int]) -> Numbers:
    def checks(outcome: str) -> int:
        return ended.get(("check", outcome), 0)

    declined = ended.get((DECLINE, ""), 0)
    failed = checks("not_captured") + ended.get(("enrol", "not_captured"), 0)
    return Numbers(
        name=name,
        enrolled=ended.get(("enrol", "enrolled"), 0),
        accepted=checks("accepted"),
        referred=checks("referred"),
        not_accepted=checks("not_accepted"),
        not_captured=max(0, failed - declined),  # who says no ends the session as not captured
        declined=declined,
    )


def _operators(counts: Iterable[Count], names: Mapping[str, str]) -> tuple[OperatorNumbers, ...]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        if count.kind == OPERATOR:
            who, _, what = count.cause.rpartition(":")
            found[names.get(who, who)][what] += count.number
    return tuple(
        OperatorNumbers(
            name, said[ASKED], said[DECLINED], said[MISUNDERSTOOD], said[ASKED] >= MANY and not said[DECLINED]
        )
        for name, said in sorted(found.items())
    )


def _phones(counts: Iterable[Count]) -> tuple[Numbers, ...]:
    ended: Counter[tuple[str, str]] = Counter()
    for count in counts:
        if count.kind == PHONE:
            name, _, outcome = count.cause.partition(":")
            ended[name, outcome] += count.number
    names = sorted({name for name, _ in ended})
    return tuple(
        _phone(name, {outcome: number for (of, outcome), number in ended.items() if of == name}) for name in names
    )


def _phone(name: str, ended: dict[str, int]) -> Numbers:
    accepted, referred, not_accepted, not_captured = (ended.get(outcome, 0) for outcome in OUTCOMES)
    return Numbers(name, ended.get("enrolled", 0), accepted, referred, not_accepted, not_captured, 0)


def _most(counts: Iterable[Count], kind: str) -> tuple[Named, ...]:
    found: Counter[str] = Counter()
    for count in counts:
        if count.kind == kind:
            found[count.cause] += count.number
    return tuple(Named(cause, number) for cause, number in found.most_common(8))


def _quantile(counts: Iterable[Count], share: float) -> float | None:
    found: Counter[str] = Counter()
    for count in counts:
        if count.kind == LATENCY:
            found[count.cause] += count.number
    seen, wanted = 0, share * found.total()
    for upper in EDGES:
        seen += found[str(upper)]
        if seen and seen >= wanted:
            return upper
    return None


def _drift(counts: Iterable[Count]) -> tuple[Drift, ...]:
    sums: Counter[tuple[date, str]] = Counter()
    numbers: Counter[tuple[date, str]] = Counter()
    for count in counts:
        if count.kind == QUALITY:
            modality, _, tenth = count.cause.partition(":")
            sums[count.day, modality] += (int(tenth) + 5) * count.number
            numbers[count.day, modality] += count.number
    return tuple(Drift(day, modality, sums[day, modality] / n) for (day, modality), n in sorted(numbers.items()))


def _cases(context: Context, rows: Sequence[CaseRow], today: date) -> CaseNumbers:
    decided = [row for row in rows if row.state is CaseState.DECIDED]
    real = [(row, opened_file(context, row).truth) for row in decided]
    controls = [row.decision == truth for row, truth in real if truth is not None]
    said = Counter(row.decision for row, truth in real if truth is None)
    waiting = [row for row in rows if row.state is CaseState.OPEN]
    return CaseNumbers(
        open=len(waiting),
        overdue=sum(row.deadline_on < today for row in waiting),
        same=said[CaseDecision.SAME],
        different=said[CaseDecision.DIFFERENT],
        cannot_tell=said[CaseDecision.CANNOT_TELL],
        controls=len(controls),
        controls_right=sum(controls),
    )
