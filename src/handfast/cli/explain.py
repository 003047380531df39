"""`handfast explain`: what happens to one finger, stage by stage, as one picture. The finger is drawn; nobody's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console

from handfast.base.errors import CaptureError, RequestError
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.settings import Settings
from handfast.base.trace import watching
from handfast.cli.explain_panels import Read, panels, sheet
from handfast.finger.comparison.compare import compare_prints
from handfast.finger.comparison.prints import prepare
from handfast.finger.hand.landmarks import LandmarkModel
from handfast.finger.hand.location import Location
from handfast.finger.photo import fingertip_print, photo_fingertips
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import guided_shot
from handfast.finger.types import Mask
from handfast.imaging.encode import jpeg
from handfast.models.store import ModelStore

FINGERS = {position.plain_name: position for position in FOUR_FINGERS[Hand.RIGHT]}
SECOND = 1_000  # seeds of a person's two photos lie so far apart


@dataclass(frozen=True, slots=True)
class _Models:
    landmarks: LandmarkModel
    extractor: MinutiaExtractor


def explain(
    out: Annotated[Path, typer.Option("--out", help="The picture, a JPEG.")],
    person: Annotated[int, typer.Option(min=0, help="Seed of the drawn person.")] = 7,
    finger: Annotated[str, typer.Option(help=", ".join(FINGERS))] = "right-middle",
) -> None:
    """Draw one photo of a drawn hand and every stage from it to a comparison with a second photo."""
    if finger not in FINGERS:
        raise RequestError(f"{finger} is none of {', '.join(FINGERS)}")
    store = ModelStore(Settings.from_environment().models_dir)
    models = _Models(LandmarkModel(store), MinutiaExtractor(store))
    first = _read(Person(person), FINGERS[finger], person, models)
    second = _read(Person(person), FINGERS[finger], person + SECOND, models)
    score = compare_prints(prepare(first.minutiae), prepare(second.minutiae))
    out.write_bytes(jpeg(Image(sheet(panels(first, second))), 88))
    said = f"{out}: a {finger} that nobody has, in two photos; compared they score {score:.2f}"
    Console(stderr=True).print(said, soft_wrap=True, highlight=False)


def _read(person: Person, position: FingerPosition, seed: int, models: _Models) -> Read:
    """One finger of one photo, with what the trace told on the way."""
    shown = photo(person, Hand.RIGHT, guided_shot(seed)).image
    told: dict[str, object] = {}
    with watching(told.__setitem__):
        tip = photo_fingertips(shown, Hand.RIGHT, models.landmarks)[position]
        if isinstance(tip, CaptureError):
            raise tip
        fingerprint, _ = fingertip_print(tip, position)
        minutiae = models.extractor.extract(fingerprint.image, fingerprint.mask).strongest(120)
    return Read(shown, cast(Location, told["location"]), cast(Mask, told["mask"]), tip, fingerprint, minutiae)
