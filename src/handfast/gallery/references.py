"""References: templates sealed under the person's key, put and got only with a Grant for that person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handfast.base.clock import Clock
from handfast.base.errors import NoConsent
from handfast.base.grant import Grant
from handfast.base.ids import new_id
from handfast.base.quality import Quality
from handfast.base.randomness import Randomness
from handfast.base.template import Template
from handfast.gallery.transform import KeyedTransform
from handfast.storage.key_values import PersonKeys
from handfast.storage.seal import derive, seal, unseal
from handfast.storage.store import Reader, Unit
from handfast.storage.templates import TemplateRow


@dataclass(frozen=True, slots=True)
class OpenReferences:
    """One person's references, opened for one comparison, and the way to bring probes into their frame."""

    templates: tuple[Template, ...]
    vector_formats: frozenset[str]
    transform: KeyedTransform

    def bring(self, probes: Sequence[Template]) -> tuple[Template, ...]:
        """Probes as they must be to compare with these references."""
        return tuple(_turned(probe, self.vector_formats, self.transform) for probe in probes)

    def plain(self) -> tuple[Template, ...]:
        """The references as they were captured, to be compared with somebody else's in a duplicate check."""
        vectors = self.vector_formats
        turned = (t.format in vectors for t in self.templates)
        return tuple(
            replace(t, data=self.transform.turn_back(t.data)) if is_turned else t
            for t, is_turned in zip(self.templates, turned, strict=True)
        )


class References:
    """Keeping and opening references.

    vector_formats   formats whose data is one float32 vector compared by its angle; those are turned per person
    """

    def __init__(self, clock: Clock, randomness: Randomness, vector_formats: frozenset[str]) -> None:
        self._clock = clock
        self._randomness = randomness
        self._vector_formats = vector_formats

    def put(self, unit: Unit, grant: Grant, person: PersonKeys, templates: Sequence[Template]) -> tuple[str, ...]:
        """Seal and keep templates; their ids. NoConsent if the grant is over or for somebody else."""
        transform = _transform(person)
        turned = [_turned(template, self._vector_formats, transform) for template in templates]
        return self.keep(unit, grant, person, turned)

    def keep(self, unit: Unit, grant: Grant, person: PersonKeys, templates: Sequence[Template]) -> tuple[str, ...]:
        """The same for templates that `open` gave: they are in this person's frame already."""
        self._hold(unit, grant, person)
        rows = [self._row(grant, person, template) for template in templates]
        for row in rows:
            unit.templates.add(row)
        return tuple(row.id for row in rows)

    def open(self, reader: Reader, grant: Grant, person: PersonKeys) -> OpenReferences:
        """This person's references. NoConsent if the grant does not hold (any more); SealBroken for a moved row."""
        self._hold(reader, grant, person)
        templates = tuple(_opened(row, person) for row in reader.templates.of(person.subject_id))
        return OpenReferences(templates, self._vector_formats, _transform(person))

    def nobodys(self) -> OpenReferences:
        """References of nobody: none, and a frame that takes as long to bring probes into as somebody's."""
        return OpenReferences((), self._vector_formats, KeyedTransform(self._randomness.bytes(32)))

    def _hold(self, reader: Reader, grant: Grant, person: PersonKeys) -> None:
        now = self._clock.now()
        if (grant.programme_id, grant.subject_id) != (person.programme_id, person.subject_id):
            raise NoConsent("this grant is for somebody else")
        if not grant.checked_at <= now < grant.expires_at:
            raise NoConsent("this grant is over")
        # Withdrawn or frozen since the grant was given: in effect at once.
        reader.subjects.eligible(grant.programme_id, grant.subject_id)
        consent = reader.consents.live(grant.programme_id, grant.subject_id, grant.purpose, now.date())
        if consent is None or consent.id != grant.consent_id:
            raise NoConsent("the consent behind this grant has ended")

    def _row(self, grant: Grant, person: PersonKeys, template: Template) -> TemplateRow:
        row = TemplateRow(
            id=new_id("tpl", self._randomness),
            programme_id=person.programme_id,
            subject_id=person.subject_id,
            consent_id=grant.consent_id,
            modality=template.modality,
            position=template.position,
            kind=template.kind,
            format=template.format,
            model=template.model,
            quality=template.quality.value,
            sealed=b"",
            taken_on=self._clock.now().date(),
        )
        return replace(row, sealed=seal(person.template_key, template.data, *_place(row)))


def _opened(row: TemplateRow, person: PersonKeys) -> Template:
    data = unseal(person.template_key, row.sealed, *_place(row))
    return Template(row.modality, row.position, row.kind, row.format, row.model, data, Quality(row.quality))


def _place(row: TemplateRow) -> tuple[str, ...]:
    """Where a template belongs: programme, subject, template id and model, and what kind of thing it is."""
    position = "" if row.position is None else row.position.plain_name
    return (row.programme_id, row.subject_id, row.id, row.model, row.modality, position, row.kind, row.format)


def _turned(template: Template, formats: frozenset[str], transform: KeyedTransform) -> Template:
    if template.format not in formats:
        return template
    return replace(template, data=transform.turn(template.data))


def _transform(person: PersonKeys) -> KeyedTransform:
    return KeyedTransform(derive(person.template_key, "transform"))
