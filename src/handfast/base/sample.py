"""What a modality is handed, what it gives back, and the two methods that make a modality."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handfast.base.errors import CaptureError
from handfast.base.image import Image
from handfast.base.modality import FingerPosition, Hand, Modality, SampleKind
from handfast.base.template import Score, Template


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of its picture: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture and what was asked for when it was taken.

    hand        the hand that was asked for, None for a face
    positions   the fingers that were asked for, in anatomical order from the index finger; empty for a face
    guide       where the page's drawn guide lay in this picture, as a first hypothesis, or None
    """

    image: Image
    kind: SampleKind
    hand: Hand | None = None
    positions: tuple[FingerPosition, ...] = ()
    guide: Box | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that could not be acquired: the finger (None for a face or a whole hand) and why."""

    position: FingerPosition | None
    error: CaptureError


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What came of a set of samples: templates that can be compared, and what failed."""

    templates: tuple[Template, ...]
    failures: tuple[Failure, ...]


class Comparer(Protocol):
    """The half of a modality that needs no model."""

    modality: Modality

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """One score a position that both sides have, over all references and probes of it."""
        ...

    def for_one_search(self) -> "Comparer":
        """The same, for comparing the same probes with one person after the other: it may keep what it makes of them.

        Never of references. It goes with the search.
        """
        ...


class ModalityEngine(Comparer, Protocol):
    """A modality: two methods."""

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        """Templates from samples of one person; what fails is reported, never an empty success."""
        ...
