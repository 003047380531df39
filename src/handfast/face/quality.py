"""Quality of one embedded face: the length of the un-normalised embedding, less for blur and turn.

The length alone orders faces by how well they compare (MagFace, Meng et al. 2021, for nets trained to it; measured
to hold for SFace too). No weight is fitted: those of the other parts, fitted on half of a set's people, ordered the
other half worse than the length alone. They only lower what is plainly unfit.
"""

from dataclasses import dataclass

from handfast.base.quality import Quality
from handfast.face.types import Conditions, Pose


@dataclass(frozen=True, slots=True)
class FaceQualityParameters:
    """Each pair: where the factor is 0 and where it is 1."""

    norm: tuple[float, float] = (7.5, 13.0)  # length of the embedding; median 12.2 on good portraits
    sharpness: tuple[float, float] = (0.12, 0.35)  # of the aligned face
    yaw: tuple[float, float] = (60.0, 20.0)  # degrees
    pitch: tuple[float, float] = (60.0, 25.0)  # degrees


def face_quality(
    norm: float, pose: Pose, shown: Conditions, parameters: FaceQualityParameters = FaceQualityParameters()
) -> Quality:
    """0..100, and its parts in their own units (angles in degrees; the rest as in Conditions)."""
    p = parameters
    factors = (
        _ramp(norm, p.norm),
        _ramp(shown.sharpness, p.sharpness),
        _ramp(abs(pose.yaw), p.yaw),
        _ramp(abs(pose.pitch), p.pitch),
    )
    value = 100.0
    for factor in factors:
        value *= factor
    parts = {
        "norm": norm,
        "sharpness": shown.sharpness,
        "brightness": shown.brightness,
        "balance": shown.balance,
        "eye_distance": shown.eye_distance,
        "yaw": pose.yaw,
        "pitch": pose.pitch,
        "roll": pose.roll,
        "backlight": shown.backlight,
        "cut": shown.cut,
        "eyes": shown.expression.eyes,
        "mouth": shown.expression.mouth,
        "smile": shown.expression.smile,
    }
    return Quality(value, parts)


def _ramp(value: float, ends: tuple[float, float]) -> float:
    """0 at the first end and beyond, 1 at the second and beyond."""
    nothing, all_of_it = ends
    return min(1.0, max(0.0, (value - nothing) / (all_of_it - nothing)))
