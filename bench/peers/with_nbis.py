"""`nbis-py` as a contestant: NIST's mindtct and bozorth3."""

from pathlib import Path
from typing import Any

import nbis
from job import answer

SETTINGS = nbis.NbisExtractorSettings(
    min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=None
)
EXTRACTOR = nbis.new_nbis_extractor(SETTINGS)


def extract(file: Path) -> Any:
    return EXTRACTOR.extract_minutiae(file.read_bytes())


def compare(a: Any, b: Any) -> float:
    return float(a.compare(b))


if __name__ == "__main__":
    answer(extract, compare)
