"""Labelled pictures in a folder: who, which sample, which hand, which finger, read from the path by a pattern."""

import re
from dataclasses import dataclass
from pathlib import Path

from handfast.base.errors import RequestError
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand, SampleKind

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pgm", ".ppm", ".webp", ".wsq"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled picture.

    path        relative to the data set's folder
    person      who; unique within `group`
    sample      which of the person's samples
    group       part of the data set that it belongs to (a sensor), or ""
    sitting     when it was taken, or "": one person's samples of one sitting are never compared
    hand        the hand on it, None for a face or where it is not known
    positions   the fingers on it: four for a hand, one for a fingertip, none for a face
    """

    path: Path
    person: str
    sample: str
    group: str
    hand: Hand | None
    positions: tuple[FingerPosition, ...]
    sitting: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The labelled pictures of a folder, sorted; `unlabelled` pictures did not fit the pattern and are not read."""

    folder: Path
    pictures: tuple[Picture, ...]
    unlabelled: int


def read_dataset(folder: Path, names: str, kind: SampleKind) -> Dataset:
    """Every picture under `folder` whose relative path the pattern `names` matches somewhere.

    The pattern has the named groups person and sample, and where they apply hand (left|right), finger (index .. little,
    thumb, or a code 1..10), group and sitting. Raises RequestError if the pattern lacks one, or if no picture fits.
    """
    pattern = _compile(names, kind)
    if not folder.is_dir():
        raise RequestError(f"{folder} is not a folder")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    found = [(path.relative_to(folder), pattern.search(path.relative_to(folder).as_posix())) for path in files]
    pictures = tuple(sorted((_picture(path, match, kind) for path, match in found if match), key=_order))
    if not pictures:
        raise RequestError(f"no picture of {len(files)} in {folder} fits the pattern {names!r}")
    return Dataset(folder, pictures, len(files) - len(pictures))


def _compile(names: str, kind: SampleKind) -> re.Pattern[str]:
    try:
        pattern = re.compile(names)
    except re.error as error:
        raise RequestError(f"the pattern {names!r} is no regular expression: {error}") from None
    needed = {"person", "sample"} | ({"hand"} if kind is SampleKind.HAND else set())
    lacking = sorted(needed - pattern.groupindex.keys())
    if lacking:
        raise RequestError(f"the pattern needs the named group {lacking[0]}: write it as (?P<{lacking[0]}>...)")
    return pattern


def _picture(path: Path, match: re.Match[str], kind: SampleKind) -> Picture:
    found = {name: value for name, value in match.groupdict().items() if value}
    hand = _hand(found["hand"]) if "hand" in found else None
    positions: tuple[FingerPosition, ...] = ()
    if kind is SampleKind.HAND:
        if hand is None:
            raise RequestError(f"{path}: the pattern found no hand")
        positions = FOUR_FINGERS[hand]
    elif kind is not SampleKind.PORTRAIT:
        positions = (_finger(found["finger"], hand) if "finger" in found else FingerPosition.UNKNOWN,)
        hand = hand or positions[0].hand
    return Picture(
        path, found["person"], found["sample"], found.get("group", ""), hand, positions, found.get("sitting", "")
    )


def _hand(word: str) -> Hand:
    if word.lower() not in ("left", "right", "l", "r"):
        raise RequestError(f"{word!r} is no hand: left or right is")
    return Hand.LEFT if word.lower().startswith("l") else Hand.RIGHT


def _finger(word: str, hand: Hand | None) -> FingerPosition:
    if word.isdigit() and 0 <= int(word) <= 10:
        return FingerPosition(int(word))
    name = word.lower().replace("-", "_")
    full = name if "_" in name or hand is None else f"{hand.value}_{name}"
    try:
        return FingerPosition[full.upper()]
    except KeyError:
        raise RequestError(f"{word!r} is no finger: index .. little with a hand, or a code 1..10, is") from None


def _order(picture: Picture) -> tuple[object, ...]:
    return (
        picture.group,
        _natural(picture.person),
        picture.hand or "",
        picture.positions,
        _natural(picture.sitting),
        _natural(picture.sample),
    )


def _natural(label: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|\D+", label)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
