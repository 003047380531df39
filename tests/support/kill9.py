"""Kill the storage with SIGKILL again and again, and judge after each kill what is left, from the outside."""

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from handfast.audit.person import view
from handfast.audit.private_code import read_private_code
from handfast.audit.verify import verify_log
from handfast.base.clock import SystemClock
from handfast.storage.tables.subjects import SubjectState
from support.keeping import Keeping
from support.kill9_worker import work

MOST_LINES = 50  # two an act
LOOKED_AT = 15  # people whose whole page is looked at after each kill, besides those touched in it


@dataclass
class Known:
    """What was acknowledged about one person."""

    code: str
    uses: int
    withdrawn: bool = False


class Life:
    """One life of the worker: a process of its own that writes down what it does and what was acknowledged."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._said = folder / "said.jsonl"
        self._said.write_bytes(b"")
        # Forked, so that a life does not begin with a second of importing.
        self._process = multiprocessing.get_context("fork").Process(target=work, args=(folder, seed, self._said))
        self._process.start()

    def lived(self, lines: int) -> None:
        """Wait until it has said so much: on a slow disk a life lasts longer."""
        while self._said.read_bytes().count(b"\n") < lines:
            if self._process.exitcode is not None:
                raise RuntimeError("the worker did not work")
            time.sleep(0.002)

    def kill(self) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGKILL)

    def wait(self) -> int | None:
        """How it ended."""
        self._process.join(60)
        return self._process.exitcode

    def said(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self._said.read_text("utf-8").splitlines()]


@dataclass
class Campaign:
    """What was acknowledged so far, and what was found wrong."""

    folder: Path
    seed: int
    people: dict[str, Known] = field(default_factory=dict)
    key_bytes: dict[str, bytes] = field(default_factory=dict)
    anchors: list[str] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)
    recovered: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, kills: int, report: Callable[[int], None] = lambda _: None) -> None:
        """So many lives of the worker, each ended by SIGKILL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        chance = random.Random(self.seed)
        for kill in range(kills):
            lines = self._one_life(chance)
            self._judge(lines, chance)
            report(kill + 1)

    def _one_life(self, chance: random.Random) -> list[dict[str, str]]:
        living = [subject for subject, known in self.people.items() if not known.withdrawn]
        (self.folder / "people.json").write_text(json.dumps(living), encoding="utf-8")
        life = Life(self.folder, chance.randrange(1 << 30))
        life.lived(1 + chance.randrange(MOST_LINES))
        time.sleep(chance.uniform(0.0, 0.03))
        self.kills += 1
        self._end(life, chance)
        return life.said()

    def _end(self, life: "Life", _chance: random.Random) -> None:
        life.kill()
        ended = life.wait()
        self._claim(ended == -signal.SIGKILL, f"the worker ended by itself: {ended}")

    def _judge(self, lines: list[dict[str, str]], chance: random.Random) -> None:
        touched, doing, anchors = self._hear(lines)
        installation = Keeping(self.folder, clock=SystemClock())
        try:
            self._schema_is_whole()
            recovery = installation.recover()
            self.recovered.update(
                withdrawals=recovery.withdrawals, orphans=recovery.orphan_keys, claims=recovery.abandoned_sessions
            )
            self._log_is_whole(installation, anchors)
            sample = chance.sample(sorted(self.people), min(LOOKED_AT, len(self.people)))
            for subject in {*touched, *sample}:
                self._person_is_whole(installation, subject, doing)
            self._keys_are_those_of_living_people(installation)
        finally:
            installation.close()
        self._no_key_of_the_withdrawn_is_left()

    def _hear(self, lines: list[dict[str, str]]) -> tuple[set[str], dict[str, str], list[str]]:
        """Take down what was acknowledged: who was touched, what was not acknowledged, and checkpoints."""
        doing: dict[str, str] = {}
        touched: set[str] = set()
        for line in lines:
            if "doing" in line:
                doing = {"act": line["doing"], "subject": line.get("subject", "")}
                touched.add(doing["subject"])
                continue
            self.acknowledged[line["done"]] += 1
            doing = {}
            if line["done"] == "enrol":
                self.people[line["subject"]] = Known(line["code"], 1)
                touched.add(line["subject"])
            elif line["done"] == "check":
                self.people[line["subject"]].uses += 1
            elif line["done"] == "withdraw":
                self.people[line["subject"]].withdrawn = True
        anchors = [line["checkpoint"] for line in lines if "checkpoint" in line]
        self.anchors = (self.anchors + anchors)[-200:]
        return touched - {""}, doing, anchors

    def _schema_is_whole(self) -> None:
        for name in ("handfast.db", "keys.db"):
            connection = sqlite3.connect(self.folder / name)
            self._claim(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], f"{name} is damaged")
            self._claim(not connection.execute("PRAGMA foreign_key_check").fetchall(), f"{name} has loose rows")
            connection.close()

    def _log_is_whole(self, installation: Keeping, anchors: list[str]) -> None:
        with installation.store.read() as reader:
            leaves = list(reader.log.leaves())
            notes = [*self.anchors[:20], *anchors]
            verify_log(leaves, reader.log.tree().note, notes, expected_key=installation.log.verifier_key)
            kinds = Counter(json.loads(leaf)["kind"] for leaf in leaves)
            states = reader.subjects.count("prg_campaign")
            self._claim(reader.templates.without_consent() == 0, "a template without a live consent")
            self._claim(not reader.log.erasures(), "a withdrawal was not finished")
            self._claim(not reader.sessions.claimed(), "a claim was not closed")
        gone = states.get(SubjectState.WITHDRAWN, 0)
        self._claim(kinds["enrol"] == sum(states.values()), "people and enrol leaves differ in number")
        self._claim(kinds["withdraw"] == kinds["erase"] == gone, "withdrawals and their leaves differ in number")

    def _person_is_whole(self, installation: Keeping, subject: str, doing: dict[str, str]) -> None:
        known = self.people.get(subject)
        if known is None:
            return
        interrupted = doing.get("subject") == subject
        with installation.store.read() as reader:
            row = reader.subjects.find(subject)
            self._claim(row is not None, f"{subject}: acknowledged, and lost")
            if row is None:
                return
            gone = row.state is SubjectState.WITHDRAWN
            self._claim(gone or not known.withdrawn, f"{subject}: withdrawal lost")
            self._claim(gone == known.withdrawn or interrupted, f"{subject}: withdrawn by nobody")
            known.withdrawn = gone
            if gone:
                self._claim(not reader.templates.of(subject), f"{subject}: templates left after withdrawal")
                return
            keys = installation.keys.person(row.programme_id, subject)
            page = view(reader, keys, read_private_code(known.code))
            self._claim(page.complete, f"{subject}: a use without its leaf")
            self._claim(len(reader.templates.of(subject)) == 3, f"{subject}: templates lost")
        self._claim(known.uses <= len(page.uses) <= known.uses + interrupted, f"{subject}: uses lost or made up")
        known.uses = len(page.uses)

    def _keys_are_those_of_living_people(self, installation: Keeping) -> None:
        with installation.store.read() as reader:
            for subject in installation.keys.people():
                row = reader.subjects.find(subject)
                alive = row is not None and row.state is not SubjectState.WITHDRAWN
                self._claim(alive, f"{subject}: a key of nobody or of somebody withdrawn")
        connection = sqlite3.connect(self.folder / "keys.db")
        sql = "SELECT subject_id, data FROM person_keys JOIN slots ON owner = handle"
        self.key_bytes.update((subject, data[4:124]) for subject, data in connection.execute(sql))
        connection.close()

    def _no_key_of_the_withdrawn_is_left(self) -> None:
        disk = b"".join(path.read_bytes() for path in self.folder.glob("keys.db*"))
        for subject in [subject for subject in self.key_bytes if self._is_withdrawn(subject)]:
            wrapped = self.key_bytes.pop(subject)
            left = any(wrapped[at : at + 20] in disk for at in range(0, 120, 20))
            self._claim(not left, f"{subject}: bytes of a destroyed key in keys.db")

    def _is_withdrawn(self, subject: str) -> bool:
        known = self.people.get(subject)
        return known is not None and known.withdrawn

    def _claim(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(f"kill {self.kills}: {otherwise}")
