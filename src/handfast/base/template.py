"""Templates and comparison scores: what a modality makes of samples, and of two templates."""

from dataclasses import dataclass

from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality


@dataclass(frozen=True, slots=True)
class Template:
    """One biometric template, in the form that is stored.

    position   the finger, or None for a face
    kind       how its sample was taken
    format     "iso-19794-2:2005" or "handfast-face:1"
    model      id of the model that made it, such as "leader:1"
    data       bytes in that format
    """

    modality: Modality
    position: FingerPosition | None
    kind: SampleKind
    format: str
    model: str
    data: bytes
    quality: Quality


@dataclass(frozen=True, slots=True)
class Score:
    """One comparison score; higher is more alike. It never leaves the server.

    comparator       id of the comparison, such as "sface-cosine:1"; a calibration table is bound to it
    reference_kind   kind of the enrolled sample
    probe_kind       kind of the sample that was just taken
    value            in the comparator's own unit
    """

    modality: Modality
    position: FingerPosition | None
    comparator: str
    reference_kind: SampleKind
    probe_kind: SampleKind
    value: float
