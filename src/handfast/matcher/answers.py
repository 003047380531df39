"""Everything that the server may ask of the matcher: one method a question, and no other way in.

The types that stand here are what the wire lets through; keys are named, never handed out.
"""

from collections.abc import Sequence

from handfast.base.decision import Assurance, Decision
from handfast.base.errors import RequestError
from handfast.base.search import SearchCode
from handfast.base.template import Template
from handfast.consent.purpose import Purpose
from handfast.decision.policy import Policy
from handfast.gallery.references import Held
from handfast.gallery.search_set import Turned
from handfast.matcher.matcher import Among, Looked, Probes
from handfast.matcher.matching import Matching
from handfast.storage.keys.opened import OpenProgramme
from handfast.storage.keys.store import INSTALLATION, Keys
from handfast.storage.tables.search_codes import SearchCodeRow
from handfast.storage.tables.templates import TemplateRow

SIGNERS = ("log", "consent", "answer", "card")
Place = tuple[str, ...]


class Answers:
    """Answers for one installation, with its keys."""

    def __init__(self, keys: Keys, matching: Matching) -> None:
        self._keys = keys
        self._matching = matching

    def create_programme(self, programme_id: str) -> None:
        self._keys.create_programme(programme_id)

    def find_programme(self, programme_id: str) -> None:
        self._programme(programme_id)

    def destroy_programme(self, programme_id: str) -> bool:
        return self._keys.destroy_programme(programme_id)

    def programmes(self) -> tuple[str, ...]:
        return self._keys.programmes()

    def lookup(self, programme_id: str, reference: str) -> bytes:
        return self._programme(programme_id).lookup(reference)

    def seal_for_programme(self, programme_id: str, plain: bytes, place: Place) -> bytes:
        return self._programme(programme_id).seal(plain, *place)

    def unseal_for_programme(self, programme_id: str, sealed: bytes, place: Place) -> bytes:
        return self._programme(programme_id).unseal(sealed, *place)

    def webhook_secret(self, programme_id: str) -> bytes:
        return self._programme(programme_id).webhook_secret()

    def link_token(self, programme_id: str, session_id: str) -> bytes:
        return self._programme(programme_id).link_token(session_id)

    def create_person(self, programme_id: str, subject_id: str) -> None:
        self._keys.create_person(programme_id, subject_id)

    def find_person(self, programme_id: str, subject_id: str) -> None:
        self._keys.person(programme_id, subject_id)

    def destroy_person(self, subject_id: str) -> bool:
        return self._keys.destroy_person(subject_id)

    def people(self) -> tuple[str, ...]:
        return self._keys.people()

    def destroyed(self) -> frozenset[str]:
        return self._keys.destroyed()

    def seal(self, programme_id: str, subject_id: str, plain: bytes, place: Place) -> bytes:
        return self._keys.person(programme_id, subject_id).seal(plain, *place)

    def unseal(self, programme_id: str, subject_id: str, sealed: bytes, place: Place) -> bytes:
        return self._keys.person(programme_id, subject_id).unseal(sealed, *place)

    def use_key(self, programme_id: str, subject_id: str, state: bytes) -> bytes:
        return self._keys.person(programme_id, subject_id).use_key(state)

    def pseudonym(self, programme_id: str, subject_id: str) -> str:
        return self._keys.person(programme_id, subject_id).pseudonym()

    def public_key(self, signer: str) -> bytes:
        return self._keys.signer(_known(signer)).public

    def sign(self, signer: str, message: bytes) -> bytes:
        return self._keys.signer(_known(signer)).sign(message)

    def peppered(self, word: str) -> bytes:
        return self._keys.peppered(word)

    def sealed(self, rows: Sequence[TemplateRow], templates: Sequence[Template]) -> tuple[TemplateRow, ...]:
        return self._matching.sealed(rows, templates)

    def resealed(self, held: Held, rows: Sequence[TemplateRow]) -> tuple[TemplateRow, ...]:
        return self._matching.resealed(held, rows)

    def decide(
        self, held: Held | None, probes: Probes, policy: Policy, assurance: Assurance, programme_live: bool
    ) -> Decision:
        return self._matching.decide(held, probes, policy, assurance, programme_live=programme_live)

    def find(self, probes: Probes | Held, people: Sequence[Held], among: Among, purpose: Purpose, live: bool) -> Looked:
        return self._matching.find(probes, people, among, purpose, live=live)

    def least_face(self) -> float | None:
        return self._matching.least_face()

    def sealed_code(self, row: SearchCodeRow, codes: Sequence[SearchCode]) -> SearchCodeRow:
        return self._matching.sealed_code(row, codes)

    def recoded(self, held: Held, row: SearchCodeRow) -> SearchCodeRow:
        return self._matching.recoded(held, row)

    def turned(self, programme_id: str, epoch: bytes, codes: Sequence[SearchCode]) -> tuple[SearchCode, ...]:
        return self._matching.turned(programme_id, epoch, codes)

    def opened(self, programme_id: str, epoch: bytes, rows: Sequence[SearchCodeRow]) -> tuple[Turned, ...]:
        return self._matching.opened(programme_id, epoch, rows)

    def _programme(self, programme_id: str) -> OpenProgramme:
        return self._keys.installation() if programme_id == INSTALLATION else self._keys.programme(programme_id)


def _known(signer: str) -> str:
    if signer not in SIGNERS:
        raise RequestError(f"nothing is signed as {signer}")
    return signer
