"""Where the compiled layers of blocks.py keep what goes from one to the next."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.leader.blocks import AT_ONCE, CHANNELS, Place, Shifts
from handfast.imaging.compiled import compiled_within
from handfast.imaging.packing import aligned, rounded
from handfast.imaging.tiles import DEPTH
from handfast.imaging.vectors import LINE, Floats

Single = NDArray[np.float32]


class Workspace:
    """Memory that picture after picture is read in, so that the system is asked for it once. Not for two at once.

    Its planes are for blocks.py, or where `half` for tiled_blocks.py.
    """

    def __init__(self, *, half: bool = False) -> None:
        self.half = half
        self._values, self._used, self._wanted = aligned(0), 0, 0

    def begin(self) -> None:
        """What was taken before may be overwritten from here on."""
        if self._wanted > len(self._values):
            self._values = aligned(self._wanted)
        self._used = self._wanted = 0

    def take(self, count: int) -> Single:
        """(count,) numbers, whatever they are."""
        room = rounded(count, LINE)
        self._wanted += room
        if self._used + room > len(self._values):
            return aligned(count)
        self._used += room
        return self._values[self._used - room : self._used - room + count]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A picture as blocks.py has it: values (count,) and how they lie, float32 or the bits of float16 as int16."""

    values: NDArray[Any]
    place: Place

    @classmethod
    def new(cls, space: Workspace, height: int, width: int, channels: int, margin: int) -> "Plane":
        """With zeros in its margin; from a workspace not used before, everywhere."""
        stored, pitch = rounded(channels, DEPTH if space.half else CHANNELS), width + 2 * margin
        place = height, width, stored, pitch, margin
        count = ((height + 2 * margin) * pitch + AT_ONCE) * stored
        plane = cls(space.take(count // 2).view(np.int16) if space.half else space.take(count), place)
        _clear_margin(plane.values, place)
        return plane

    def shifts(self, reach: int) -> Shifts:
        """Where the taps of a filter lie that reaches so far."""
        _, _, channels, pitch, _ = self.place
        near = np.arange(-reach, reach + 1)
        return ((near[:, None] * pitch + near) * channels).reshape(-1)

    def cells(self) -> NDArray[np.floating[Any]]:
        """(height, width, channels) float32 or float16, with the margin; the same memory."""
        height, _, channels, pitch, margin = self.place
        values = self.values.view(np.float16) if self.values.dtype == np.int16 else self.values
        return values[: (height + 2 * margin) * pitch * channels].reshape(-1, pitch, channels)


@compiled_within
def _clear_margin(values: Floats, place: Place) -> None:
    height, _, channels, pitch, margin = place
    row, side = pitch * channels, margin * channels
    values[: margin * row] = 0
    for first in range(margin * row, (margin + height) * row, row):
        values[first : first + side] = 0
        values[first + row - side : first + row] = 0
    values[(margin + height) * row :] = 0
