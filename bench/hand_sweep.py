"""The photos that `bench/photos.py` compares: synthetic hands, one thing at a time made harder.

Nobody in them exists; what is measured on them says which system breaks where, never how often it errs on people.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture

from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import Background, Shot, guided_shot, unguided_shot

HAND = Hand.RIGHT
FIRST_PERSON = 700_000  # people that no test, demonstration or calibration draws
REFERENCES = 3
SUN = {"direction": (0.55, 0.45, 0.7), "key": 0.95, "gloss": 0.25, "exposure": 0.78, "warmth": 0.05}
Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """How far along which sweep a photo is; `change` maps fields of Shot, Light, Lens and HandPose to values."""

    sweep: str
    level: str
    change: Change


def _one(sweep: str, part: str, field: str, levels: tuple[float, ...]) -> list[Condition]:
    return [Condition(sweep, f"{level:g}", {part: {field: level}}) for level in levels]


CONDITIONS: tuple[Condition, ...] = (
    Condition("as guided", "", {}),
    *_one("defocus, px", "lens", "defocus", (1.4, 2.0, 2.6)),
    *_one("motion, px", "lens", "motion", (4.0, 8.0)),
    *_one("pitch, degrees", "pose", "pitch", (-20.0, 20.0, 35.0)),
    *_one("yaw, degrees", "pose", "yaw", (20.0, 35.0)),
    *_one("roll, degrees", "pose", "roll", (25.0,)),
    *_one("ppi", "shot", "ppi", (400.0, 350.0, 300.0)),
    *_one("exposure", "light", "exposure", (0.3, 0.85)),
    *_one("gloss", "light", "gloss", (0.35,)),
    Condition("side light", "", {"light": {"direction": (0.9, 0.1, 0.35), "key": 0.9}}),
    Condition("dark room", "", {"light": {"exposure": 0.32}, "lens": {"noise": 0.02}, "background": Background.DARK}),
    Condition("sun", "", {"light": SUN, "background": Background.CONCRETE}),
    *(Condition("on the skin", kind, {"wear": {kind: 1.0}}) for kind in ("henna", "dust", "wet", "cracked")),
    Condition("on the skin", "nails", {"wear": {"nails": 1.0}}),
    Condition("on the skin", "rings", {"wear": {"rings": frozenset(FOUR_FINGERS[HAND])}}),
    *(
        Condition("background", kind.value, {"background": kind})
        for kind in (Background.WOOD, Background.DESK, Background.CLUTTER, Background.SKIN)
    ),
)


def changed(shot: Shot, change: Change) -> Shot:
    """The shot with these fields of it and of its parts replaced."""
    for part, values in change.items():
        if part == "shot":
            shot = replace(shot, **values)
        elif isinstance(values, dict):
            shot = replace(shot, **{part: replace(getattr(shot, part), **values)})
        else:
            shot = replace(shot, **{part: values})
    return shot


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of the set; condition None for a reference, -1 for one taken anyhow."""

    person: int
    take: int
    condition: int | None

    @property
    def name(self) -> str:
        kind = "reference" if self.condition is None else f"probe{self.condition}"
        return f"{self.person}_{kind}_{self.take}"

    @property
    def title(self) -> tuple[str, str]:
        if self.condition is None or self.condition < 0:
            return "anyhow", ""
        return CONDITIONS[self.condition].sweep, CONDITIONS[self.condition].level


def entries(people: int, first: int = FIRST_PERSON) -> Iterator[Entry]:
    """Person by person, so that each one's fingers are grown once."""
    for person in range(first, first + people):
        yield from (Entry(person, take, None) for take in range(REFERENCES))
        yield from (Entry(person, 10 + number, number) for number in range(len(CONDITIONS)))
        yield from (Entry(person, take, -1) for take in (80, 81))


def draw(entry: Entry, folder: Path) -> None:
    """Write the photo as `name.jpg` and which pixels are last phalanges, a quarter as large, as `name.png`."""
    path = folder / f"{entry.name}.jpg"
    if path.exists():
        return
    seed = 100 * entry.person + entry.take
    shot = unguided_shot(seed) if entry.condition == -1 else guided_shot(seed)
    if entry.condition is not None and entry.condition >= 0:
        shot = changed(shot, CONDITIONS[entry.condition].change)
    drawn = photo(Person(entry.person), HAND, shot)
    tips = np.zeros(drawn.truth.labels.shape, np.uint8)
    for number, tip in enumerate(drawn.truth.tips, 1):
        tips[drawn.truth.tip_mask(tip.position)] = number
    Picture.fromarray(np.ascontiguousarray(tips[2::4, 2::4])).save(path.with_suffix(".png"))
    Picture.fromarray(drawn.image.pixels).save(path, quality=96, subsampling=0)


def load(entry: Entry, folder: Path) -> Image:
    """The photo of an entry that was drawn."""
    return Image(np.asarray(Picture.open(folder / f"{entry.name}.jpg").convert("RGB"), np.uint8))
