"""A new model of codes, rolled out in service: meanwhile nobody is said not to be there, and then everyone is found."""

import json

import pytest

from handfast.base.modality import Modality
from handfast.base.search import Searcher
from handfast.decision.find import FindOutcome
from handfast.jobs import recoding
from handfast.jobs.worker import Worker
from support import scripted
from support.found import enrol_findable, find
from support.scripted import Desk
from support.searching import NumberSearcher


def newer() -> dict[Modality, Searcher]:
    return {modality: NumberSearcher(modality, "number:2") for modality in Modality}


def restart_with_a_new_model(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripted, "number_searchers", newer)
    desk.restart()


def worked(desk: Desk, name: str, people: int | None = None) -> int:
    """Work the queue off, or leave it after so many people; how many were done."""
    done: list[str] = []
    works = {recoding.KIND: recoding.recode_codes(desk.context)}
    worker = Worker(
        desk.context.store,
        desk.context.clock,
        works,
        name,
        watch=lambda _job, step: done.append(str(step.reached["after"])),
        stopping=lambda: len(done) == people,
    )
    worker.work_one()
    return len(done)


def test_a_new_model_is_rolled_out_while_finds_go_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in range(1, 4):
        enrol_findable(desk, f"P-{person}", person)
    restart_with_a_new_model(desk, monkeypatch)
    assert find(desk, 1).outcome is FindOutcome.REFERRED  # nobody has a code of the new model: not "not there"
    enrol_findable(desk, "P-4", 4)
    assert find(desk, 4).outcome is not FindOutcome.NOT_FOUND
    for _ in range(2):
        recoding.ask_where_needed(desk.context)
    with desk.context.store.read() as reader:
        assert [job.kind for job in reader.jobs.of(desk.programme.id)] == [recoding.KIND]
    assert worked(desk, "w1", people=2) == 2
    assert find(desk, 9).outcome is FindOutcome.REFERRED
    assert worked(desk, "w2") == 1
    assert [find(desk, person).reference for person in range(1, 5)] == [f"P-{person}" for person in range(1, 5)]
    assert find(desk, 9).outcome is FindOutcome.NOT_FOUND
    with desk.context.store.read() as reader:
        leaves = [json.loads(leaf)["kind"] for leaf in reader.log.leaves()]
    assert leaves.count("recode") == 3
