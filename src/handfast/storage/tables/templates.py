"""Template rows: sealed bytes and what is needed to open them. Storage never looks inside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Sealed, Table


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One sealed template of one person under one consent; quality 0..100."""

    id: str
    programme_id: str
    subject_id: str
    consent_id: str
    modality: Modality
    position: FingerPosition | None
    kind: SampleKind
    format: str
    model: str
    quality: float
    sealed: Sealed
    taken_on: date


_TABLE = Table(TemplateRow, "templates")


class TemplateReads:
    """Reading one person's templates; there is no reading of many people's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, subject_id: str) -> tuple[TemplateRow, ...]:
        return _TABLE.all(self._database, "WHERE subject_id = ? ORDER BY modality, position, id", subject_id)

    def shown_by(self, subject_id: str) -> frozenset[tuple[Modality, FingerPosition | None]]:
        """What somebody can show: of which modalities and fingers there are templates, none of them opened."""
        sql = "SELECT DISTINCT modality, position FROM templates WHERE subject_id = ?"
        return frozenset(
            (Modality(str(modality)), None if position is None else FingerPosition(int(position or 0)))
            for modality, position in self._database.query(sql, (subject_id,))
        )

    def without_consent(self) -> int:
        """How many rows have no live consent of the same person and programme: always 0."""
        sql = (
            "SELECT COUNT(*) FROM templates LEFT JOIN consents ON consents.id = templates.consent_id "
            "AND consents.subject_id = templates.subject_id AND consents.programme_id = templates.programme_id "
            "AND consents.state = 'live' WHERE consents.id IS NULL"
        )
        return int(self._database.query(sql)[0][0] or 0)


class TemplateWrites(TemplateReads):
    """Adding and removing templates: acts, which need a leaf."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def add(self, template: TemplateRow) -> None:
        """NoConsent unless a live consent of the same person in the same programme covers it."""
        self._act("template")
        _TABLE.insert(self._database, template)

    def remove(self, template_id: str) -> None:
        self._act("template")
        self._database.execute("DELETE FROM templates WHERE id = ?", (template_id,))
