"""Score files that others write: matrices, lists of pairs, bob's four and five columns, NIST BSSR1 as matrices.

A capture is named `person` or `person.capture`; two captures are mated where the persons are the same.
"""

import csv
import gzip
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TextIO

from handfast.base.errors import RequestError


class Format(StrEnum):
    """How scores lie in a file; .gz is read as what it holds."""

    MATRIX = "matrix"
    """CSV: a heading of probe names, then rows of a reference name and its scores."""
    BSSR1 = "bssr1"
    """The same, where a negative score is a failed comparison."""
    PAIRS = "pairs"
    """CSV with columns reference, probe, score."""
    BOB4 = "bob4"
    """claimed_id real_id probe_label score, apart by blanks."""
    BOB5 = "bob5"
    """claimed_id model_label real_id probe_label score, apart by blanks."""


@dataclass(frozen=True, slots=True)
class Given:
    """One comparison as a file gives it; the score is None where the comparison failed."""

    reference: tuple[str, str]
    probe: tuple[str, str]
    score: float | None

    @property
    def mated(self) -> bool:
        """True if both captures are of one person."""
        return self.reference[0] == self.probe[0]


def read_given(path: Path, form: Format) -> tuple[Given, ...]:
    """All comparisons of a file. RequestError, with the line, where it is not of the format."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    given = tuple(READERS[form](StringIO(data.decode("utf-8-sig"), newline=""), path.name))
    if not given:
        raise RequestError(f"{path.name} holds no comparison")
    return given


def _matrix(file: TextIO, name: str) -> Iterator[Given]:
    rows = csv.reader(file)
    probes = [_capture(label) for label in next(rows, [])[1:]]
    for n, row in enumerate(rows, 2):
        if len(row) != len(probes) + 1:
            raise RequestError(f"{name}, line {n}: {len(row) - 1} scores for {len(probes)} probes")
        reference = _capture(row[0])
        yield from (Given(reference, p, _score(word, name, n)) for p, word in zip(probes, row[1:], strict=True))


def _bssr1(file: TextIO, name: str) -> Iterator[Given]:
    for one in _matrix(file, name):
        failed = one.score is not None and one.score < 0.0
        yield Given(one.reference, one.probe, None) if failed else one


def _pairs(file: TextIO, name: str) -> Iterator[Given]:
    rows = csv.DictReader(file)
    if not {"reference", "probe", "score"} <= set(rows.fieldnames or ()):
        raise RequestError(f"{name} has not the columns reference, probe and score")
    for n, row in enumerate(rows, 2):
        yield Given(_capture(row["reference"]), _capture(row["probe"]), _score(row["score"], name, n))


def _bob4(file: TextIO, name: str) -> Iterator[Given]:
    for n, (claimed, real, probe, score) in _words(file, name, 4):
        yield Given((claimed, ""), (real, probe), _score(score, name, n))


def _bob5(file: TextIO, name: str) -> Iterator[Given]:
    for n, (claimed, model, real, probe, score) in _words(file, name, 5):
        yield Given((claimed, model), (real, probe), _score(score, name, n))


READERS: dict[Format, Callable[[TextIO, str], Iterator[Given]]] = {
    Format.MATRIX: _matrix,
    Format.BSSR1: _bssr1,
    Format.PAIRS: _pairs,
    Format.BOB4: _bob4,
    Format.BOB5: _bob5,
}


def _words(file: TextIO, name: str, count: int) -> Iterator[tuple[int, Sequence[str]]]:
    for n, line in enumerate(file, 1):
        words = line.split()
        if words and len(words) != count:
            raise RequestError(f"{name}, line {n}: {len(words)} columns, not {count}")
        if words:
            yield n, words


def _capture(label: str) -> tuple[str, str]:
    person, _, capture = label.strip().partition(".")
    if not person:
        raise RequestError(f"a capture has no name: {label!r}")
    return person, capture


def _score(word: str, name: str, line: int) -> float | None:
    try:
        value = float(word) if word.strip() else math.nan
    except ValueError:
        raise RequestError(f"{name}, line {line}: {word!r} is no score") from None
    return None if math.isnan(value) else value
