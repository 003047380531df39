"""`handfast synth`: pictures of hands and contact prints of people who do not exist, with the truth about each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from handfast.base.errors import RequestError
from handfast.base.image import GrayImage
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.synth.contact import Impression, impression
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import SynthPhoto, photo
from handfast.finger.synth.shot import guided_shot, unguided_shot
from handfast.imaging.encode import jpeg, png

HAND_NAMES = r"hands/person-(?P<person>\d+)_(?P<hand>left|right)_(?P<sample>\d+)\.jpg"
PRINT_NAMES = r"prints/person-(?P<person>\d+)_(?P<finger>[a-z]+-[a-z]+)_(?P<sample>\d+)\.png"
TAKES_APART = 100  # seeds of one person's takes lie closer together than this

Job = tuple[Person, Hand, int]


def synth(
    out: Annotated[Path, typer.Option("--out", help="An empty or new folder.")],
    people: Annotated[int, typer.Option(min=1, help="How many people.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="The first person's seed; equal seeds draw equal pictures.")] = 1,
    takes: Annotated[int, typer.Option(min=1, max=TAKES_APART, help="Photos a hand, and prints a finger.")] = 2,
    unguided: Annotated[bool, typer.Option("--unguided", help="Any light, background, tilt and focus.")] = False,
) -> None:
    """Draw labelled photos of hands and contact prints of people who do not exist, with the truth as JSON."""
    if out.exists() and any(out.iterdir()):
        raise RequestError(f"{out} is not empty")
    for name in ("hands", "prints", "truth"):
        (out / name).mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    jobs = list(_jobs(people, seed, takes))
    for person, hand, take in track(jobs, "drawing hands", console=console):
        _write_hand(out, person, hand, take, unguided=unguided)
        for position in FOUR_FINGERS[hand]:
            _write_print(out, person, position, take)
    console.print(f"{len(jobs)} photos and {4 * len(jobs)} prints of {people} people in {out}", soft_wrap=True)
    console.print(f"names of the photos: {HAND_NAMES}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"names of the prints: {PRINT_NAMES}", markup=False, highlight=False, soft_wrap=True)


def _jobs(people: int, seed: int, takes: int) -> Iterator[Job]:
    """Hand by hand, so that each person's fingers are grown once."""
    for number in range(seed, seed + people):
        for hand in Hand:
            for take in range(1, takes + 1):
                yield Person(number), hand, take


def _write_hand(out: Path, person: Person, hand: Hand, take: int, *, unguided: bool) -> None:
    draw = unguided_shot if unguided else guided_shot
    shown = photo(person, hand, draw(person.seed * TAKES_APART + take))
    name = f"person-{person.seed}_{hand}_{take}"
    (out / "hands" / f"{name}.jpg").write_bytes(jpeg(shown.image, 93))
    (out / "truth" / f"{name}.json").write_text(json.dumps(_hand_truth(person, shown)) + "\n", "utf-8")
    labels = GrayImage(shown.truth.labels * 60)
    (out / "truth" / f"{name}_labels.png").write_bytes(png(labels))


def _write_print(out: Path, person: Person, position: FingerPosition, take: int) -> None:
    touch = impression(person, position, take)
    name = f"person-{person.seed}_{position.plain_name}_{take}"
    (out / "prints" / f"{name}.png").write_bytes(png(touch.image))
    (out / "truth" / f"{name}.json").write_text(json.dumps(_print_truth(person, position, touch)) + "\n", "utf-8")


def _hand_truth(person: Person, shown: SynthPhoto) -> dict[str, object]:
    return {
        "person": person.seed,
        "hand": shown.truth.hand,
        "ppi": shown.shot.ppi,
        "background": shown.shot.background,
        "labels": "60 index, 120 middle, 180 ring, 240 little finger",
        "columns": ["x", "y", "angle", "type", "cosine"],
        "tips": [
            {
                "position": tip.position.plain_name,
                "box": [tip.box.x, tip.box.y, tip.box.width, tip.box.height],
                "tip": tip.tip,
                "angle": tip.angle,
                "width": tip.width,
                "ppi": tip.ppi,
                "minutiae": tip.minutiae.round(3).tolist(),
            }
            for tip in shown.truth.tips
        ],
    }


def _print_truth(person: Person, position: FingerPosition, touch: Impression) -> dict[str, object]:
    return {
        "person": person.seed,
        "position": position.plain_name,
        "ppi": touch.image.ppi,
        "columns": ["x", "y", "angle", "type"],
        "minutiae": touch.minutiae.round(3).tolist(),
    }
