"""The log at 100,000 leaves: appending, one proof, one person's list, the whole check; CPU time beside a baseline.

Appending is in units of work of 1,000, everyone in turn; rows and signature are counted, the commit stands beside it.

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
from support.keeping import Keeping

BATCH = 1_000
USES = 200  # of the one person whose page is timed


def main(leaves: int) -> None:
    """Fill a log and time it."""
    with tempfile.TemporaryDirectory() as folder:
        installation = Keeping(Path(folder))
        programme = installation.add_programme()
        people = [installation.enrol(programme, f"file {n}") for n in range(max(1, leaves // USES))]
        everyone = [installation.keys.person(person.programme_id, person.subject_id) for person in people]
        appending, committing, size = [], [], 0
        while size < leaves:
            # Everyone in turn, so that a batch turns as many ratchets as it can.
            start = time.process_time()
            with installation.store.write() as unit:
                for n in range(BATCH):
                    person = everyone[(size + n) % len(everyone)]
                    installation.log.append_for(unit, person, LeafKind.CHECK, "key_1", {"outcome": "accepted"})
                size = unit.log.tree().size
                unit.log.end()  # writes the rows and signs; the unit of work would do it
                written = time.process_time()
                appending.append((written - start) / BATCH)
            committing.append((time.process_time() - written) / BATCH)
        hashing = _hash_only(BATCH)
        _say("append", sum(appending) / len(appending), hashing, "RFC 6962 hashing alone")
        _say("append, the tenth of the batches that was disturbed least", _tenth(appending), hashing, "the same")
        _say("its share of the commit", sum(committing) / len(committing), hashing, "the same")
        with installation.store.read() as reader:
            chosen = range(0, size, size // 500)
            proof = _timed(lambda: [merkle.inclusion(Nodes(reader.log), n, size) for n in chosen]) / len(chosen)
            read = _timed(lambda: [reader.log.leaf(n) for n in chosen]) / len(chosen)
            _say("inclusion proof", proof, read, "reading the leaf")
            page = _timed(lambda: view(reader, everyone[0], people[0].secret))
            _say(f"one person's list of {USES} uses with proofs", page, USES * proof, "its proofs alone")
            note, key = reader.log.tree().note, installation.log.verifier_key
            check = _timed(lambda: verify_log(reader.log.leaves(), note, [], expected_key=key))
            plain = _timed(lambda: [hashlib.sha256(leaf).digest() for leaf in reader.log.leaves()])
            _say(f"independent check of {size} leaves", check, plain, "reading and hashing each leaf once")
        installation.close()


def _tenth(seconds: list[float]) -> float:
    """What the fastest tenth took at most: others on the machine make the rest slower, also in processor time."""
    return sorted(seconds)[len(seconds) // 10]


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
