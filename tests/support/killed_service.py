"""kill -9 while people enrol, are checked and withdraw through the service; then everything is looked at.

`python -m support.killed_service --kills 100 --folder DIR` runs it from the command line, with `tests` on the path.
"""

import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from handfast.audit.leaf import LeafKind
from handfast.audit.verify import verify_log
from handfast.base.decision import Outcome
from handfast.service.person import my_page
from handfast.service.start import stop
from handfast.storage.tables.subjects import SubjectState
from support.scripted import Desk
from support.service import FixedClock

PIN = "2468"
WITHDRAWS = 3  # every third person withdraws at once


@dataclass
class Told:
    """What was acknowledged before a kill, by reference; `checks` counts acknowledged checks."""

    enrolled: dict[str, int] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    checks: int = 0
    anchors: list[str] = field(default_factory=list)


def work(folder: Path, turn: int, acknowledgements: Path) -> None:
    """Serve people until killed; each acknowledgement is written before the next act begins."""
    handle = os.open(acknowledgements, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def acknowledge(**told: object) -> None:
        os.write(handle, json.dumps(told).encode() + b"\n")

    desk = _desk(folder, turn)
    for number in range(10_000):
        reference, person = f"{turn}-{number}", number % 12
        code = str(desk.enrol(reference, person).private_code)
        acknowledge(enrolled=reference, person=person)
        if number % WITHDRAWS == WITHDRAWS - 1:
            statement = my_page.withdraw(desk.context, my_page.open_page(desk.context, code, PIN).token)
            acknowledge(withdrawn=reference, anchor=statement["checkpoint"])
        else:
            desk.check(person, reference=reference)
            acknowledge(checked=reference)


def campaign(folder: Path, kills: int, seed: int = 0) -> Counter[str]:
    """Kill a working service so many times; after each, look at everything. How much was acknowledged in all."""
    chance, told = random.Random(seed), Told()
    (folder / "acknowledged").mkdir(parents=True, exist_ok=True)
    for turn in range(kills):
        acknowledgements = folder / "acknowledged" / f"{turn}.jsonl"
        child = multiprocessing.get_context("fork").Process(target=work, args=(folder, turn, acknowledgements))
        child.start()
        _kill_amid(child, acknowledgements, chance.uniform(0.0, 0.6))
        _read(acknowledgements, told)
        look(folder, turn, told)
    return Counter(enrolled=len(told.enrolled), withdrawn=len(told.withdrawn), checked=told.checks, kills=kills)


def look(folder: Path, turn: int, told: Told) -> None:
    """Start again on what the kill left: nothing acknowledged is lost, nothing is done without its leaf."""
    desk = _desk(folder, turn, started=True)
    try:
        with desk.context.store.read() as reader:
            leaves = list(reader.log.leaves())
            note = reader.log.tree().note
            states = reader.subjects.count(desk.programme.id)
            assert reader.templates.without_consent() == 0, "a template without consent"
            assert reader.sessions.claimed() == (), "a claim that nobody will hear of"
        kinds = Counter(json.loads(raw)["kind"] for raw in leaves)
        gone = states.get(SubjectState.WITHDRAWN, 0)
        assert kinds[LeafKind.ENROL] == sum(states.values()), "a person without the leaf of their enrolment"
        assert kinds[LeafKind.WITHDRAW] == kinds[LeafKind.ERASE] == gone, "a withdrawal that was not finished"
        assert len(desk.context.keys.people()) == sum(states.values()) - gone, "a key of nobody"
        assert kinds[LeafKind.CHECK] >= told.checks, "an acknowledged check without its leaf"
        verify_log(leaves, note, told.anchors, expected_key=desk.context.log.verifier_key)
        _look_at_people(desk, turn, told)
    finally:
        stop(desk.context)


def _look_at_people(desk: Desk, turn: int, told: Told) -> None:
    keys = desk.context.keys.programme(desk.programme.id)
    newest = [reference for reference in told.enrolled if reference.startswith(f"{turn}-")]
    for reference, person in told.enrolled.items():
        with desk.context.store.read() as reader:
            subject = reader.subjects.by_reference(desk.programme.id, keys.lookup(reference))
        if reference in told.withdrawn:
            assert subject is None, f"{reference} withdrew and is still there"
        elif subject is None:  # gone without an acknowledgement: killed amid withdrawing, or lost
            assert reference == newest[-1], f"{reference} was enrolled and is lost"
            assert _withdraws(reference), f"{reference} was enrolled and is lost"
            told.withdrawn.add(reference)
        elif reference in newest[-2:]:
            assert desk.check(person, reference=reference).outcome is Outcome.ACCEPTED
            told.checks += 1


def _withdraws(reference: str) -> bool:
    return int(reference.split("-")[1]) % WITHDRAWS == WITHDRAWS - 1


def _desk(folder: Path, turn: int, *, started: bool = False) -> Desk:
    """The service on its folder, a day later each turn, with ids that no turn repeats."""
    clock = FixedClock()
    clock.pass_time(timedelta(hours=2 * turn + started).total_seconds())
    return Desk(folder, seed=2 * turn + started, clock=clock)


def _kill_amid(child: BaseProcess, acknowledgements: Path, after: float) -> None:
    """kill -9 so long after the first acknowledgement."""
    until = time.monotonic() + 60
    while not acknowledgements.exists() or acknowledgements.stat().st_size == 0:
        if time.monotonic() > until or child.exitcode is not None:
            raise RuntimeError("the service did not begin to work")
        time.sleep(0.005)
    time.sleep(after)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert child.exitcode == -signal.SIGKILL, "the service ended by itself"


def _read(acknowledgements: Path, told: Told) -> None:
    for line in acknowledgements.read_text().splitlines():
        entry = json.loads(line)
        if "enrolled" in entry:
            told.enrolled[entry["enrolled"]] = entry["person"]
        elif "withdrawn" in entry:
            told.withdrawn.add(entry["withdrawn"])
            told.anchors.append(entry["anchor"])
        else:
            told.checks += 1
