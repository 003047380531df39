"""Messages between the server and its shards, sealed: what Ray carries, keeps or loses is never a code or a name."""

import pickle

import numpy as np

from handfast.base.errors import SealBroken
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import NOTHING
from handfast.gallery.shard import Candidate, Entry, Moments, Query, Shortlist
from handfast.storage.keys.seal import seal, unseal

MOST_BYTES = 90_000  # Ray keeps larger values in its object store
ENTRIES = 14  # people in a message: a face and eight fingers each stay below MOST_BYTES

_Message = tuple[Entry, ...] | tuple[str, ...] | Query | Shortlist


class Wire:
    """Seals and opens messages under the cluster's key; `to` is the shard that a message is for."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def entries(self, entries: tuple[Entry, ...], to: str) -> bytes:
        return self._seal(entries, "entries", to)

    def read_entries(self, sealed: bytes, to: str) -> tuple[Entry, ...]:
        return self._open(sealed, "entries", to)  # type: ignore[no-any-return]

    def names(self, subject_ids: tuple[str, ...], to: str) -> bytes:
        return self._seal(subject_ids, "names", to)

    def read_names(self, sealed: bytes, to: str) -> tuple[str, ...]:
        return self._open(sealed, "names", to)  # type: ignore[no-any-return]

    def query(self, query: Query, to: str) -> bytes:
        return self._seal(query, "query", to)

    def read_query(self, sealed: bytes, to: str) -> Query:
        return self._open(sealed, "query", to)  # type: ignore[no-any-return]

    def shortlist(self, found: Shortlist, to: str) -> bytes:
        """Names as one text, scores as one matrix: two lists of 256 people stay far below MOST_BYTES."""
        places = sorted({place for c in found.candidates for place in c.scores}, key=str)
        scores = np.array([[c.scores.get(p, NOTHING) for p in places] for c in found.candidates], np.float32)
        moments = [
            (str(m), int(p or 0), sums.count, sums.total, sums.squares) for (m, p), sums in found.moments.items()
        ]
        named = [(str(m), int(p or 0)) for m, p in places]
        names = "\n".join(c.subject_id for c in found.candidates)
        return self._seal((names, named, scores.tobytes(), moments, found.compared), "shortlist", to)

    def read_shortlist(self, sealed: bytes, to: str) -> Shortlist:
        names, named, scores, moments, compared = self._open(sealed, "shortlist", to)
        places = [(Modality(m), FingerPosition(p) if p else None) for m, p in named]
        subjects = names.split("\n") if names else []
        matrix = np.frombuffer(scores, np.float32).reshape(len(subjects), len(places))
        candidates = tuple(
            Candidate(subject, {p: float(v) for p, v in zip(places, row, strict=True) if v > NOTHING})
            for subject, row in zip(subjects, matrix, strict=True)
        )
        sums = {
            (Modality(m), FingerPosition(p) if p else None): Moments(count, total, squares)
            for m, p, count, total, squares in moments
        }
        return Shortlist(candidates, sums, compared)

    def _seal(self, message: object, kind: str, to: str) -> bytes:
        return seal(self._key, pickle.dumps(message, protocol=5), kind, to)

    def _open(self, sealed: bytes, kind: str, to: str):  # type: ignore[no-untyped-def]
        # Only what this cluster's own key has sealed is unpickled.
        opened = unseal(self._key, sealed, kind, to)
        try:
            return pickle.loads(opened)  # noqa: S301
        except (pickle.UnpicklingError, EOFError, AttributeError) as error:
            raise SealBroken("a message of another version") from error
