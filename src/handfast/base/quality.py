"""Quality of a sample (ISO/IEC 29794-1): a number that orders samples by how well they will compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of one sample.

    value   0 (will not compare) .. 100 (as good as it gets)
    parts   what it was made from, by name, each in the unit its maker states
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 100.0:
            raise ValueError(f"quality must be 0..100, got {self.value}")
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))

    def __reduce__(self) -> tuple[type["Quality"], tuple[float, dict[str, float]]]:
        """A mapping proxy cannot be pickled; worker processes hand qualities back."""
        return Quality, (self.value, dict(self.parts))
