"""What the person sees, and what the server at rest cannot see."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from handfast.audit import ratchet
from handfast.audit.leaf import LeafKind, commit
from handfast.audit.person import PersonView, view
from handfast.audit.private_code import new_private_code, read_private_code
from handfast.audit.verify import read_checkpoint, verify_inclusion
from handfast.audit.withdrawal import withdraw
from handfast.base.errors import NotAuthorised
from handfast.base.randomness import SystemRandomness
from handfast.storage.tables.leaves import Turned
from support.keeping import Keeping, Person, keeping
from support.raw import drop_guard, kept, raw

CHECKS = 5


@pytest.fixture
def installation(tmp_path: Path, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path) as opened:
        yield opened


@pytest.fixture
def ada(installation: Keeping) -> Person:
    """Enrolled, then checked in turn with somebody else."""
    programme = installation.add_programme()
    ada, bea = installation.enrol(programme, "file 1"), installation.enrol(programme, "file 2")
    for number in range(CHECKS):
        installation.use(bea)
        installation.use(ada, "accepted" if number % 2 else "referred")
    return ada


def seen(installation: Keeping, person: Person) -> PersonView:
    keys = installation.keys.person(person.programme_id, person.subject_id)
    with installation.store.read() as reader:
        return view(reader, keys, person.secret)


def rewrite(installation: Keeping, sql: str) -> None:
    drop_guard(installation.folder, "leaves_stay")
    with raw(installation.folder) as connection:
        connection.execute(sql)


def test_every_use_is_seen_in_order_with_its_proof(installation: Keeping, ada: Person) -> None:
    shown = seen(installation, ada)
    assert shown.complete
    assert [use.i for use in shown.uses] == list(range(CHECKS + 1))
    assert [use.details.get("outcome") for use in shown.uses[1:]] == ["referred", "accepted"] * 2 + ["referred"]
    checkpoint = read_checkpoint(shown.checkpoint, expected_key=installation.log.verifier_key)
    for use in shown.uses:
        leaf = json.loads(use.raw)
        verify_inclusion(use.raw, use.n, use.hashes, checkpoint)
        assert leaf["commitment"] == commit(use.nonce, json.dumps(use.details, separators=(",", ":")).encode())
        assert leaf["consent"] == commit(use.nonce, ada.consent.record_hash)


@pytest.mark.parametrize("missing", [0, 2, CHECKS])
def test_an_omitted_use_is_seen_as_a_gap(installation: Keeping, ada: Person, missing: int) -> None:
    n = seen(installation, ada).uses[missing].n
    rewrite(installation, f"DELETE FROM leaves WHERE n = {n}")  # noqa: S608
    shown = seen(installation, ada)
    assert shown.gaps == (missing,)
    assert not shown.complete


def test_details_exchanged_between_two_uses_do_not_open(installation: Keeping, ada: Person) -> None:
    one, two = (seen(installation, ada).uses[i].n for i in (1, 2))
    rewrite(
        installation,
        f"UPDATE details SET sealed = (SELECT sealed FROM details WHERE n = {two}) WHERE n = {one}",  # noqa: S608
    )
    shown = seen(installation, ada)
    assert shown.gaps == (1,)
    assert not shown.complete


def test_several_uses_in_one_unit_of_work_are_each_seen_and_can_be_read_back_within_it(
    installation: Keeping, ada: Person
) -> None:
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    with installation.store.write() as unit:
        logged = [installation.log.append_for(unit, keys, "check", "key_test", {"n": n}) for n in range(3)]  # type: ignore[arg-type]
        tag = json.loads(logged[1].raw)["tag"]
        read = unit.log.by_tag(tag)
        assert read is not None
        assert read.raw == logged[1].raw
        kept = unit.log.ratchet(ada.subject_id)
        assert kept is not None
        installation.log.append_for(unit, keys, LeafKind.CHECK, "key_test", {"n": 3})
    shown = seen(installation, ada)
    assert shown.complete
    assert [use.details["n"] for use in shown.uses[-4:]] == [0, 1, 2, 3]


def test_a_counter_that_was_turned_back_to_hide_the_last_use_is_noticed(installation: Keeping, ada: Person) -> None:
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    state = ratchet.first_state(ada.secret, ada.subject_id)
    for _ in range(CHECKS):
        state = ratchet.next_state(state)
    with installation.store.write() as unit:
        row = unit.log.ratchet(ada.subject_id)
        assert row is not None
        sealed = keys.seal(state, "ratchet", str(CHECKS))
        unit.log.turn(Turned(ada.subject_id, CHECKS, row.handle, state, lambda *_: sealed))
    assert not seen(installation, ada).complete


def test_a_wrong_code_shows_nothing(installation: Keeping, ada: Person) -> None:
    stranger = Person(ada.programme_id, ada.subject_id, new_private_code(SystemRandomness()), ada.consent, ada.logged)
    shown = seen(installation, stranger)
    assert shown.uses == ()
    assert not shown.complete


def test_the_server_at_rest_finds_none_of_a_persons_past_leaves(installation: Keeping, ada: Person) -> None:
    """With every key and the newest state, no past tag can be computed and no past detail opened."""
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    with installation.store.read() as reader:
        kept = reader.log.ratchet(ada.subject_id)
        assert kept is not None
        state = keys.unseal(kept.sealed, "ratchet", str(kept.uses))
        for _ in range(100):
            assert reader.log.by_tag(ratchet.tag(state)) is None
            state = ratchet.next_state(state)


def test_no_two_leaves_of_a_person_share_anything_that_others_do_not_share(installation: Keeping, ada: Person) -> None:
    own = [json.loads(use.raw) for use in seen(installation, ada).uses]
    with installation.store.read() as reader:
        others = [json.loads(leaf) for leaf in reader.log.leaves() if json.loads(leaf) not in own]
    for key in ("tag", "commitment", "consent"):
        assert len({leaf[key] for leaf in own}) == len(own)
    for key in ("programme", "actor", "kind", "at"):
        assert {leaf[key] for leaf in own} <= {leaf[key] for leaf in others}


def test_leaves_say_no_name_place_or_outcome(installation: Keeping, ada: Person) -> None:
    with installation.store.read() as reader:
        everything = b"".join(reader.log.leaves())
    for secret in ("file 1", "desk 1", "accepted", "referred", ada.subject_id, ada.consent.id, ada.code):
        assert secret.encode() not in everything
    assert ada.consent.record_hash.hex().encode() not in everything


def test_details_on_disk_say_nothing(installation: Keeping, ada: Person) -> None:
    del ada
    installation.store.truncate()
    everything = kept(installation.folder)
    for secret in (b"desk 1", b'"referred"', b"file 1"):  # as JSON writes it: the schema names cases so
        assert secret not in everything


def test_after_withdrawal_even_the_private_code_opens_no_details(installation: Keeping, ada: Person) -> None:
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    withdraw(installation.store, installation.keys, installation.log, ada.programme_id, ada.subject_id, "key_test", {})
    stolen = type(keys)(ada.programme_id, ada.subject_id, bytes(32), bytes(32))
    with installation.store.read() as reader:
        shown = view(reader, stolen, ada.secret)
    assert all(use.details == {} for use in shown.uses)


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_a_code_is_read_as_people_write_it(change: object) -> None:
    code = new_private_code(SystemRandomness())
    assert callable(change)
    assert read_private_code(change(code)) == read_private_code(code)


def test_a_code_with_one_wrong_letter_or_two_exchanged_is_refused() -> None:
    for _ in range(50):
        code = new_private_code(SystemRandomness()).replace("-", "")
        letters = list(code)
        letters[4] = "7" if letters[4] in "389ABC" else "3"
        if abs("0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(code[4]) - int(letters[4])) not in (0, 31):
            with pytest.raises(NotAuthorised):
                read_private_code("".join(letters))
    for bad in ("", "HELLO", code + "A", "é" * 25):
        with pytest.raises(NotAuthorised):
            read_private_code(bad)
