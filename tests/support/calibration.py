"""Calibration tables and scores made up for tests."""

from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.template import Score
from handfast.decision.tables import Basis, Table, Tables

FACE_TABLE = Table(
    id="toy-face:1",
    comparator="toy-face:1",
    reference_kind=SampleKind.PORTRAIT,
    probe_kind=SampleKind.PORTRAIT,
    basis=Basis.STUDY,
    description="made up",
    counts={"people": 1000, "person_pairs": 499_500},
    floor=-2.5,
    ceiling=4.0,
    scores=(0.0, 1.0),
    llrs=(-5.0, 5.0),
)
HAND_TABLE = Table(
    id="toy-hand:1",
    comparator="toy-finger:1",
    reference_kind=SampleKind.HAND,
    probe_kind=SampleKind.HAND,
    basis=Basis.SYNTHETIC,
    description="made up",
    counts={"people": 50, "person_pairs": 1225},
    floor=-1.2,
    ceiling=2.6,
    scores=(0.0, 1.0),
    llrs=(-5.0, 5.0),
)
TABLES = Tables.of((FACE_TABLE, HAND_TABLE))
RIGHT_HAND = tuple(FingerPosition(code) for code in (2, 3, 4, 5))


def face_score(value: float) -> Score:
    return Score(Modality.FACE, None, "toy-face:1", SampleKind.PORTRAIT, SampleKind.PORTRAIT, value)


def finger_score(value: float, position: FingerPosition, kind: SampleKind = SampleKind.HAND) -> Score:
    return Score(Modality.FINGER, position, "toy-finger:1", kind, kind, value)


def hand_scores(*values: float) -> tuple[Score, ...]:
    return tuple(finger_score(value, position) for value, position in zip(values, RIGHT_HAND, strict=False))
