"""Counts in Prometheus' text format, labelled by programme, site, kind and cause: never by person or operator."""

from collections import Counter

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from handfast.base.errors import NotAllowed
from handfast.base.roles import Role
from handfast.service.context import Context
from handfast.service.desk.actors import METRICS, Actor
from handfast.service.tally import FAILED, LATENCY, PHONE
from handfast.storage.store import Reader
from handfast.storage.tables.counts import DECLINE

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KINDS = ("enrol", "check", "find", DECLINE, FAILED, LATENCY, PHONE)


class Counts(Collector):
    """What the store counts, read at each scrape."""

    def __init__(self, reader: Reader, programmes: tuple[str, ...]) -> None:
        self._reader = reader
        self._programmes = programmes

    def collect(self) -> list[CounterMetricFamily | GaugeMetricFamily]:
        """The families of metrics."""
        ended = CounterMetricFamily(
            "handfast_events", "What ended how, by site", labels=["programme", "site", "kind", "cause"]
        )
        open_cases = GaugeMetricFamily("handfast_cases", "Cases by state", labels=["programme", "state"])
        people = GaugeMetricFamily("handfast_people", "People by state", labels=["programme", "state"])
        for programme in self._programmes:
            for (site, kind, cause), number in self._summed(programme).items():
                ended.add_metric([programme, site, kind, cause], number)
            for state, number in Counter(case.state.value for case in self._reader.cases.of(programme)).items():
                open_cases.add_metric([programme, state], number)
            for each, number in self._reader.subjects.count(programme).items():
                people.add_metric([programme, each.value], number)
        return [ended, open_cases, people]

    def _summed(self, programme: str) -> Counter[tuple[str, str, str]]:
        summed: Counter[tuple[str, str, str]] = Counter()
        for count in self._reader.counts.all_of(programme):
            if count.kind in KINDS:
                summed[count.desk, count.kind, count.cause] += count.number
        return summed


def exposition(context: Context, actor: Actor) -> bytes:
    """The text that a scrape reads. Raises NotAllowed for who may not."""
    if METRICS not in actor.purposes and not actor.may(Role.ADMINISTRATOR, ""):
        raise NotAllowed('this takes a key with the purpose "metrics"')
    with context.store.read() as reader:
        programmes = tuple(each.id for each in reader.programmes.all() if actor.programme_id in (None, each.id))
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Counts(reader, programmes))
        return generate_latest(registry)
