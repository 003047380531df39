"""The log at 100,000 leaves: appending, one proof, one person's page, the whole check; CPU time beside a baseline.

PYTHONPATH=tests .venv/bin/python bench/log.py [leaves]
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from handfast.audit import merkle
from handfast.audit.leaf import LeafKind
from handfast.audit.nodes import Nodes
from handfast.audit.person import view
from handfast.audit.verify import verify_log
from handfast.storage.programmes import Programme
from support.keeping import Keeping

BATCH = 1_000
USES = 200  # of the one person whose page is timed


def main(leaves: int) -> None:
    """Fill a log and time it."""
    with tempfile.TemporaryDirectory() as folder:
        installation = Keeping(Path(folder))
        ada = installation.enrol(installation.add_programme(), "file 1")
        bea = installation.enrol(_programme(installation), "file 2")
        appending, size = 0.0, 0
        while size < leaves:
            keys = [installation.keys.person(person.programme_id, person.subject_id) for person in (ada, bea)]
            with installation.store.write() as unit:
                start = time.process_time()
                for n in range(BATCH):
                    person = keys[n % (leaves // USES) > 0]
                    installation.log.append_for(unit, person, LeafKind.CHECK, "key_1", {"outcome": "accepted"})
                appending += time.process_time() - start
                size = unit.log.tree().size
        _say("append, without the commit", appending / (size - 4), _hash_only(BATCH), "RFC 6962 hashing alone")
        with installation.store.read() as reader:
            chosen = range(0, size, size // 500)
            proof = _timed(lambda: [merkle.inclusion(Nodes(reader.log), n, size) for n in chosen]) / len(chosen)
            read = _timed(lambda: [reader.log.leaf(n) for n in chosen]) / len(chosen)
            _say("inclusion proof", proof, read, "reading the leaf")
            page = _timed(lambda: view(reader, keys[0], ada.secret))
            _say(f"one person's page of {USES} uses with proofs", page, USES * proof, "its proofs alone")
            note, key = reader.log.tree().note, installation.log.verifier_key
            check = _timed(lambda: verify_log(reader.log.leaves(), note, [], expected_key=key))
            plain = _timed(lambda: [hashlib.sha256(leaf).digest() for leaf in reader.log.leaves()])
            _say(f"independent check of {size} leaves", check, plain, "reading and hashing each leaf once")
        installation.close()


def _programme(installation: Keeping) -> Programme:
    with installation.store.read() as reader:
        return reader.programmes.get("prg_clinic")


def _hash_only(count: int) -> float:
    """Seconds a leaf for the tree alone, in memory."""
    frontier = b""
    start = time.process_time()
    for size in range(count):
        frontier, _ = merkle.grow(frontier, size, bytes(300))
    return (time.process_time() - start) / count


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _say(what: str, seconds: float, baseline: float, of_what: str) -> None:
    print(f"{what}: {seconds * 1e3:.3f} ms, {seconds / baseline:.1f} x {of_what}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
