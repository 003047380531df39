"""What is asked of who holds the templates' keys. Nothing that it answers is a template, a score or a ratio.

`Matching` fulfils it in this process; `Asked` asks another process for it. Both pass the same tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handfast.base.decision import Assurance, Decision, Lowered
from handfast.base.modality import Modality
from handfast.base.search import SearchCode
from handfast.base.template import Template
from handfast.consent.purpose import Purpose
from handfast.decision.find import FindDecision
from handfast.decision.policy import Policy
from handfast.gallery.references import Held, Rows
from handfast.gallery.search_set import Turned
from handfast.storage.tables.search_codes import SearchCodeRow
from handfast.storage.tables.templates import TemplateRow


@dataclass(frozen=True, slots=True)
class Probes:
    """What one capture gave.

    live      whether every step was followed, by one and the same face
    lowered   what makes the capture less sure than its mode promises
    """

    templates: tuple[Template, ...]
    live: bool
    lowered: tuple[Lowered, ...] = ()

    def of(self, modality: Modality) -> tuple[Template, ...]:
        """Those of one modality."""
        return tuple(template for template in self.templates if template.modality is modality)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of comparing a few people in full.

    decision   who was found, if anybody
    compared   everyone who was compared: each is told in their own log
    alike      who is so like that a person should look, the likest first
    """

    decision: FindDecision
    compared: tuple[str, ...]
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """How many people were searched, and whether that was everybody."""

    searched: int
    complete: bool


class Matcher(Protocol):
    """Seals, opens and compares. People are given by their sealed rows and the consent that covers the use."""

    def sealed(self, rows: Sequence[TemplateRow], templates: Sequence[Template]) -> Rows:
        """The rows with these templates in them. SealBroken unless all rows are of one person, NotFound."""
        ...

    def resealed(self, held: Held, rows: Sequence[TemplateRow]) -> Rows:
        """The rows with what is held in them, template by template. NoConsent, SealBroken, NotFound."""
        ...

    def decide(
        self, held: Held | None, probes: Probes, policy: Policy, assurance: Assurance, *, programme_live: bool
    ) -> Decision:
        """Whether this is the person, without the evidence. NoConsent, NotFound, SealBroken, NoCalibration.

        Without references there is nobody to compare with; it takes as long, and the answer is a stranger's.
        """
        ...

    def find(self, probes: Probes | Held, people: Sequence[Held], among: Among, purpose: Purpose, live: bool) -> Looked:
        """Which of these people it is, by what was captured or by somebody's own references. NoConsent and others.

        Who cannot be compared honestly is passed over.
        """
        ...

    def least_face(self) -> float | None:
        """The lowest coarse score by face of anybody whose face may support on its own; None where no score tells."""
        ...

    def sealed_code(self, row: SearchCodeRow, codes: Sequence[SearchCode]) -> SearchCodeRow:
        """The row with these codes in it. NotFound."""
        ...

    def recoded(self, held: Held, row: SearchCodeRow) -> SearchCodeRow:
        """The row with codes made from what is held. NoConsent, NotFound, SealBroken."""
        ...

    def turned(self, programme_id: str, epoch: bytes, codes: Sequence[SearchCode]) -> tuple[SearchCode, ...]:
        """Codes under the transform of a programme and an epoch."""
        ...

    def opened(self, programme_id: str, epoch: bytes, rows: Sequence[SearchCodeRow]) -> tuple[Turned, ...]:
        """Sealed codes of people of this programme, turned; whose row does not open is left out."""
        ...
