"""Where the compiled layers of blocks.py keep what goes from one to the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.leader.blocks import AT_ONCE, CHANNELS, Place, Shifts
from handfast.imaging.packing import LINE, aligned, rounded

Single = NDArray[np.float32]


class Workspace:
    """Memory that picture after picture is read in, so that the system is asked for it once. Not for two at once."""

    def __init__(self) -> None:
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
    """A picture as blocks.py has it: values (count,) float32 and how they lie."""

    values: Single
    place: Place

    @classmethod
    def new(cls, space: Workspace | None, height: int, width: int, channels: int, margin: int) -> "Plane":
        """With zeros in its margin; without a workspace, everywhere."""
        stored, pitch = rounded(channels, CHANNELS), width + 2 * margin
        place = height, width, stored, pitch, margin
        count = ((height + 2 * margin) * pitch + AT_ONCE) * stored
        if space is None:
            return cls(aligned(count), place)
        plane = cls(space.take(count), place)
        plane._clear_margin()
        return plane

    def shifts(self, reach: int) -> Shifts:
        """Where the taps of a filter lie that reaches so far."""
        _, _, channels, pitch, _ = self.place
        near = np.arange(-reach, reach + 1)
        return ((near[:, None] * pitch + near) * channels).reshape(-1)

    def cells(self) -> Single:
        """(height, width, channels), with the margin; the same memory."""
        height, _, channels, pitch, margin = self.place
        return self.values[: (height + 2 * margin) * pitch * channels].reshape(-1, pitch, channels)

    def _clear_margin(self) -> None:
        height, width, _, _, margin = self.place
        cells = self.cells()
        cells[:margin] = cells[margin + height :] = 0
        cells[:, :margin] = cells[:, margin + width :] = 0
        self.values[cells.size :] = 0
