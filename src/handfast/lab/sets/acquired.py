"""What acquiring a capture takes and gives."""

from dataclasses import dataclass, field
from pathlib import Path

from handfast.base.modality import FingerPosition, SampleKind
from handfast.base.template import Template


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to every picture before it is handed to the engine.

    kind      how the samples were taken
    folder    of the data set
    enlarge   factor by which pictures are enlarged
    ppi       pixels per inch of the pictures, or None where not known
    """

    kind: SampleKind
    folder: Path
    enlarge: float = 1.0
    ppi: float | None = None


@dataclass(frozen=True, slots=True)
class Acquired:
    """What came of one capture.

    failures       (finger or None for all of it, stable code)
    milliseconds   by step: "decode", the engine's traced stages, "all"
    """

    templates: tuple[Template, ...]
    failures: tuple[tuple[FingerPosition | None, str], ...]
    milliseconds: dict[str, float] = field(default_factory=dict)
