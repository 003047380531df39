"""What a comparison is worth, and what was decided."""

from dataclasses import dataclass
from enum import StrEnum

from handfast.base.modality import Modality


class Outcome(StrEnum):
    """The only answers of a check."""

    ACCEPTED = "accepted"
    REFERRED = "referred"
    NOT_ACCEPTED = "not_accepted"
    NOT_CAPTURED = "not_captured"


class Assurance(StrEnum):
    """How the capture was done, strongest first."""

    ATTENDED = "attended"
    SELF = "self"


class Lowered(StrEnum):
    """What makes the assurance of one capture less than its mode promises.

    NO_MOVEMENT       the person could not move as asked, and was asked for no movement
    HAND_NOT_BONDED   nothing shows that the hand beside the face and the fingers are one hand
    HAND_DIFFERS      the fingers are of another skin than the hand beside the face
    """

    NO_MOVEMENT = "no-movement"
    HAND_NOT_BONDED = "hand-not-bonded"
    HAND_DIFFERS = "hand-differs"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one modality contributes to a decision.

    llr          log10 likelihood ratio of mated over non-mated; 0.0 where the capture failed
    shown        False if this modality is enrolled but was not captured
    live         whether the live challenge was followed while it was captured
    quality      0..100 of the probe, or None where nothing was captured
    provisional  True if its calibration table was not fitted on real samples of this kind
    """

    modality: Modality
    llr: float
    shown: bool
    live: bool
    quality: float | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome with its reasons. Evidence stays with the matcher; the rest may be told, but for the quality.

    policy      policy id with its version, such as "default:1"
    advice      stable word for the one thing to do next, or None (see handfast.base.advice)
    lowered     what makes the assurance less than its mode promises
    quality     0..100 of what was shown of each enrolled modality; for counts by site
    trial       True until the programme passed its go-live gate
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    policy: str
    assurance: Assurance
    advice: str | None
    trial: bool
    lowered: tuple[Lowered, ...] = ()
    quality: tuple[tuple[Modality, float], ...] = ()
