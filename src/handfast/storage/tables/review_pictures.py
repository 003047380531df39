"""Sealed crops for a person who decides: of an enrolment, and of the check that a case is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handfast.base.modality import Hand, Modality
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table


@dataclass(frozen=True, slots=True)
class ReviewPictureRow:
    """One crop of one person.

    case_id   the case whose check it is of; None of an enrolment
    hand      of a picture of fingers, else None
    content   a JPEG, sealed under the person's key
    """

    id: str
    programme_id: str
    subject_id: str
    consent_id: str
    case_id: str | None
    modality: Modality
    hand: Hand | None
    content: bytes
    taken_on: date


_PICTURES = Table(ReviewPictureRow, "review_pictures")
_ORDER = "ORDER BY modality, hand, id"


class ReviewPictureReads:
    """Reading the crops of one person, for one case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_enrolment(self, subject_id: str) -> tuple[ReviewPictureRow, ...]:
        return _PICTURES.all(self._database, f"WHERE subject_id = ? AND case_id IS NULL {_ORDER}", subject_id)

    def of_case(self, case_id: str, subject_id: str) -> tuple[ReviewPictureRow, ...]:
        """What was kept of one person's check for this case."""
        return _PICTURES.all(self._database, f"WHERE case_id = ? AND subject_id = ? {_ORDER}", case_id, subject_id)

    def count(self, subject_id: str) -> int:
        """How many are held of a person, without opening any."""
        rows = self._database.query("SELECT COUNT(*) FROM review_pictures WHERE subject_id = ?", (subject_id,))
        return int(rows[0][0] or 0)

    def without_consent(self) -> int:
        """How many have no live consent of the same person to just that: always 0."""
        sql = (
            "SELECT COUNT(*) FROM review_pictures LEFT JOIN consents ON consents.id = review_pictures.consent_id "
            "AND consents.subject_id = review_pictures.subject_id "
            "AND consents.programme_id = review_pictures.programme_id "
            "AND consents.purpose = 'review-pictures' AND consents.state = 'live' WHERE consents.id IS NULL"
        )
        return int(self._database.query(sql)[0][0] or 0)


class ReviewPictureWrites(ReviewPictureReads):
    """Keeping and removing: acts, which need a leaf."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def add(self, picture: ReviewPictureRow) -> None:
        """NoConsent unless a live consent of the same person to just that covers it."""
        self._act("review picture")
        _PICTURES.insert(self._database, picture)

    def remove_of_enrolment(self, subject_id: str) -> None:
        """New pictures take the place of the old ones."""
        self._act("review picture")
        self._database.execute("DELETE FROM review_pictures WHERE subject_id = ? AND case_id IS NULL", (subject_id,))
