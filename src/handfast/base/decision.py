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
    """An outcome with its reasons. Evidence stays on the server; the rest may be told.

    policy      policy id with its version, such as "default:1"
    advice      stable word for the one thing to do next, or None (see handfast.base.advice)
    trial       True until the programme passed its go-live gate
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    policy: str
    assurance: Assurance
    advice: str | None
    trial: bool
