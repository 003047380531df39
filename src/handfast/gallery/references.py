"""References: sealed templates, put and got only with a Grant for that person. What seals and opens them is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from handfast.base.clock import Clock
from handfast.base.errors import NoConsent
from handfast.base.grant import Grant
from handfast.base.ids import new_id
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.randomness import Randomness
from handfast.base.template import Template
from handfast.storage.store import Reader, Unit
from handfast.storage.tables.consents import ConsentRow
from handfast.storage.tables.templates import TemplateRow

Rows = tuple[TemplateRow, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One person's sealed references, and the consent under which they may be used now."""

    programme_id: str
    subject_id: str
    templates: Rows
    consent: ConsentRow

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """What the person enrolled."""
        return tuple(m for m in Modality if any(t.modality is m for t in self.templates))


class Sealing(Protocol):
    """What seals templates: the matcher, which alone holds their keys."""

    def sealed(self, rows: Sequence[TemplateRow], templates: Sequence[Template]) -> Rows:
        """The rows with these templates in them, in the frame of the person that the rows name."""
        ...

    def resealed(self, held: Held, rows: Sequence[TemplateRow]) -> Rows:
        """The rows with what is held in them, template by template."""
        ...


class References:
    """Keeping references, and handing them, sealed, to who compares them."""

    def __init__(self, clock: Clock, randomness: Randomness, sealing: Sealing) -> None:
        self._clock = clock
        self._randomness = randomness
        self._sealing = sealing

    def put(self, unit: Unit, grant: Grant, templates: Sequence[Template]) -> tuple[str, ...]:
        """Seal and keep templates; their ids. NoConsent if the grant is over."""
        self._hold(unit, grant)
        return self._kept(
            unit,
            [self._row(grant, template, template.quality.value) for template in templates],
            lambda rows: self._sealing.sealed(rows, templates),
        )

    def keep(self, unit: Unit, grant: Grant, held: Held) -> tuple[str, ...]:
        """Keep what is held under this grant's consent, in rows of its own; their ids."""
        self._hold(unit, grant)
        return self._kept(
            unit,
            [self._row(grant, row, row.quality) for row in held.templates],
            lambda rows: self._sealing.resealed(held, rows),
        )

    def of(self, reader: Reader, grant: Grant) -> Held:
        """This person's references, sealed. NoConsent if the grant does not hold (any more)."""
        consent = self._hold(reader, grant)
        return Held(grant.programme_id, grant.subject_id, reader.templates.of(grant.subject_id), consent)

    def _hold(self, reader: Reader, grant: Grant) -> ConsentRow:
        now = self._clock.now()
        if not grant.checked_at <= now < grant.expires_at:
            raise NoConsent("this grant is over")
        # Withdrawn or frozen since the grant was given: in effect at once.
        reader.subjects.eligible(grant.programme_id, grant.subject_id)
        consent = reader.consents.live(grant.programme_id, grant.subject_id, grant.purpose, now.date())
        if consent is None or consent.id != grant.consent_id:
            raise NoConsent("the consent behind this grant has ended")
        return consent

    def _kept(
        self, unit: Unit, rows: Sequence[TemplateRow], seal: Callable[[Sequence[TemplateRow]], Rows]
    ) -> tuple[str, ...]:
        for row in seal(rows):
            unit.templates.add(row)
        return tuple(row.id for row in rows)

    def _row(self, grant: Grant, template: "Described", quality: float) -> TemplateRow:
        return TemplateRow(
            id=new_id("tpl", self._randomness),
            programme_id=grant.programme_id,
            subject_id=grant.subject_id,
            consent_id=grant.consent_id,
            modality=template.modality,
            position=template.position,
            kind=template.kind,
            format=template.format,
            model=template.model,
            quality=quality,
            sealed=b"",
            taken_on=self._clock.now().date(),
        )


class Described(Protocol):
    """What a template and its row both say of it."""

    @property
    def modality(self) -> Modality: ...

    @property
    def position(self) -> FingerPosition | None: ...

    @property
    def kind(self) -> SampleKind: ...

    @property
    def format(self) -> str: ...

    @property
    def model(self) -> str: ...
