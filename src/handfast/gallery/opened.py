"""Templates sealed under the person's key and opened again: for who holds keys.db, and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handfast.base.errors import SealBroken
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.gallery.transform import KeyedTransform
from handfast.storage.keys.opened import OpenPerson
from handfast.storage.keys.seal import derive, seal, unseal
from handfast.storage.tables.templates import TemplateRow


@dataclass(frozen=True, slots=True)
class OpenReferences:
    """One person's references, opened for one comparison, and the way to bring probes into their frame.

    vector_formats   formats whose data is one float32 vector compared by its angle; those are turned per person
    """

    templates: tuple[Template, ...]
    vector_formats: frozenset[str]
    transform: KeyedTransform

    def bring(self, probes: Sequence[Template]) -> tuple[Template, ...]:
        """Probes as they must be to compare with these references."""
        return tuple(turned(probe, self.vector_formats, self.transform) for probe in probes)

    def plain(self) -> tuple[Template, ...]:
        """The references as they were captured, to be compared with somebody else's in a duplicate check."""
        vectors = self.vector_formats
        is_turned = (t.format in vectors for t in self.templates)
        return tuple(
            replace(t, data=self.transform.turn_back(t.data)) if vector else t
            for t, vector in zip(self.templates, is_turned, strict=True)
        )


def open_references(person: OpenPerson, rows: Sequence[TemplateRow], vector_formats: frozenset[str]) -> OpenReferences:
    """A person's references. SealBroken for a row that was moved, or is somebody else's."""
    return OpenReferences(tuple(opened(row, person) for row in rows), vector_formats, transform_of(person))


def nobodys(key: bytes, vector_formats: frozenset[str]) -> OpenReferences:
    """References of nobody: none, and a frame that takes as long to bring probes into as somebody's."""
    return OpenReferences((), vector_formats, KeyedTransform(key))


def sealed(row: TemplateRow, person: OpenPerson, data: bytes) -> TemplateRow:
    """The row with a template's data in it, which is in the person's frame. SealBroken if the row is not theirs."""
    if (row.programme_id, row.subject_id) != (person.programme_id, person.subject_id):
        raise SealBroken("this row is somebody else's")
    return replace(row, sealed=seal(person.template_key, data, *_place(row)))


def opened(row: TemplateRow, person: OpenPerson) -> Template:
    """The template in a row. SealBroken unless it is this person's and stands where it belongs."""
    data = unseal(person.template_key, row.sealed, *_place(row))
    return Template(row.modality, row.position, row.kind, row.format, row.model, data, Quality(row.quality))


def turned(template: Template, formats: frozenset[str], transform: KeyedTransform) -> Template:
    """A template in a person's frame; one that is no vector stays as it is."""
    if template.format not in formats:
        return template
    return replace(template, data=transform.turn(template.data))


def transform_of(person: OpenPerson) -> KeyedTransform:
    """The person's own frame."""
    return KeyedTransform(derive(person.template_key, "transform"))


def _place(row: TemplateRow) -> tuple[str, ...]:
    """Where a template belongs: programme, subject, template id and model, and what kind of thing it is."""
    position = "" if row.position is None else row.position.plain_name
    return (row.programme_id, row.subject_id, row.id, row.model, row.modality, position, row.kind, row.format)
