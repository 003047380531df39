"""LEADER (Cappelli 2024) from the picture to what its heads look at.

Two stems filter the picture and halve it. Two U-shaped networks follow, the first of which only guides the second's
attention, then the head that says where minutiae are. At each level of a network what goes across comes first and what
comes up from below after it, the other way round than published; the stored weights know.
"""

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.base.spares import Spares
from handfast.finger.ridges.leader import blocks, layers, tiled_layers
from handfast.finger.ridges.leader.layers import (
    BOTTLENECK_REACH,
    SEPARABLE_REACH,
    VIEW_REACH,
    Block,
    Layers,
)
from handfast.finger.ridges.leader.planes import Plane, Workspace
from handfast.imaging.tiles import available
from handfast.models.store import ModelStore

Single = NDArray[np.float32]
Features = NDArray[np.floating[Any]]
"""float32, or float16 where tiles are used."""

LEVELS = 4  # of each network
ACROSS = 32  # of the features, which come first
_WAYS = ("enc", "dec")
REACH = 4  # margin of the features: cells to each side that a head looks at


class LeaderTrunk:
    """May be called from several threads at once.

    On processors with tiles (AMX) its matrix products round to bfloat16 and its planes to float16, on others and where
    `tiled` is False nothing does; docs/fingers.md tells how far minutiae differ.
    """

    def __init__(self, models: ModelStore, tiled: bool | None = None) -> None:
        half = available() if tiled is None else tiled
        kit = tiled_layers if half else layers
        stored = read_layers(models.read("leader-layers"))
        self._bordered = kit.bordered
        self._guide, self._skip = kit.Stem(stored, "stem_0", highest=True), kit.Stem(stored, "stem_1", highest=False)
        self._first = Network(*([kit.separable(stored, f"{way}0_{n}") for n in range(LEVELS)] for way in _WAYS))
        self._attention = kit.attention(stored)
        self._second = Network(*([kit.bottleneck(stored, f"{way}1_{n}") for n in range(LEVELS)] for way in _WAYS))
        self._head = kit.position_head(stored)
        self._spaces = Spares(partial(Workspace, half=half))

    def workspace(self) -> AbstractContextManager[Workspace]:
        """Memory to read pictures in, one after another."""
        return self._spaces.one()

    def __call__(self, image: Single, space: Workspace) -> tuple[Single, Features]:
        """logit (H, W) and features (H/2 + 8, W/2 + 8, 52) of (H, W) grey 0..255, sides multiples of 32.

        The features have a margin of REACH cells of zeros; they lie in the workspace, until it is used again.
        """
        space.begin()
        height, width = image.shape[0] // 2, image.shape[1] // 2
        picture = self._bordered(image)
        start = Plane.new(space, height, width, self._guide.count, SEPARABLE_REACH)
        self._guide(picture, start, 0)
        guided = self._first(start, space, Plane.new(space, height, width, self._first.count, VIEW_REACH))
        attended = Plane.new(space, height, width, self._first.count + self._skip.count, BOTTLENECK_REACH)
        self._attention(guided, attended)
        self._skip(picture, attended, self._first.count)
        features = self._second(attended, space, Plane.new(space, height, width, self._second.count, REACH))
        return self._head(features), features.cells()[:, :, : self._second.count]


class Network:
    """A U: at each level a layer, then half the size; then back up, what comes from below beside what went across."""

    def __init__(self, down: Sequence[Block], up: Sequence[Block]) -> None:
        self._down, self._up = down, up
        self.count = down[0].count + up[0].count

    def __call__(self, plane: Plane, space: Workspace, out: Plane) -> Plane:
        """Into out, whose margin may be wider than this network needs."""
        levels = [out]
        for level, block in enumerate(self._down):
            height, width = plane.place[:2]
            if level:
                count = block.count + self._up[level].count
                levels.append(Plane.new(space, height, width, count, block.reach))
            block(plane, levels[level], 0, 1)
            plane = Plane.new(space, height // 2, width // 2, block.count, block.reach)
            highest = (np.arange(plane.place[2]) < block.count // 2).astype(np.float32)
            blocks.halve(levels[level].values, levels[level].place, highest, plane.values, plane.place)
        for level in reversed(range(len(levels))):
            self._up[level](plane, levels[level], self._down[level].count, 2)
            plane = levels[level]
        return out


def read_layers(content: bytes) -> Layers:
    """The layers by name, from the archive that handfast.cli.convert.leader_table writes."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
