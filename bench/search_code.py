"""Pre-selection by search codes: prints a second on one core, and how far down the list the mate can be.

    .venv/bin/python bench/search_code.py [--people 80] [--prints FOLDER]

Drawn people touch with four fingers at once, well or badly with all of them: three takes are enrolled, as one code a
finger, and the fourth is sought; each of the four in turn. People beside the mate are put together of fingers of
others, one of each position. FOLDER adds contact prints named as FVC2002's: people made of one to four fingers of a
sensor, one print enrolled.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from search_basis import hands

from handfast.base.errors import CaptureError
from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition
from handfast.base.settings import Settings
from handfast.finger.codes.scan import search_scores
from handfast.finger.codes.search_code import CODE_BYTES, EMPTY, search_code
from handfast.finger.contact import print_to_template
from handfast.finger.records.iso19794_2_2005 import decode
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.models.store import ModelStore

FIRST_PERSON = 800_001
OTHERS = 2_000
TAKES = (1, 2, 3, 4)
SHARES = 0.001, 0.01, 0.02
Ranks = NDArray[np.float64]


def speed(codes: NDArray[np.uint8]) -> tuple[float, float]:
    """Prints a second of processor time, best of five scans of some 20,000, and cylinders a print."""
    gallery = np.tile(codes, (-(-20_000 // len(codes)), 1))
    best = 0.0
    for query in codes[:5]:
        began = time.process_time()
        search_scores(query.tobytes(), gallery)
        best = max(best, len(gallery) / (time.process_time() - began))
    return best, float(codes[:, 0].mean())


def scores_of(queries: Sequence[bytes], codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.stack([search_scores(query, codes) for query in queries])


def drawn_ranks(people: int, extractor: MinutiaExtractor) -> tuple[dict[int, Ranks], NDArray[np.uint8]]:
    """For each number of fingers the share of people above the mate, one entry a search; the gallery's codes."""
    everyone = range(FIRST_PERSON, FIRST_PERSON + people)
    takes: dict[tuple[int, int], dict[int, bytes]] = {}
    for person, position, take, data in hands(everyone, TAKES, extractor):
        takes.setdefault((person, position), {})[take] = data
    order = [(person, position) for person in everyone for position in range(2, 6)]
    ranks: dict[int, list[float]] = {1: [], 2: [], 4: []}
    for probe in TAKES:
        enrolled = [[decode(data)[0] for take, data in takes.get(at, {}).items() if take != probe] for at in order]
        gallery = [search_code(each) if each else EMPTY for each in enrolled]
        probes = [search_code([decode(takes[at][probe])[0]]) if probe in takes.get(at, {}) else EMPTY for at in order]
        codes = np.frombuffer(b"".join(gallery), np.uint8).reshape(-1, CODE_BYTES)
        scores = scores_of(probes, codes).reshape(people, 4, people, 4)
        for fingers in ranks:
            ranks[fingers] += _drawn(scores, fingers)
    return {fingers: np.array(each) for fingers, each in ranks.items()}, codes


def _drawn(scores: NDArray[np.float32], fingers: int) -> list[float]:
    """Each person sought by their first fingers."""
    rng = np.random.default_rng(1)
    people = len(scores)
    ranks = []
    for who in range(people):
        others = np.delete(np.arange(people), who)
        total = sum(scores[who, f, rng.choice(others, OTHERS), f] for f in range(fingers))
        mate = sum(scores[who, f, who, f] for f in range(fingers))
        ranks.append(float(np.mean(total >= mate)))
    return ranks


def contact_ranks(folder: Path, extractor: MinutiaExtractor, searches: int = 1_500) -> dict[int, Ranks]:
    """The same for people made of fingers of one sensor; those beside the mate may be of any sensor."""
    codes: dict[tuple[str, str, str], bytes] = {}
    for path in track(sorted(folder.rglob("*_*.*")), "reading prints"):
        pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
        finger, sample = path.stem.split("_")
        try:
            data = print_to_template(GrayImage(pixels), FingerPosition.UNKNOWN, extractor).data
        except CaptureError:
            continue
        codes[(path.parent.name, finger, sample)] = search_code([decode(data)[0]])
    keys = list(codes)
    scores = scores_of(list(codes.values()), np.frombuffer(b"".join(codes.values()), np.uint8).reshape(-1, CODE_BYTES))
    sensors = sorted({key[0] for key in keys})
    names = sorted({key[1] for key in keys})
    samples = sorted({key[2] for key in keys})
    at = np.array([[[keys.index((s, f, n)) for n in samples] for f in names] for s in sensors])
    return {fingers: _made_up(scores, at, fingers, searches) for fingers in (1, 2, 4)}


def _made_up(scores: NDArray[np.float32], at: NDArray[np.int64], fingers: int, searches: int) -> Ranks:
    rng = np.random.default_rng(1)
    sensors, names, samples = at.shape
    ranks = []
    for _ in range(searches):
        sensor, order = int(rng.integers(sensors)), rng.permutation(names)
        mine, rest = order[:fingers], order[fingers:]
        probe, reference = rng.choice(samples, 2, replace=False)
        asked = at[sensor, mine, probe]
        mate = scores[asked, at[sensor, mine, reference]].sum()
        where = rng.integers(sensors, size=OTHERS)
        total = np.zeros(OTHERS)
        for finger in range(fingers):
            name = np.where(where == sensor, rng.choice(rest, OTHERS), rng.integers(names, size=OTHERS))
            total += scores[asked[finger], at[where, name, rng.integers(samples, size=OTHERS)]]
        ranks.append(float(np.mean(total >= mate)))
    return np.array(ranks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=80)
    parser.add_argument("--prints", type=Path)
    arguments = parser.parse_args()
    extractor = MinutiaExtractor(ModelStore(Settings.from_environment().models_dir))
    drawn, codes = drawn_ranks(arguments.people, extractor)
    found = [("drawn people", fingers, ranks) for fingers, ranks in drawn.items()]
    if arguments.prints:
        found += [("contact prints", n, ranks) for n, ranks in contact_ranks(arguments.prints, extractor).items()]
    heads = ("sought", "fingers", "searches", *(f"mate in best {100 * share:g} %" for share in SHARES), "99.5 % need")
    table = Table(*heads)
    for name, fingers, ranks in found:
        held = (f"{100 * np.mean(ranks <= share):.2f} %" for share in SHARES)
        table.add_row(name, str(fingers), f"{len(ranks):,}", *held, f"{100 * np.quantile(ranks, 0.995):.2f} % of all")
    rate, cylinders = speed(codes)
    console = Console()
    console.print(table)
    flags = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    counted = "with" if "avx512_vpopcntdq" in flags else "without"
    console.print(f"{rate:,.0f} prints/s on one core {counted} VPOPCNTDQ, {cylinders:.1f} cylinders a print")


if __name__ == "__main__":
    main()
