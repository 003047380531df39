"""Everybody with everybody, by real faces as likely to support as not: opening a few finds what opening all finds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.errors import Overloaded
from handfast.base.modality import Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.sample import ModalityEngine
from handfast.base.search import Searcher
from handfast.base.template import Score, Template
from handfast.capture.challenge import Task
from handfast.consent.purpose import Purpose
from handfast.decision.find import OWN_SUPPORT
from handfast.decision.tables import Tables, load_tables
from handfast.face.compare import COMPARATOR, MODEL, FaceComparer
from handfast.face.search import FaceSearcher
from handfast.face.template import FORMAT, pack
from handfast.gallery.local import LocalShards
from handfast.gallery.shard import Query, Shortlist
from handfast.service.cases import opened_file
from handfast.service.find import everybody as service_everybody
from handfast.service.find.everybody import everybody
from handfast.service.start import Senses
from support.eyes import ScriptedEyes
from support.found import agree
from support.scripted import Desk, ScriptedEngine, scripted_tables
from support.searching import number_searchers

PEOPLE, FAMILY = 12, 6
TABLE = next(table for table in load_tables().by_key.values() if table.comparator == COMPARATOR)
Pairs = set[frozenset[str]]


def drawn_faces() -> NDArray[np.float32]:
    """(PEOPLE, 128) unit vectors: families of which about every second pair supports, and strangers."""
    rng, alike = np.random.default_rng(5), TABLE.reaches(OWN_SUPPORT)
    families = np.sqrt(alike) * rng.standard_normal((PEOPLE // FAMILY, 1, 128))
    own = np.sqrt(1 - alike) * rng.standard_normal((PEOPLE // FAMILY, FAMILY, 128))
    vectors = (families + own).reshape(PEOPLE, 128)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


class FamilyEyes(ScriptedEyes):
    """See the face of `person`; hands are those of the family that is drawn in the picture."""

    def __init__(self) -> None:
        super().__init__(frames=1)
        self.vectors, self.person = drawn_faces(), 0

    def faces(self, task: Task, observations: Sequence[object]) -> tuple[Template, ...]:
        data = pack(self.vectors[self.person])
        return (Template(Modality.FACE, None, SampleKind.PORTRAIT, FORMAT, MODEL, data, Quality(60.0)),)


class Faces(ScriptedEngine):
    """Compares faces as the product does."""

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        self.compared += 1
        return FaceComparer().compare(references, probes)


class FamilyDesk(Desk):
    """A desk with these eyes, real comparing of faces, and its own table for them; hands decide nothing in a family."""

    def senses(self) -> Senses:
        engines: dict[Modality, ModalityEngine] = {**self.engines, Modality.FACE: self.faces}
        hands = [table for table in scripted_tables().by_key.values() if table.reference_kind is SampleKind.HAND]
        searchers: dict[Modality, Searcher] = {**number_searchers(), Modality.FACE: FaceSearcher()}
        return Senses(self.eyes, engines, Tables.of([TABLE, *hands]), frozenset({FORMAT}), searchers=searchers)

    @cached_property
    def faces(self) -> Faces:
        return Faces(Modality.FACE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FamilyDesk]:
    """PEOPLE who agreed to be looked for."""
    eyes = FamilyEyes()
    desk = FamilyDesk(tmp_path, eyes=eyes)
    for n in range(PEOPLE):
        eyes.person = n
        desk.enrol(f"P-{n}", n // FAMILY)
        agree(desk, f"P-{n}", Purpose.DUPLICATE_CHECK)
    yield desk
    desk.close()


class Absent(LocalShards):
    """Shards of which the first gives no answer to so many searches, until it is mended."""

    silent = 0

    def search(self, query: Query) -> tuple[Shortlist | None, ...]:
        answers = super().search(query)
        return (None, *answers[1:]) if self.silent else answers

    def lost(self) -> tuple[int, ...]:
        self.silent = max(0, self.silent - 1)
        return ()


class AbsentDesk(Desk):
    """A desk that searches in these."""

    shards: Absent

    def senses(self) -> Senses:
        return replace(super().senses(), make_shards=self._made)

    def _made(self, searchers: Mapping[Modality, Searcher]) -> Absent:
        self.shards = Absent(searchers, 2)
        return self.shards


def cases(desk: Desk, job_id: str) -> Pairs:
    """Who is alike by a whole job."""
    context = desk.context
    opened = [case for one in everybody(context, desk.programme.id, job_id, "adm_test") for case in one.cases]
    with context.store.read() as reader:
        return {frozenset(opened_file(context, reader.cases.get(case)).subjects) for case in opened}


def test_opening_those_whose_face_may_support_finds_every_pair_that_opening_all_finds(
    desk: FamilyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = cases(desk, "job_few")
    opened = desk.faces.compared
    monkeypatch.setattr(desk.context.matcher, "least_face", lambda: None)
    assert cases(desk, "job_all") == set()
    within = PEOPLE // FAMILY * FAMILY * (FAMILY - 1) // 2
    assert within / 4 < len(few) < within * 3 / 4  # so faces decide, and closely
    assert len(few) <= opened < (desk.faces.compared - opened) / 2


def test_nobody_is_passed_over_because_a_shard_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_everybody, "PAUSE", 0.0)
    desk = AbsentDesk(tmp_path)
    for n, person in enumerate((1, 1, 2, 2)):
        desk.enrol(f"P-{n}", person)
        agree(desk, f"P-{n}", Purpose.DUPLICATE_CHECK)
    desk.context.searching.of(desk.programme.id)
    desk.shards.silent = 10_000
    with pytest.raises(Overloaded):
        cases(desk, "job_1")
    desk.shards.silent = 3
    assert len(cases(desk, "job_2")) == 2
    desk.close()
