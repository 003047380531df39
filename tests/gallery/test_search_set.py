"""Exactly those are searched who may be: everyone who agreed to it, nobody else, from the very next search on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.audit.leaf import LeafKind
from handfast.audit.withdrawal import withdraw
from handfast.base.errors import NoConsent, SealBroken
from handfast.base.grant import Grant
from handfast.consent.purpose import Purpose
from handfast.gallery.codes import opened_codes
from handfast.gallery.search_set import Found, SearchSet, shard_of
from handfast.storage.tables.programmes import Programme
from support.keeping import Keeping, Person, keeping
from support.searching import codes_of, let_be_searched, search_set
from support.service import FixedClock


class Place:
    """A programme with people who agreed to be found, and what searches them."""

    def __init__(self, kept: Keeping) -> None:
        self.kept = kept
        self.programme: Programme = kept.add_programme()
        self.set: SearchSet = search_set(kept, self.programme.id)

    def enrol(self, n: int, purpose: Purpose | None = Purpose.FIND) -> Person:
        person = self.kept.enrol(self.programme, f"P-{n}")
        if purpose is not None:
            let_be_searched(self.kept, person, n, purpose)
        return person

    def grant(self, purpose: Purpose = Purpose.FIND) -> Grant:
        with self.kept.store.read() as reader:
            return self.kept.ledger.authorise_search(
                reader, programme_id=self.programme.id, purpose=purpose, session_id="ses_f"
            )

    def search(self, n: int, purpose: Purpose = Purpose.FIND, first: int | None = None) -> Found:
        with self.kept.store.read() as reader:
            return self.set.search(reader, self.grant(purpose), codes_of(n, n), 3, first)


@pytest.fixture
def place(tmp_path: Path, each_store: str) -> Iterator[Place]:
    del each_store
    with keeping(tmp_path, FixedClock()) as kept:
        place = Place(kept)
        yield place
        place.set.close()


def test_who_agreed_to_be_found_is_in_the_very_next_search(place: Place) -> None:
    assert place.search(5) == Found((), 0, complete=True)
    person = place.enrol(5)
    assert place.search(5) == Found((person.subject_id,), 1, complete=True)


def test_the_nearest_come_first_over_all_shards(place: Place) -> None:
    people = {n: place.enrol(n).subject_id for n in range(0, 90, 7)}
    assert {shard_of(subject, 2) for subject in people.values()} == {0, 1}
    for first in (None, 1):
        assert place.search(35, first=first).candidates[0] == people[35]


def test_whose_face_scores_less_than_asked_is_left_out_unless_their_code_or_the_askers_tells_nothing(
    place: Place,
) -> None:
    people = {n: place.enrol(n).subject_id for n in (5, 7, 2000)}

    def kept(n: int, least: float | None) -> set[str]:
        with place.kept.store.read() as reader:
            turned = place.set.turned(codes_of(n, n))
            return set(place.set.search_turned(reader, place.grant(), turned, 3, least=least).candidates)

    assert kept(5, None) == set(people.values())
    assert kept(5, -0.5) == {people[5], people[2000]}
    assert kept(5, -2.0) == set(people.values())
    assert kept(2000, -0.5) == set(people.values())


def test_who_did_not_agree_to_be_found_is_never_in_memory(place: Place) -> None:
    place.enrol(5, purpose=None)
    place.enrol(6, purpose=Purpose.DUPLICATE_CHECK)
    assert place.search(5).searched == 0
    assert place.search(5, Purpose.DUPLICATE_CHECK).searched == 1


def test_a_withdrawn_person_is_gone_from_the_next_search_and_from_memory(place: Place) -> None:
    person = place.enrol(5)
    place.enrol(6)
    assert place.search(5).searched == 2
    kept = place.kept
    withdraw(kept.store, kept.keys, kept.log, person.programme_id, person.subject_id, "key_test", {})
    found = place.search(5)
    assert person.subject_id not in found.candidates
    assert found.searched == 1


def test_a_frozen_person_is_not_searched_until_they_unfreeze(place: Place) -> None:
    person = place.enrol(5)
    assert place.search(5).searched == 1
    for freeze, searched in ((True, 0), (False, 1)):
        with place.kept.store.write() as unit:
            (unit.subjects.freeze if freeze else unit.subjects.unfreeze)(person.subject_id)
            keys = place.kept.keys.person(person.programme_id, person.subject_id)
            place.kept.log.append_for(unit, keys, LeafKind.FREEZE, "key_test", {})
        assert place.search(5).searched == searched


def test_taking_the_consent_to_find_back_ends_it_while_the_rest_stays(place: Place) -> None:
    person = place.enrol(5)
    assert place.search(5).searched == 1
    with place.kept.store.write() as unit:
        consent = next(c for c in unit.consents.of(person.subject_id) if c.purpose == Purpose.FIND)
        unit.consents.withdraw(consent.id)
        keys = place.kept.keys.person(person.programme_id, person.subject_id)
        place.kept.log.append_for(unit, keys, LeafKind.WITHDRAW, "key_test", {})
    assert place.search(5).searched == 0
    with place.kept.store.read() as reader:
        assert reader.searched.code(person.subject_id, place.set.model) is None
        assert place.kept.authorise(reader, person).purpose == Purpose.VERIFY


def test_nobody_is_searched_after_the_last_day_of_their_consent(place: Place) -> None:
    place.enrol(5)
    assert place.search(5).searched == 1
    clock = place.kept.clock
    assert isinstance(clock, FixedClock)
    clock.pass_time(timedelta(days=366).total_seconds())
    assert place.search(5).searched == 0


def test_another_programmes_people_are_not_searched(place: Place, tmp_path: Path) -> None:
    mine = place.enrol(5)
    other = Place.__new__(Place)
    other.kept, other.programme = place.kept, place.kept.add_programme("prg_other")
    other.set = search_set(place.kept, other.programme.id)
    theirs = other.enrol(5)
    assert place.search(5).candidates == (mine.subject_id,)
    assert other.search(5).candidates == (theirs.subject_id,)
    with place.kept.store.read() as reader, pytest.raises(NoConsent, match="no search in this programme"):
        place.set.search(reader, other.grant(), codes_of(5, 5), 3)
    other.set.close()


def test_a_grant_for_one_person_opens_no_search(place: Place) -> None:
    person = place.enrol(5)
    with place.kept.store.read() as reader:
        grant = place.kept.authorise(reader, person, Purpose.FIND)
        with pytest.raises(NoConsent, match="no search"):
            place.set.search(reader, grant, codes_of(5, 5), 3)


def test_a_grant_for_a_search_is_over_after_ten_minutes(place: Place) -> None:
    grant = place.grant()
    clock = place.kept.clock
    assert isinstance(clock, FixedClock)
    clock.pass_time(600)
    with place.kept.store.read() as reader, pytest.raises(NoConsent, match="over"):
        place.set.search(reader, grant, codes_of(5, 5), 3)


def test_no_grant_to_search_for_any_other_purpose(place: Place) -> None:
    with pytest.raises(NoConsent, match="no search"):
        place.grant(Purpose.VERIFY)


def test_an_emptied_journal_makes_the_set_read_everything_again(place: Place) -> None:
    place.enrol(5)
    assert place.search(5).searched == 1
    gone, stays = place.enrol(6), place.enrol(7)
    kept = place.kept
    withdraw(kept.store, kept.keys, kept.log, gone.programme_id, gone.subject_id, "key_test", {})
    with kept.store.write() as unit:
        unit.searched.clear_moves(place.programme.id, unit.searched.moved(place.programme.id)[0])
    found = place.search(7)
    assert found.searched == 2
    assert found.candidates[0] == stays.subject_id


def test_the_journal_of_moves_keeps_nobody_once_it_was_cleared(place: Place) -> None:
    place.enrol(5)
    with place.kept.store.write() as unit:
        moved, _ = unit.searched.moved(place.programme.id)
        assert unit.searched.moves(place.programme.id, 0)
        unit.searched.clear_moves(place.programme.id, moved)
        assert unit.searched.moves(place.programme.id, 0) == ()


def test_after_a_restart_everyone_is_found_again(place: Place) -> None:
    people = [place.enrol(n) for n in (5, 25, 45)]
    again = search_set(place.kept, place.programme.id, shards=3)
    with place.kept.store.read() as reader:
        found = again.search(reader, place.grant(), codes_of(25, 25), 3)
    assert found.candidates[0] == people[1].subject_id
    assert found.searched == 3
    again.close()


def test_a_code_moved_to_another_persons_row_is_not_searched(place: Place) -> None:
    a, b = place.enrol(5), place.enrol(60)
    kept, model = place.kept, place.set.model
    with kept.store.read() as reader:
        row = reader.searched.code(a.subject_id, model)
    assert row is not None
    with pytest.raises(SealBroken):
        opened_codes(kept.keys.person(b.programme_id, b.subject_id), replace(row, subject_id=b.subject_id))
