"""Studies, and the sealed pictures of their sittings. Storage never looks inside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from handfast.base.modality import FingerPosition, Hand, Modality
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table, encode


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A programme that is a study: its last day, and the day on which all of it was destroyed, or None before."""

    programme_id: str
    ends_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class StudyImageRow:
    """One picture of one person.

    sitting     1 or 2, on different days
    hand        of a picture of fingers, else None; positions are the fingers that were asked for
    sample      from 1, among the person's of this sitting, modality and hand
    content     the JPEG as the phone sent it, sealed under the person's key
    """

    id: str
    programme_id: str
    subject_id: str
    consent_id: str
    sitting: int
    modality: Modality
    hand: Hand | None
    positions: tuple[FingerPosition, ...]
    sample: int
    content: bytes
    taken_on: date


@dataclass(frozen=True, slots=True)
class HeldPictures:
    """So many pictures of one part of the body, from one sitting; hand is None for the face."""

    sitting: int
    modality: Modality
    hand: Hand | None
    number: int
    taken_on: date


_STUDIES = Table(StudyRow, "studies")
_IMAGES = Table(StudyImageRow, "study_images")
_ORDER = "ORDER BY sitting, modality, hand, sample, id"


class StudyReads:
    """Reading studies; pictures one person at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, programme_id: str) -> StudyRow | None:
        """The study that a programme is, or None for one of the other kind."""
        return _STUDIES.find(self._database, "WHERE programme_id = ?", programme_id)

    def over(self, today: date) -> tuple[StudyRow, ...]:
        """Studies whose last day has passed and that nobody has ended."""
        return _STUDIES.all(self._database, "WHERE ended_on IS NULL AND ends_on < ? ORDER BY programme_id", today)

    def sittings(self, subject_id: str) -> tuple[tuple[int, date], ...]:
        """(sitting, day) of a person, in order."""
        sql = "SELECT sitting, MAX(taken_on) FROM study_images WHERE subject_id = ? GROUP BY sitting ORDER BY sitting"
        rows = self._database.query(sql, (subject_id,))
        return tuple((int(number or 0), date.fromisoformat(str(day))) for number, day in rows)

    def held(self, subject_id: str) -> tuple[HeldPictures, ...]:
        """What is kept of a person, by sitting and part of the body, without opening any of it."""
        sql = (
            "SELECT sitting, modality, hand, COUNT(*), MAX(taken_on) FROM study_images WHERE subject_id = ? "
            "GROUP BY sitting, modality, hand ORDER BY sitting, modality, hand"
        )
        return tuple(
            HeldPictures(
                int(sitting or 0),
                Modality(str(modality)),
                Hand(str(hand)) if hand else None,
                int(number or 0),
                date.fromisoformat(str(day)),
            )
            for sitting, modality, hand, number, day in self._database.query(sql, (subject_id,))
        )

    def people(self, programme_id: str, today: date) -> tuple[str, ...]:
        """Everyone with pictures and a consent that holds today; who paused is not among them."""
        sql = (
            "SELECT DISTINCT study_images.subject_id FROM study_images "
            "JOIN subjects ON subjects.id = study_images.subject_id AND subjects.state IN ('pending', 'active') "
            "JOIN consents ON consents.id = study_images.consent_id AND consents.state = 'live' "
            "AND consents.purpose = 'study' AND ? BETWEEN consents.given_on AND consents.expires_on "
            "WHERE study_images.programme_id = ? ORDER BY study_images.subject_id"
        )
        return tuple(str(row[0]) for row in self._database.query(sql, (encode(today), programme_id)))

    def images(self, subject_id: str) -> Iterator[StudyImageRow]:
        """One person's pictures, one after the other."""
        sql = f"SELECT id FROM study_images WHERE subject_id = ? {_ORDER}"  # noqa: S608  our own words
        for (image_id,) in self._database.query(sql, (subject_id,)):
            yield _IMAGES.get(self._database, "WHERE id = ?", str(image_id))

    def image(self, image_id: str) -> StudyImageRow | None:
        return _IMAGES.find(self._database, "WHERE id = ?", image_id)

    def count(self, programme_id: str) -> tuple[int, int]:
        """(people, pictures) of a study."""
        sql = "SELECT COUNT(DISTINCT subject_id), COUNT(*) FROM study_images WHERE programme_id = ?"
        people, pictures = self._database.query(sql, (programme_id,))[0]
        return int(people or 0), int(pictures or 0)

    def without_consent(self) -> int:
        """How many pictures have no live consent of the same person to a study: always 0."""
        sql = (
            "SELECT COUNT(*) FROM study_images LEFT JOIN consents ON consents.id = study_images.consent_id "
            "AND consents.subject_id = study_images.subject_id AND consents.programme_id = study_images.programme_id "
            "AND consents.purpose = 'study' AND consents.state = 'live' WHERE consents.id IS NULL"
        )
        return int(self._database.query(sql)[0][0] or 0)


class StudyWrites(StudyReads):
    """Beginning a study, keeping pictures, ending: acts, which need a leaf."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def begin(self, study: StudyRow) -> None:
        self._act("study")
        _STUDIES.insert(self._database, study)

    def add(self, image: StudyImageRow) -> None:
        """NoConsent unless a live consent of the same person to this study covers it."""
        self._act("study image")
        _IMAGES.insert(self._database, image)

    def end(self, programme_id: str, today: date) -> None:
        """No picture can be added from now on."""
        self._act("study")
        _STUDIES.update(self._database, {"ended_on": today}, "WHERE programme_id = ?", programme_id)
