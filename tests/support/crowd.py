"""People with real search codes of made-up faces and fingers, in one programme, to be searched over any shards."""

import numpy as np

from handfast.audit.leaf import LeafKind
from handfast.base.grant import Grant
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import SearchCode, Searcher
from handfast.consent.purpose import Purpose
from handfast.face.search import FaceSearcher
from handfast.finger.codes.search_code import CODE_BYTES, MOST_CYLINDERS
from handfast.finger.codes.searcher import FingerSearcher
from handfast.gallery.codes import row_for, sealed_codes
from handfast.gallery.search_set import Found, SearchSet, Shards, model_of
from support.keeping import Keeping
from support.searching import codes_with

SEARCHERS: dict[Modality, Searcher] = {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()}
FINGERS = (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)


def codes_of(n: int) -> tuple[SearchCode, ...]:
    """What person n is searched by."""
    rng = np.random.default_rng(n)
    face = rng.standard_normal(128).astype(np.float32)
    codes = [SearchCode(Modality.FACE, None, (face / np.linalg.norm(face)).astype("<f4").tobytes())]
    for position in FINGERS:
        row = np.zeros(CODE_BYTES, np.uint8)
        row[0] = MOST_CYLINDERS
        row[8 : 8 + MOST_CYLINDERS] = np.sort(rng.integers(0, 256, MOST_CYLINDERS))
        row[8 + MOST_CYLINDERS :] = rng.integers(0, 256, CODE_BYTES - 8 - MOST_CYLINDERS)
        codes.append(SearchCode(Modality.FINGER, position, row.tobytes()))
    return tuple(codes)


class People:
    """People who agreed to be found, in one programme."""

    def __init__(self, kept: Keeping, count: int) -> None:
        self.kept = kept
        self.programme = kept.add_programme()
        self.subjects = [self._add(n) for n in range(count)]

    def _add(self, n: int) -> str:
        kept, person = self.kept, self.kept.enrol(self.programme, f"P-{n}")
        keys = kept.keys.person(person.programme_id, person.subject_id)
        with kept.store.write() as unit:
            agreed = kept.ledger.record(unit, keys, self.programme, Purpose.FIND, tuple(Modality), kept.agreement())
            grant = kept.ledger.authorise(
                unit,
                programme_id=person.programme_id,
                subject_id=person.subject_id,
                purpose=Purpose.FIND,
                session_id="ses_e",
            )
            today = kept.clock.now().date()
            unit.searched.put(sealed_codes(keys, row_for(grant, model_of(SEARCHERS), today), codes_of(n)))
            kept.log.append_for(unit, keys, LeafKind.ENROL, "key_test", {}, agreed.record_hash)
        return person.subject_id

    def set_over(self, shards: Shards) -> SearchSet:
        return SearchSet(
            self.programme.id, SEARCHERS, shards, codes_with(self.kept, SEARCHERS), self.kept.clock, bytes(range(32))
        )

    def grant(self) -> Grant:
        with self.kept.store.read() as reader:
            return self.kept.ledger.authorise_search(
                reader, programme_id=self.programme.id, purpose=Purpose.FIND, session_id="ses_f"
            )

    def search(self, over: SearchSet, n: int) -> Found:
        with self.kept.store.read() as reader:
            return over.search(reader, self.grant(), codes_of(n), 5)

    def is_right(self, found: Found, n: int) -> bool:
        """Right: who is asked for comes first, or the answer says that not everyone was searched."""
        return found.candidates[:1] == (self.subjects[n],) or not found.complete
