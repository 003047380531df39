"""Attacks on references."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.audit.leaf import LeafKind
from handfast.base.errors import Ineligible, NoConsent, SealBroken
from handfast.base.modality import FingerPosition
from handfast.base.randomness import SystemRandomness
from handfast.base.template import Template
from handfast.gallery.opened import OpenReferences, nobodys
from handfast.gallery.opened import opened as opened_row
from handfast.gallery.transform import KeyedTransform, rotation
from handfast.storage.tables.templates import TemplateRow
from support.keeping import VECTORS, Keeping, Person, face, finger, keeping
from support.service import FixedClock

SWAPS = 10_000


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def installation(tmp_path: Path, clock: FixedClock, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path, clock) as opened:
        yield opened


def unit_vector(seed: int) -> bytes:
    vector = np.random.default_rng(seed).standard_normal(128)
    return (vector / np.linalg.norm(vector)).astype("<f4").tobytes()


def enrolled(installation: Keeping, seed: int) -> Person:
    with installation.store.read() as reader:
        known = reader.programmes.all()
    programme = known[0] if known else installation.add_programme()
    templates = (
        face(unit_vector(seed)),
        finger(f"ridges {seed}".encode(), FingerPosition.RIGHT_INDEX),
        finger(f"ridges {seed}".encode(), FingerPosition.RIGHT_MIDDLE),
    )
    return installation.enrol(programme, f"file {seed}", templates)


def opened(installation: Keeping, person: Person) -> OpenReferences:
    with installation.store.read() as reader:
        return installation.open(reader, installation.authorise(reader, person))


def cosine(one: Template, two: Template) -> float:
    return float(np.frombuffer(one.data, "<f4") @ np.frombuffer(two.data, "<f4"))


def test_references_come_back_and_compare_as_before(installation: Keeping) -> None:
    ada = enrolled(installation, 1)
    references = opened(installation, ada)
    assert sorted(t.data for t in references.templates if t.position) == [b"ridges 1"] * 2
    (kept,) = (t for t in references.templates if t.position is None)
    probe = face(unit_vector(7))
    (brought,) = references.bring([probe])
    assert cosine(kept, brought) == pytest.approx(cosine(face(unit_vector(1)), probe), abs=1e-6)


def test_probes_for_nobody_are_turned_as_for_somebody_and_each_time_anew() -> None:
    """The turn is most of what opening references takes; without it an unknown reference would answer sooner."""
    probe = face(unit_vector(1))
    nobody, another = (nobodys(SystemRandomness().bytes(32), VECTORS) for _ in range(2))
    assert nobody.templates == ()
    assert len({probe.data, nobody.bring([probe])[0].data, another.bring([probe])[0].data}) == 3


def test_a_face_is_not_kept_as_it_was_taken_nor_alike_for_two_people(installation: Keeping) -> None:
    with installation.store.read() as reader:
        assert reader.programmes.all() == ()
    programme = installation.add_programme()
    same = (face(unit_vector(1)),)
    ada, bea = installation.enrol(programme, "file 1", same), installation.enrol(programme, "file 2", same)
    (one,), (two,) = opened(installation, ada).templates, opened(installation, bea).templates
    assert abs(cosine(one, same[0])) < 0.5
    assert abs(cosine(one, two)) < 0.5


def test_no_row_of_one_person_opens_as_anothers(installation: Keeping) -> None:
    people = [enrolled(installation, seed) for seed in range(8)]
    keys = [installation.keys.person(person.programme_id, person.subject_id) for person in people]
    with installation.store.read() as reader:
        rows = [reader.templates.of(person.subject_id) for person in people]
    chance = random.Random(3)
    refused = 0
    for _ in range(SWAPS):
        one, two = chance.sample(range(len(people)), 2)
        here, there = chance.choice(rows[one]), chance.choice(rows[two])
        stolen = replace(here, sealed=there.sealed) if chance.random() < 0.5 else there
        try:
            opened_row(stolen, keys[one])
        except SealBroken:
            refused += 1
    assert refused == SWAPS


@pytest.mark.parametrize(
    "change",
    [
        {"id": "tpl_other"},
        {"programme_id": "prg_other"},
        {"subject_id": "sub_other"},
        {"model": "leader:2"},
        {"position": FingerPosition.LEFT_INDEX},
        {"position": None},
        {"format": "other"},
    ],
)
def test_a_row_does_not_open_when_anything_it_says_was_changed(
    installation: Keeping, change: dict[str, object]
) -> None:
    ada = enrolled(installation, 1)
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    with installation.store.read() as reader:
        rows: tuple[TemplateRow, ...] = reader.templates.of(ada.subject_id)
    with pytest.raises(SealBroken):
        opened_row(replace(rows[-1], **change), keys)  # type: ignore[arg-type]


def test_a_grant_for_one_person_does_not_open_another(installation: Keeping) -> None:
    ada, bea = enrolled(installation, 1), enrolled(installation, 2)
    with installation.store.read() as reader:
        grant = installation.authorise(reader, ada)
        hers, of_bea = installation.references.of(reader, grant), reader.templates.of(bea.subject_id)
    assert {row.subject_id for row in hers.templates} == {ada.subject_id}
    with pytest.raises(SealBroken):
        installation.matcher.resealed(replace(hers, templates=of_bea), of_bea)
    with pytest.raises(NoConsent, match="somebody else"):
        installation.matcher.resealed(replace(hers, subject_id=bea.subject_id), of_bea)


def test_a_grant_ends(installation: Keeping, clock: FixedClock) -> None:
    ada = enrolled(installation, 1)
    with installation.store.read() as reader:
        grant = installation.authorise(reader, ada)
        clock.pass_time(timedelta(minutes=10).total_seconds())
        with pytest.raises(NoConsent, match="over"):
            installation.references.of(reader, grant)


def test_a_grant_stops_opening_the_moment_the_person_freezes(installation: Keeping) -> None:
    ada = enrolled(installation, 1)
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    with installation.store.read() as reader:
        grant = installation.authorise(reader, ada)
    with installation.store.write() as unit:
        installation.log.append_for(unit, keys, LeafKind.FREEZE, "key_test", {})
        unit.subjects.freeze(ada.subject_id)
    with installation.store.read() as reader, pytest.raises(Ineligible):
        installation.references.of(reader, grant)
    with installation.store.write() as unit:
        installation.log.append_for(unit, keys, LeafKind.UNFREEZE, "key_test", {})
        unit.subjects.unfreeze(ada.subject_id)
    assert len(opened(installation, ada).templates) == 3


@given(st.binary(min_size=32, max_size=32), st.integers(2, 40))
@settings(max_examples=30, deadline=None)
def test_a_transform_keeps_angles_and_lengths(key: bytes, dimension: int) -> None:
    matrix = rotation(key, dimension)
    assert np.allclose(matrix @ matrix.T, np.eye(dimension), atol=1e-9)


def test_a_transform_is_the_same_for_ever_for_the_same_key() -> None:
    expected = [
        [0.22966192, 0.94975642, -0.21264557],
        [0.96152636, -0.25524799, -0.10156538],
        [0.15073972, 0.18113863, 0.97183658],
    ]
    assert np.allclose(rotation(bytes(32), 3), expected, atol=1e-8)


@pytest.mark.parametrize("data", [b"", b"abc"])
def test_what_is_no_vector_is_not_turned(data: bytes) -> None:
    with pytest.raises(ValueError, match="float32"):
        KeyedTransform(bytes(32)).turn(data)
