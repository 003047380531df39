"""What is compared: modality, finger position and kind of sample (ISO/IEC 2382-37, ISO/IEC 19794-2 table 5)."""

from enum import IntEnum, StrEnum


class Modality(StrEnum):
    """The body characteristic that a template describes."""

    FACE = "face"
    FINGER = "finger"


class Hand(StrEnum):
    """The person's own left or right hand."""

    LEFT = "left"
    RIGHT = "right"


class FingerPosition(IntEnum):
    """Finger position codes of ISO/IEC 19794-2; 0 where it is not known."""

    UNKNOWN = 0
    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10

    @property
    def hand(self) -> Hand | None:
        """The hand that the finger belongs to; None for UNKNOWN."""
        if self is FingerPosition.UNKNOWN:
            return None
        return Hand.RIGHT if self <= FingerPosition.RIGHT_LITTLE else Hand.LEFT

    @property
    def plain_name(self) -> str:
        """The stable lower-case word for the finger, such as "left-index"."""
        return self.name.lower().replace("_", "-")


FOUR_FINGERS: dict[Hand, tuple[FingerPosition, ...]] = {
    Hand.RIGHT: tuple(FingerPosition(code) for code in range(2, 6)),
    Hand.LEFT: tuple(FingerPosition(code) for code in range(7, 11)),
}
"""Index, middle, ring and little finger of each hand, in that order."""


class SampleKind(StrEnum):
    """How a sample was taken; a calibration table holds for one pair of kinds only."""

    PORTRAIT = "portrait"
    CONTACT = "contact"
    FINGERTIP = "fingertip"
    HAND = "hand"
