"""Moving everybody from SQLite to Postgres and back: how long it takes, and whether a byte of the export differs.

PYTHONPATH=tests .venv/bin/python bench/move.py [people]
"""

import filecmp
import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from handfast.audit.leaf import LeafKind
from handfast.audit.verify import verify_log
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.randomness import SystemRandomness
from handfast.storage.engines.embedded import EmbeddedPostgres
from handfast.storage.move import copy_records
from handfast.storage.records import export
from handfast.storage.store import Place, Store, Unit, open_store
from handfast.storage.tables.cards import Card, PrivateCodeRow
from handfast.storage.tables.consents import ConsentRow, ConsentState
from handfast.storage.tables.leaves import RatchetRow
from handfast.storage.tables.subjects import Subject, SubjectState
from handfast.storage.tables.templates import TemplateRow
from support.keeping import Keeping

FINGERS = tuple(FingerPosition(number) for number in (2, 3, 4, 5, 7, 8, 9, 10))
BATCH = 100  # people a unit of work
FINGER_BYTES = 430  # ISO/IEC 19794-2 of some 60 minutiae


def main(people: int) -> None:
    """Fill SQLite, move it there and back, compare exports."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # as root the server runs as another user
        server = EmbeddedPostgres(folder / "server")
        url = server.start()
        store = filled(folder / "here", people)
        rows.append(("SQLite, as filled", 0.0, exported(store, folder / "first"), leaves(store)))
        for step, place in (("SQLite to Postgres", url), ("Postgres to SQLite", folder / "back" / "handfast.db")):
            began = time.perf_counter()
            store = moved(store, place)
            spent = time.perf_counter() - began
            rows.append((step, spent, exported(store, folder / step), leaves(store)))
        store.close()
        equal = all(filecmp.cmp(folder / "first", folder / step, shallow=False) for step, *_ in rows[1:])
        server.stop()
    show(rows, people, equal=equal)


def filled(folder: Path, people: int) -> Store:
    """People with a face and eight fingers, of random bytes as sealed ones are; every hundredth withdrew."""
    chance = random.Random(1)
    installation = Keeping(folder)
    programme = installation.keys.programme(installation.add_programme().id)
    for start in track(range(0, people, BATCH), "enrolling", console=Console(stderr=True)):
        with installation.store.write() as unit:
            for number in range(start, min(start + BATCH, people)):
                subject = enrolled(unit, number, chance)
                installation.log.append_for_nobody(unit, programme, LeafKind.ENROL, "bench", {"number": number})
                if number % 100 == 0:
                    unit.subjects.withdraw(subject)
    installation.keys.close()
    return installation.store


def enrolled(unit: Unit, number: int, chance: random.Random) -> str:
    """The rows of one person."""
    subject, consent, day = f"sub_{chance.randbytes(12).hex()}", f"con_{number}", date(2026, 11, 23)
    reference, record = chance.randbytes(60), chance.randbytes(900)
    active = SubjectState.ACTIVE
    unit.subjects.add(Subject(subject, "prg_clinic", active, None, chance.randbytes(32), reference, (), (), day, day))
    live = ConsentState.LIVE
    unit.consents.add(
        ConsentRow(
            consent, "prg_clinic", subject, "verify", live, chance.randbytes(32), record, day, date(2027, 11, 23)
        )
    )
    for n, position in enumerate((None, *FINGERS)):
        modality, kind = (Modality.FINGER, SampleKind.HAND) if position else (Modality.FACE, SampleKind.PORTRAIT)
        sealed = chance.randbytes(FINGER_BYTES if position else 540)
        ids = (f"tpl_{number}_{n}", "prg_clinic", subject, consent)
        unit.templates.add(TemplateRow(*ids, modality, position, kind, "format", "model", 70.5, sealed, day))
    unit.cards.add_card(Card(f"crd_{chance.randbytes(12).hex()}", "prg_clinic", subject, day))
    unit.cards.add_private_code(PrivateCodeRow(chance.randbytes(32), "prg_clinic", subject))
    unit.log.set_ratchet(RatchetRow(subject, 1, chance.randbytes(60)))
    return subject


def moved(old: Store, place: Place) -> Store:
    """What `handfast move` does, with its proof."""
    new = open_store(place, SystemRandomness())
    with old.engine.transaction(write=False) as source:
        copy_records(source, old.engine.shape, new, lambda _table, _rows: None)
    old.moved("elsewhere")
    old.close()
    return new


def exported(store: Store, file: Path) -> int:
    with file.open("wb") as out, store.engine.transaction(write=False) as scope:
        out.writelines(export(scope, store.engine.shape))
    return file.stat().st_size


def leaves(store: Store) -> str:
    """The log's root, recomputed from its leaves."""
    with store.read() as reader:
        tree = reader.log.tree()
        checkpoint = verify_log(reader.log.leaves(), tree.note, [], expected_key=tree.verifier_key).checkpoint
    return f"{checkpoint.size} leaves, root {checkpoint.root.hex()[:16]}"


def show(rows: list[tuple[str, float, int, str]], people: int, *, equal: bool) -> None:
    table = Table("step", "seconds", "people/s", "export, bytes", "log", title=f"{people} people")
    for step, seconds, size, log in rows:
        table.add_row(step, f"{seconds:.1f}", f"{people / seconds:.0f}" if seconds else "", str(size), log)
    Console(width=140).print(table)
    print("exports byte-equal" if equal else "EXPORTS DIFFER")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
