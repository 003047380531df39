"""The matcher itself: opens what it is handed, compares, and answers with an outcome. It reads no database but keys.db.

What it is told it believes only as far as a key proves it: a row opens only where it belongs, and a use is covered only
by a consent that opens under the person's key, is signed by this installation, names the purpose and holds today.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from handfast.base.clock import Clock
from handfast.base.decision import Assurance, Decision
from handfast.base.errors import HandfastError, NoConsent, Overloaded, RecordError
from handfast.base.modality import Modality
from handfast.base.randomness import Randomness
from handfast.base.sample import Comparer
from handfast.base.search import SearchCode, Searcher
from handfast.base.template import Template
from handfast.consent.ledger import prove
from handfast.consent.purpose import SEARCHES, Purpose
from handfast.decision.decide import decide
from handfast.decision.find import OWN_SUPPORT, TARGET_FPIR, Compared, decide_find, threshold
from handfast.decision.policy import Policy
from handfast.decision.tables import Tables
from handfast.gallery.codes import codes_of, opened_codes, sealed_codes, turned_codes
from handfast.gallery.opened import OpenReferences, nobodys, open_references, sealed, transform_of, turned
from handfast.gallery.references import Held, Rows
from handfast.gallery.search_set import Turned
from handfast.matcher.evidence import Comparers, evidence_of_nobody, evidence_with, least_coarse
from handfast.matcher.matcher import Among, Looked, Probes
from handfast.storage.keys.opened import OpenPerson
from handfast.storage.keys.seal import derive
from handfast.storage.keys.store import Keys
from handfast.storage.tables.consents import ConsentState
from handfast.storage.tables.search_codes import SearchCodeRow
from handfast.storage.tables.templates import TemplateRow


@dataclass(frozen=True, slots=True)
class Comparing:
    """What compares, and what its scores are worth.

    vector_formats   formats of templates whose data is one float32 vector compared by its angle; turned per person
    """

    comparers: Mapping[Modality, Comparer]
    tables: Tables
    searchers: Mapping[Modality, Searcher]
    vector_formats: frozenset[str]


class Matching:
    """Fulfils Matcher with the keys of this process."""

    def __init__(self, keys: Keys, comparing: Comparing, clock: Clock, randomness: Randomness) -> None:
        self._keys = keys
        self._with = comparing
        self._clock = clock
        self._randomness = randomness
        self._signed_by = keys.signer("consent").public
        self._cores = ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="compare")

    def sealed(self, rows: Sequence[TemplateRow], templates: Sequence[Template]) -> Rows:
        if not rows:
            return ()
        person = self._keys.person(rows[0].programme_id, rows[0].subject_id)
        transform, vectors = transform_of(person), self._with.vector_formats
        in_frame = [turned(template, vectors, transform) for template in templates]
        return tuple(sealed(row, person, t.data) for row, t in zip(rows, in_frame, strict=True))

    def resealed(self, held: Held, rows: Sequence[TemplateRow]) -> Rows:
        person = self._covered(held, (Purpose.VERIFY,))
        templates = self._references(person, held).templates
        return tuple(sealed(row, person, t.data) for row, t in zip(rows, templates, strict=True))

    def decide(
        self, held: Held | None, probes: Probes, policy: Policy, assurance: Assurance, *, programme_live: bool
    ) -> Decision:
        if held is None:
            frame = nobodys(self._randomness.bytes(32), self._with.vector_formats)
            evidence = evidence_of_nobody(self._with.comparers, self._with.tables, frame, probes)
        else:
            opened = self._opened(held, (Purpose.VERIFY,))
            evidence = evidence_with(self._with.comparers, self._with.tables, opened, probes)
        decision = decide(policy, evidence, assurance, programme_live=programme_live, lowered=probes.lowered)
        quality = tuple((e.modality, e.quality) for e in evidence if e.quality is not None)
        return replace(decision, evidence=(), quality=quality)

    def find(self, probes: Probes | Held, people: Sequence[Held], among: Among, purpose: Purpose, live: bool) -> Looked:
        if isinstance(probes, Probes):
            shown, support = probes, None  # in front of somebody it takes as long whoever is near
        else:
            # Where everybody is looked for, whose face does not support is no case, whatever their fingers say.
            shown, support = self._as_probes(probes, purpose), OWN_SUPPORT
        comparers = {modality: each.for_one_search() for modality, each in self._with.comparers.items()}
        look_at = partial(self._compared, comparers=comparers, shown=shown, purpose=purpose, support=support)
        compared = [one for one in self._cores.map(look_at, people) if one is not None]
        decision = decide_find(compared, among.searched, complete=among.complete, live=live)
        least = threshold(among.searched, TARGET_FPIR)
        alike = sorted((p for p in compared if p.supported and p.llr >= least), key=lambda person: -person.llr)
        return Looked(decision, tuple(p.subject_id for p in compared), tuple(p.subject_id for p in alike))

    def least_face(self) -> float | None:
        faces = self._with.searchers.get(Modality.FACE)
        return None if faces is None else least_coarse(faces, self._with.tables, OWN_SUPPORT)

    def sealed_code(self, row: SearchCodeRow, codes: Sequence[SearchCode]) -> SearchCodeRow:
        return sealed_codes(self._keys.person(row.programme_id, row.subject_id), row, codes)

    def recoded(self, held: Held, row: SearchCodeRow) -> SearchCodeRow:
        opened = self._opened(held, tuple(SEARCHES))
        codes = codes_of(self._with.searchers, opened.plain())
        return sealed_codes(self._keys.person(held.programme_id, held.subject_id), row, codes)

    def turned(self, programme_id: str, epoch: bytes, codes: Sequence[SearchCode]) -> tuple[SearchCode, ...]:
        return turned_codes(self._with.searchers, codes, self._transform_key(programme_id, epoch))

    def opened(self, programme_id: str, epoch: bytes, rows: Sequence[SearchCodeRow]) -> tuple[Turned, ...]:
        by_subject, key = {row.subject_id: row for row in rows}, self._transform_key(programme_id, epoch)
        people = list[Turned]()
        for person in self._keys.some_of(programme_id, list(by_subject)):
            try:
                codes = opened_codes(person, by_subject[person.subject_id])
            except RecordError:
                continue
            people.append(Turned(person.subject_id, turned_codes(self._with.searchers, codes, key)))
        return tuple(people)

    def _compared(
        self, held: Held, comparers: Comparers, shown: Probes, purpose: Purpose, support: float | None
    ) -> Compared | None:
        try:
            opened = self._opened(held, (purpose,))
            evidence = evidence_with(comparers, self._with.tables, opened, shown, support)
        except Overloaded:
            raise
        except HandfastError:  # what cannot be compared honestly supports nobody
            return None
        mine = {t.position for t in opened.templates if t.modality is Modality.FINGER}
        fingers = mine & {t.position for t in shown.of(Modality.FINGER)}
        return Compared(held.subject_id, evidence, len(fingers))

    def _as_probes(self, held: Held, purpose: Purpose) -> Probes:
        return Probes(self._opened(held, (purpose,)).plain(), live=True)

    def _opened(self, held: Held, purposes: Sequence[Purpose]) -> OpenReferences:
        return self._references(self._covered(held, purposes), held)

    def _references(self, person: OpenPerson, held: Held) -> OpenReferences:
        return open_references(person, held.templates, self._with.vector_formats)

    def _covered(self, held: Held, purposes: Sequence[Purpose]) -> OpenPerson:
        """The person's keys, if a consent of theirs to one of these purposes holds today. NoConsent, NotFound."""
        consent, today = held.consent, self._clock.now().date()
        if (consent.programme_id, consent.subject_id) != (held.programme_id, held.subject_id):
            raise NoConsent("this consent is somebody else's")
        if consent.purpose not in purposes or consent.state is not ConsentState.LIVE:
            raise NoConsent("no consent to this")
        if not consent.given_on <= today <= consent.expires_on:
            raise NoConsent("this consent is over")
        person = self._keys.person(held.programme_id, held.subject_id)
        prove(consent, person, self._signed_by)
        return person

    def _transform_key(self, programme_id: str, epoch: bytes) -> bytes:
        return derive(self._keys.programme(programme_id).key, "epoch", epoch.hex())
