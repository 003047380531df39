"""The matcher as a process: killed at any moment nothing acknowledged is lost, and it is back by itself."""

import contextlib
import os
import random
import signal
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from handfast.audit.verify import verify_log
from handfast.base.errors import MatcherAway
from handfast.matcher.child import Child, child_matcher
from support.found import subject_of
from support.scripted import Desk

KILLS = 3


@dataclass(frozen=True, slots=True)
class Apart:
    """A service and the process that it asks."""

    desk: Desk
    child: Child

    def kill(self) -> None:
        os.kill(self.child.pid, signal.SIGKILL)

    def back(self) -> None:
        """Wait until it answers again."""
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            with contextlib.suppress(MatcherAway):
                self.desk.context.keys.people()
                return
            time.sleep(0.05)
        raise AssertionError("the matcher did not come back")


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    desk = Desk(tmp_path, separate=False)
    desk.close()
    with child_matcher(desk.settings) as child:
        desk.settings = replace(desk.settings, matcher=child.socket)
        desk.context = desk.opened()
        yield Apart(desk, child)
        desk.close()


def test_kill_9_amid_enrolments_loses_nothing_that_was_acknowledged(apart: Apart) -> None:
    desk, chance, told, refused = apart.desk, random.Random(3), dict[str, int](), 0
    for turn in range(KILLS):
        timer = threading.Timer(chance.uniform(0.0, 0.3), apart.kill)
        timer.start()
        for n in range(20):
            reference = f"{turn}-{n}"
            try:
                assert desk.enrol(reference, n).outcome == "enrolled"
            except MatcherAway:
                refused += 1
                break
            told[reference] = n
        timer.join()
        apart.back()
        assert desk.enrol(f"{turn}-after", turn).outcome == "enrolled"
        told[f"{turn}-after"] = turn
    assert refused, "no kill hit an enrolment"
    keys = desk.context.keys
    for reference in told:
        person = keys.person(desk.programme.id, subject_of(desk, reference))
        with desk.context.store.read() as reader:
            sealed = reader.subjects.get(person.subject_id).reference_sealed
        assert person.unseal(sealed or b"", "reference") == reference.encode()
    desk.restart()
    with desk.context.store.read() as reader:
        leaves, note = list(reader.log.leaves()), reader.log.tree().note
        kept = sum(reader.subjects.count(desk.programme.id).values())
    verify_log(leaves, note, [], expected_key=desk.context.log.verifier_key)
    assert len(desk.context.keys.people()) == kept, "a key of nobody was kept"
    assert kept >= len(told)


def test_a_check_while_the_matcher_is_away_is_no_answer(apart: Apart) -> None:
    """Not refused and not referred: whoever waits is told to come back, and no decision is kept."""
    apart.desk.enrol("P-1", 1)
    apart.kill()
    with pytest.raises(MatcherAway):
        apart.desk.check(1, reference="P-1")
    apart.back()
    # Scripted templates are none that the real comparers read: a mistake there is one here, and it goes on.
    with pytest.raises(RuntimeError, match="broke over decide"):
        apart.desk.check(1, reference="P-1")
    assert apart.desk.enrol("P-2", 2).outcome == "enrolled"


def test_it_is_shut_to_others_of_its_user_and_ends_with_its_server(apart: Apart) -> None:
    """What belongs to a process that may not be traced belongs to root in /proc, and only root may attach."""
    limits = Path(f"/proc/{apart.child.pid}/limits").read_text("utf-8")
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]
    assert Path(f"/proc/{apart.child.pid}/mem").stat().st_uid == 0
    assert stat.S_IMODE(apart.child.socket.stat().st_mode) == 0o600
    apart.child._process.stdin.close()  # type: ignore[union-attr]
    first, ends = apart.child.pid, time.monotonic() + 30
    while apart.child.pid == first and time.monotonic() < ends:
        time.sleep(0.05)
    assert apart.child.pid != first
    assert not Path(f"/proc/{first}").exists()
