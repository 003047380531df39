"""After a withdrawal neither a key nor a sealed row is left in any file, whatever else is in them."""

import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from handfast.audit.withdrawal import withdraw
from handfast.base.errors import Conflict, Ineligible, NotFound
from handfast.base.modality import FingerPosition
from support.keeping import Keeping, Person, face, finger, keeping

PEOPLE = 14
GONE = 6
PIECE = 8  # bytes: no two sealed things share so many by chance


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def sealed_bytes(installation: Keeping, person: Person) -> list[bytes]:
    """Every sealed thing of one person, as it lies in the files."""
    with installation.store.read() as reader:
        subject = reader.subjects.get(person.subject_id)
        ratchet = reader.log.ratchet(person.subject_id)
        assert subject.reference_sealed is not None
        assert ratchet is not None
        blobs = [row.sealed for row in reader.templates.of(person.subject_id)]
        blobs += [row.record_sealed or b"" for row in reader.consents.of(person.subject_id)]
        blobs += [subject.reference_sealed, ratchet.sealed]
    return blobs + wrapped_keys(installation, person)


def wrapped_keys(installation: Keeping, person: Person) -> list[bytes]:
    connection = sqlite3.connect(installation.folder / "keys.db")
    sql = "SELECT data FROM slots JOIN person_keys ON owner = handle WHERE subject_id = ?"
    ((data,),) = connection.execute(sql, (person.subject_id,)).fetchall()
    connection.close()
    return [data[4:64], data[64:124]]


def found(blobs: list[bytes], disk: bytes) -> int:
    """How many pieces of the blobs, cut every eight bytes, stand anywhere on the disk."""
    words = np.unique(np.concatenate([np.frombuffer(blob[: len(blob) // PIECE * PIECE], "<u8") for blob in blobs]))
    there = np.zeros(len(words), bool)
    for shift in range(PIECE):
        end = shift + (len(disk) - shift) // PIECE * PIECE
        there |= np.isin(words, np.frombuffer(disk[shift:end], "<u8"))
    return int(there.sum())


def enrol_many(installation: Keeping, seed: int = 1) -> list[Person]:
    chance = random.Random(seed)
    programme = installation.add_programme()
    people = []
    for number in range(PEOPLE):
        # Sizes from one cell to many overflow pages.
        fingers = [
            finger(chance.randbytes(chance.choice([40, 700, 5_000, 20_000])), FingerPosition(position))
            for position in (2, 3, 7)
        ]
        people.append(installation.enrol(programme, f"file {number}", (face(bytes(512)), *fingers)))
    return people


def test_withdrawn_people_leave_no_byte_of_key_or_sealed_row_in_any_file(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        people = enrol_many(installation)
        gone = random.Random(2).sample(people, GONE)
        sealed = {person.subject_id: sealed_bytes(installation, person) for person in people}
        before = everything_on_disk(tmp_path)
        assert all(found(sealed[person.subject_id], before) > 100 for person in gone)
        for person in gone:
            installation.use(person)
            withdraw(
                installation.store,
                installation.keys,
                installation.log,
                person.programme_id,
                person.subject_id,
                "key_test",
                {},
            )
            assert (tmp_path / "handfast.db-wal").stat().st_size == 0
            assert (tmp_path / "keys.db-wal").stat().st_size == 0
        after = everything_on_disk(tmp_path)
        assert found([blob for person in gone for blob in sealed[person.subject_id]], after) == 0
        for person in set(people) - set(gone):
            with installation.store.read() as reader:
                opened = installation.open(reader, installation.authorise(reader, person))
            assert len(opened.templates) == 4


def test_a_withdrawn_person_is_refused_on_every_path_at_once(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        with installation.store.read() as reader:
            grant = installation.authorise(reader, ada)
        withdraw(
            installation.store, installation.keys, installation.log, ada.programme_id, ada.subject_id, "key_test", {}
        )
        with installation.store.read() as reader:
            with pytest.raises(Ineligible):
                installation.authorise(reader, ada)
            with pytest.raises(Ineligible):
                installation.references.of(reader, grant)
            assert reader.subjects.by_reference(ada.programme_id, b"") is None
            assert reader.cards.private_code_of(ada.subject_id) is None
        with pytest.raises(NotFound):
            installation.keys.person(ada.programme_id, ada.subject_id)


def test_nobody_withdraws_twice(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        args = (installation.store, installation.keys, installation.log, ada.programme_id, ada.subject_id, "key_test")
        withdraw(*args, {})
        with pytest.raises((NotFound, Conflict)):
            withdraw(*args, {})


def test_the_same_reference_can_enrol_again_after_withdrawing(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        programme = installation.add_programme()
        ada = installation.enrol(programme, "file 1")
        args = (installation.store, installation.keys, installation.log, ada.programme_id, ada.subject_id, "key_test")
        withdraw(*args, {})
        again = installation.enrol(programme, "file 1")
        assert again.subject_id != ada.subject_id
