"""`handfast lab prints`: a study's photos as prints at 500 ppi, for other systems to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from handfast.base.errors import CaptureError, RequestError
from handfast.base.image import GrayImage, Image
from handfast.base.modality import FingerPosition, Hand
from handfast.base.settings import Settings

if TYPE_CHECKING:
    from handfast.finger.tip.crop import Fingertip

    Tips = Mapping[FingerPosition, Fingertip | CaptureError]


class PrintFormat(StrEnum):
    """How a print is written."""

    PNG = "png"
    WSQ = "wsq"


def prints(
    photos: Annotated[list[Path], typer.Argument(help="Photos of a hand's four fingers, or of one finger each.")],
    out: Annotated[Path, typer.Option(help="Folder for the prints.")],
    hand: Annotated[
        Hand | None, typer.Option(help="Whose four fingers the photos show; one finger if not given.")
    ] = None,
    form: Annotated[PrintFormat, typer.Option("--format", help="PNG without loss, or WSQ.")] = PrintFormat.PNG,
    models_dir: Annotated[Path | None, typer.Option(help="Models folder; $HANDFAST_MODELS by default.")] = None,
) -> None:
    """Write the prints of a study's photos at 500 ppi, marked as contactless, for systems that take contact prints."""
    from handfast.finger.photo import fingertip_print
    from handfast.imaging.decode import decode
    from handfast.imaging.print_files import contactless_png
    from handfast.imaging.wsq import encode_wsq

    out.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    write = contactless_png if form is PrintFormat.PNG else partial(encode_wsq, contactless=True)
    find, written = _finder(hand, models_dir), 0
    for path in photos:
        try:
            tips = find(decode(path.read_bytes()))
        except CaptureError as error:
            console.print(f"{path.name}: {error.code}", soft_wrap=True)
            continue
        for position, tip in tips.items():
            name = f"{path.stem}_{position.plain_name}.{form}"
            if isinstance(tip, CaptureError):
                console.print(f"{path.name}, {position.plain_name}: {tip.code}", soft_wrap=True)
                continue
            image: GrayImage = fingertip_print(tip, position)[0].image
            (out / name).write_bytes(write(image))
            written += 1
    console.print(f"{written} prints in {out}", soft_wrap=True)
    if not written:
        raise RequestError("no photo gave a print")


def _finder(hand: Hand | None, models_dir: Path | None) -> Callable[[Image], Tips]:
    """What finds the fingertips of a photo: four by the hand's landmarks, or the one that comes from an edge."""
    from handfast.finger.hand.landmarks import LandmarkModel
    from handfast.finger.photo import photo_fingertips
    from handfast.finger.single import single_fingertip
    from handfast.models.store import ModelStore

    if hand is None:
        return lambda photo: {FingerPosition.UNKNOWN: single_fingertip(photo)}
    landmarks = LandmarkModel(ModelStore(models_dir or Settings.from_environment().models_dir))
    return lambda photo: photo_fingertips(photo, hand, landmarks)
