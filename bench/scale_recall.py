"""What a cascade loses: mates that the search over everything has among the twelve compared, and a cascade has not.

    .venv/bin/python bench/scale_recall.py --people build/scale-people.npz [--variants 32] [--gallery 2000]

Each hand of bench/scale_people.py is sought `variants` times, each time worse in another way: how bad is drawn once for
the hand, so that its fingers fail together (cylinders lost, bits changed), and a bad hand comes with a face that failed
ten times as often. The product's shard searches, its lists shortened to their share of this gallery: what stays on a
list of one person in fifty does so in a gallery of any size.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scale import DAY, POSITIONS, as_bytes, faces, put_together, seen_again

from handfast.base.modality import Modality
from handfast.base.search import SearchCode
from handfast.face.search import FaceSearcher
from handfast.finger.codes.search_code import CODE_BYTES, MOST_CYLINDERS
from handfast.finger.codes.searcher import FingerSearcher
from handfast.gallery.search_set import ranked
from handfast.gallery.shard import WIDE, Query, Shard
from handfast.service.find.candidates import COMPARED

LOST, CHANGED = 0.2, 0.06  # shares of cylinders and of bits, times how bad the hand is
FACE_FAILED, WITH_A_BAD_HAND, BAD = 0.02, 0.2, 1.8
WAYS = {"everything": None, "face and one finger first": 1, "face and two fingers first": 2}
Codes = NDArray[np.uint8]


def worse(rng: np.random.Generator, code: Codes, bad: float) -> Codes:
    """A code with cylinders lost and bits changed."""
    count = int(code[0])
    kept = np.flatnonzero(rng.random(count) > LOST * bad)
    halves = code[8 + MOST_CYLINDERS :].reshape(2, MOST_CYLINDERS, 8)[:, kept]
    flips = np.packbits(rng.random((*halves.shape, 8)) < CHANGED * bad, axis=3)[..., 0]
    made = np.zeros(CODE_BYTES, np.uint8)
    made[0] = len(kept)
    made[8 : 8 + len(kept)] = code[8 : 8 + count][kept]
    made[8 + MOST_CYLINDERS :].reshape(2, MOST_CYLINDERS, 8)[:, : len(kept)] = halves ^ flips
    return made


def sought(rng: np.random.Generator, face: NDArray[np.float32], probe: Codes) -> tuple[SearchCode, ...]:
    """A take of this face and hand; the fingers with most to say first."""
    bad = float(np.clip(rng.lognormal(0.0, 0.45), 0.4, 2.5))
    failed = rng.random() < (WITH_A_BAD_HAND if bad > BAD else FACE_FAILED)
    seen = faces(rng, 1) if failed else seen_again(rng, face[None])
    fingers = [worse(rng, code, bad) if code[0] else code for code in probe]
    order = sorted((f for f in range(4) if fingers[f][0]), key=lambda f: -int(fingers[f][0]))
    codes = [SearchCode(Modality.FINGER, POSITIONS[f], fingers[f].tobytes()) for f in order]
    return (SearchCode(Modality.FACE, None, as_bytes(seen).tobytes()), *codes)


def gallery(size: int, enrolled: Codes) -> tuple[Shard, NDArray[np.float32]]:
    """Strangers, and before them those who are sought; everyone's faces."""
    everyone = faces(np.random.default_rng(7), size)
    columns = {(Modality.FACE, None): as_bytes(everyone).view(np.uint8)}
    for finger, position in enumerate(POSITIONS):
        codes = np.zeros((size, CODE_BYTES), np.uint8)
        put_together(enrolled[:, finger], 1 + finger, codes)
        codes[: len(enrolled)] = enrolled[:, finger]
        columns[Modality.FINGER, position] = codes
    searchers = {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()}
    shard = Shard(searchers, lambda held: memoryview(bytearray(held)))
    shard.fill([str(n) for n in range(size)], (DAY + 1, DAY + 1), columns)  # type: ignore[arg-type]  # None or a finger
    return shard, everyone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--variants", type=int, default=32)
    parser.add_argument("--gallery", type=int, default=2_000)
    asked = parser.parse_args()
    with np.load(asked.people) as kept:
        enrolled, probes = kept["enrolled"], kept["probes"]
    hits: dict[str, list[bool]] = {way: [] for way in WAYS}
    for take in range(len(enrolled)):
        shard, everyone = gallery(asked.gallery, enrolled[take])
        for who in track(range(len(enrolled[take])), f"take {take + 1}"):
            for variant in range(asked.variants):
                codes = sought(np.random.default_rng([take, who, variant]), everyone[who], probes[take, who])
                for way, first in WAYS.items():
                    answer = shard.search(Query(codes, 0, DAY, asked.gallery // WIDE, first))
                    hits[way].append(str(who) in ranked([answer], COMPARED))
    whole = np.array(hits["everything"])
    table = Table("scanned for everyone", "searches", "mate compared", "lost of those that everything has", "recall")
    for way, there in hits.items():
        lost = int((whole & ~np.array(there)).sum())
        recall = f"{100 * (1 - lost / max(1, whole.sum())):.2f} %"
        table.add_row(way, f"{len(there):,}", f"{sum(there):,}", str(lost), recall)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
