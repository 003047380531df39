"""Searching very many people: time, memory, and whether the mate is still there, exhaustively and by cascade.

    .venv/bin/python bench/scale_people.py --to build/scale-people.npz
    .venv/bin/python bench/scale.py --people build/scale-people.npz --sizes 10000 100000 1000000 [--pgvector]

Faces are drawn so that strangers' and mates' cosines are distributed as measured (FACE_*). Fingers of the people who
are sought are drawn fingers read by the real extractor; everyone else's are put together of cylinders of the same
finger of other drawn people, an eighth of the bits changed. Both columns are the product's, one shard a core, under
the product's transform of face and finger. `wall` is what a clock shows, `cpu` the processor time of all threads.
"""

import argparse
import platform
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from handfast.base.modality import FOUR_FINGERS, Hand, Modality
from handfast.base.search import SearchCode
from handfast.face.search import SCALE, FaceSearcher
from handfast.finger.codes.search_code import CODE_BYTES, MOST_CYLINDERS
from handfast.finger.codes.searcher import FingerSearcher
from handfast.gallery.local import LocalShards
from handfast.gallery.search_set import LISTED, ranked
from handfast.gallery.shard import Place, Query

# handfast lab compare --modality face (docs/lab.md, second line): cosines of 3 + 3 frames of 40 people.
FACE_STRANGERS = 0.087  # mean; their sd of 0.10 is what 128 dimensions give
FACE_MATES = (0.48, 0.60, 0.82, 0.95, 0.987)  # at the shares below
FACE_SHARES = (0.0, 0.01, 0.05, 0.5, 1.0)
POSITIONS = FOUR_FINGERS[Hand.RIGHT]
COMPARED = 12
DAY = 800_000
Codes = NDArray[np.uint8]


@numba.njit(nogil=True)
def put_together(pool: Codes, seed: int, into: Codes) -> None:
    """Codes of cylinders of the pool (N, CODE_BYTES), by rising angle; every bit changed with probability 1/8."""
    state = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(88172645463325252)
    taken = np.zeros((MOST_CYLINDERS, 2), np.int64)
    for row in range(len(into)):
        for k in range(MOST_CYLINDERS):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            who = np.int64(state % np.uint64(len(pool)))
            count = max(np.int64(1), np.int64(pool[who, 0]))
            taken[k, 0] = who
            taken[k, 1] = np.int64((state >> np.uint64(40)) % np.uint64(count))
        angles = np.array([pool[taken[k, 0], 8 + taken[k, 1]] for k in range(MOST_CYLINDERS)])
        order = np.argsort(angles)
        into[row, 0] = MOST_CYLINDERS
        for n in range(MOST_CYLINDERS):
            k = order[n]
            into[row, 8 + n] = angles[k]
            for half in range(2):
                for byte in range(8):
                    state ^= state << np.uint64(13)
                    state ^= state >> np.uint64(7)
                    state ^= state << np.uint64(17)
                    flips = np.uint8(state) & np.uint8(state >> np.uint64(16)) & np.uint8(state >> np.uint64(32))
                    at = 8 + MOST_CYLINDERS + 8 * (half * MOST_CYLINDERS)
                    into[row, at + 8 * n + byte] = pool[taken[k, 0], at + 8 * taken[k, 1] + byte] ^ flips


def faces(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """(count, 128) unit vectors whose cosines have the strangers' mean."""
    drawn = rng.standard_normal((count, 128), np.float32) / np.float32(np.sqrt(128))
    drawn *= np.float32(np.sqrt(1 - FACE_STRANGERS))
    drawn[:, 0] += np.float32(np.sqrt(FACE_STRANGERS))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def seen_again(rng: np.random.Generator, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each face as a probe, at a mate's cosine from itself."""
    cosine = np.interp(rng.random(len(vectors)), FACE_SHARES, FACE_MATES).astype(np.float32)[:, None]
    aside = rng.standard_normal(vectors.shape, np.float32)
    aside -= (aside * vectors).sum(axis=1, keepdims=True) * vectors
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    return np.asarray(cosine * vectors + np.sqrt(1 - cosine**2) * aside, np.float32)


@dataclass
class World:
    """A gallery in shards, and who is sought in it: (face, four finger codes) with the row of the mate."""

    shards: LocalShards
    searches: list[tuple[str, tuple[SearchCode, ...]]]
    face_probes: NDArray[np.float32]
    face_gallery: NDArray[np.float32]


def build(size: int, enrolled: Codes, probes: Codes, shards: int, searches: int) -> World:
    """A gallery of `size` people, the first of them those who are sought."""
    rng = np.random.default_rng(7)
    known = min(searches, len(enrolled))
    gallery = faces(rng, size)
    sought = seen_again(rng, gallery[:known])
    searchers = {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()}
    local = LocalShards(searchers, shards)
    fill(local, (Modality.FACE, None), as_bytes(gallery).view(np.uint8))
    for finger, position in enumerate(track(POSITIONS, f"{size:,} people")):
        codes = np.zeros((size, CODE_BYTES), np.uint8)
        put_together(enrolled[:, finger], 1 + finger, codes)
        codes[:known] = enrolled[:known, finger]
        fill(local, (Modality.FINGER, position), codes)
    asked = []
    for n in range(known):
        face = SearchCode(Modality.FACE, None, as_bytes(sought[n]).tobytes())
        best = sorted(range(4), key=lambda f: -int(probes[n, f, 0]))
        fingers = [SearchCode(Modality.FINGER, POSITIONS[f], probes[n, f].tobytes()) for f in best if probes[n, f, 0]]
        asked.append((str(n), (face, *fingers)))
    return World(local, asked, sought, gallery)


def fill(local: LocalShards, place: Place, codes: Codes) -> None:
    """One place of everyone: person n is row n // shards of shard n % shards."""
    for n, shard in enumerate(local.shards):
        people = [str(row) for row in range(n, len(codes), len(local))]
        shard.fill(people, (DAY + 1, DAY + 1), {place: codes[n :: len(local)]})


def as_bytes(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    return np.clip(np.rint(vectors * SCALE), -127, 127).astype(np.int8)


def measured(world: World, first: int | None, count: int) -> tuple[NDArray[np.float64], float, float]:
    """Wall seconds of each search, processor seconds of the mean one, share whose mate is among the compared."""
    walls, hits, began = [], 0, time.process_time()
    for subject, codes in world.searches[:count]:
        start = time.perf_counter()
        answers = world.shards.search(Query(codes, 0, DAY, LISTED, first))
        best = ranked([answer for answer in answers if answer is not None], COMPARED)
        walls.append(time.perf_counter() - start)
        hits += subject in best
    return np.array(walls), (time.process_time() - began) / count, hits / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--searches", type=int, default=320)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--pgvector", action="store_true", help="beside pgvector, exact and HNSW, on the faces")
    asked = parser.parse_args()
    console = Console(width=150)
    console.print(machine())
    with np.load(asked.people) as kept:
        enrolled, probes = kept["enrolled"], kept["probes"]
    table = Table("people", "search", "searches", "wall p50", "p95", "cpu", "mate compared", "codes", "peak memory")
    for size in asked.sizes:
        world = build(size, enrolled[0], probes[0], asked.shards, asked.searches)
        count = min(asked.searches, len(world.searches))
        measured(world, None, 1)
        for name, first in (("exhaustive, 4 fingers", None), ("cascade, 1 finger", 1), ("cascade, 2 fingers", 2)):
            walls, cpu, recall = measured(world, first, count)
            held = sum(shard.bytes_held for shard in world.shards.shards)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            p50, p95 = np.percentile(walls, (50, 95))
            table.add_row(
                f"{size:,}", name, str(count), f"{1e3 * p50:,.0f} ms", f"{1e3 * p95:,.0f} ms", f"{1e3 * cpu:,.0f} ms",
                f"{100 * recall:.1f} %", f"{held / 1e9:.2f} GB", f"{peak:.1f} GB",
            )  # fmt: skip
        table.add_row(f"{size:,}", *beside(world))
        if asked.pgvector:
            from scale_pgvector import rows

            for row in rows(world.face_gallery, world.face_probes[:40]):
                table.add_row(f"{size:,}", *row)
        world.shards.close()
    console.print(table)


def beside(world: World) -> tuple[str, ...]:
    """Faces alone: our scan beside faiss's, both exact, on one core."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexScalarQuantizer(128, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.train(world.face_gallery[:1000])
    index.add(world.face_gallery)
    rows = np.arange(len(world.face_gallery))
    column = FaceSearcher().column(lambda held: memoryview(bytearray(held)))
    column.fill(as_bytes(world.face_gallery).view(np.uint8))
    theirs, ours = [], []
    for _, codes in world.searches[:10]:
        start = time.process_time()
        index.search(world.face_probes[:1], LISTED)
        middle = time.process_time()
        column.scores(codes[0].data, rows)
        theirs.append(middle - start)
        ours.append(time.process_time() - middle)
    said = f"{1e3 * np.median(ours):.1f} ms cpu; faiss fp16 {1e3 * np.median(theirs):.1f} ms cpu"
    return "faces alone, one core", "10", said, "", "", "", "", ""


def machine() -> str:
    """The processor, and whether it counts bits in vectors."""
    info = Path("/proc/cpuinfo").read_text("utf-8")
    model = next(line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name"))
    counts = "with" if "avx512_vpopcntdq" in info else "without"
    return f"{model}, {info.count('processor')} cores, {counts} VPOPCNTDQ, {platform.platform()}"


if __name__ == "__main__":
    main()
