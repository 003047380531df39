"""Everybody with everybody: processor time of a slice of it, the whole worked out from it, and what a cascade loses.

    .venv/bin/python bench/scale_people.py --to build/scale-people.npz
    .venv/bin/python bench/everybody.py --people build/scale-people.npz [--size 100000] [--slice 2000]

The gallery of bench/scale.py, one shard a core. Those who are looked for are takes of bench/scale_recall.py: hands of
drawn people, each take worse in another way, whose earlier take is in the gallery. Each is looked for among the half
that follows on the circle, as the product does it; where the mate stands in the other half it would be the mate's turn,
so such a take is timed and its mate not counted. Searches only: who is likeliest is compared in full besides, fingers
of those whose face supports on its own; how many strangers that are is counted (what it costs: full_comparison.py).
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scale import DAY, World, build, machine
from scale_recall import WAYS, sought

from handfast.base.modality import Modality, SampleKind
from handfast.base.search import SearchCode
from handfast.decision.find import OWN_SUPPORT
from handfast.decision.tables import load_tables
from handfast.face.search import FaceSearcher
from handfast.gallery.circle import looks_at
from handfast.gallery.search_set import LISTED, ranked
from handfast.gallery.shard import Query, Shortlist
from handfast.matcher.evidence import least_coarse
from handfast.service.find.candidates import COMPARED

CORES = 2


@dataclass(frozen=True, slots=True)
class Told:
    """Processor and clock seconds of one search, and which of the mates in the half were among the compared.

    strangers   among the likeliest of a search, whose face supports on its own, so fingers are compared; their mean
    opened      among the likeliest of a search, whose face may support by its code, so that they are opened; their mean
    left        mates among the likeliest whose face supports on its own and whose code says that it cannot: none, ever
    """

    cpu: float
    wall: float
    mates: tuple[bool, ...]
    strangers: float
    opened: float
    left: int


def slice_of(world: World, takes: list[tuple[str, tuple[SearchCode, ...]]], first: int | None) -> Told:
    """Search for each take among those who follow it."""
    mates, short, cpu, wall = list[bool](), list[list[str]](), time.process_time(), time.perf_counter()
    opened, left = list[set[str]](), 0
    for n, (mate, codes) in enumerate(track(takes, "searches")):
        answers = world.shards.search(Query(codes, 0, DAY, LISTED, first, f"take {n}"))
        best = ranked([answer for answer in answers if answer is not None], COMPARED)
        short.append([subject for subject in best if subject != mate])
        opened.append(by_code(answers, best))
        if looks_at(f"take {n}", mate):
            mates.append(mate in best)
            left += mate in best and mate not in opened[-1] and supporting(world, codes[0], [mate])
    count = len(takes)
    cpu, wall = (time.process_time() - cpu) / count, (time.perf_counter() - wall) / count
    alike = [supporting(world, codes[0], others) for (_, codes), others in zip(takes, short, strict=True)]
    return Told(cpu, wall, tuple(mates), float(np.mean(alike)), float(np.mean([len(few) for few in opened])), left)


def by_code(answers: Sequence[Shortlist | None], best: Sequence[str]) -> set[str]:
    """Who of these may support by their face's code, as the job asks before it opens anybody."""
    least = least_coarse(FaceSearcher(), load_tables(), OWN_SUPPORT)
    scores = {c.subject_id: c.scores[Modality.FACE, None] for a in answers if a is not None for c in a.candidates}
    return {subject for subject in best if least is None or scores[subject] >= least}


def supporting(world: World, face: SearchCode, others: list[str]) -> int:
    """How many of these have a face that supports on its own that they are who is looked for."""
    (table,) = load_tables().for_kinds(SampleKind.PORTRAIT, SampleKind.PORTRAIT)
    vector = np.frombuffer(face.data, np.int8).astype(np.float32)
    cosines = world.face_gallery[[int(subject) for subject in others]] @ (vector / np.linalg.norm(vector))
    return sum(table.llr(float(cosine)).llr >= OWN_SUPPORT for cosine in cosines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--slice", type=int, default=2_000)
    parser.add_argument("--shards", type=int, default=CORES)
    asked = parser.parse_args()
    with np.load(asked.people) as kept:
        enrolled, probes = kept["enrolled"][0], kept["probes"][0]
    world = build(asked.size, enrolled, probes, asked.shards, len(enrolled))
    takes = []
    for n in range(asked.slice):
        who = n % len(enrolled)
        takes.append((str(who), sought(np.random.default_rng([n, 83]), world.face_gallery[who], probes[who])))
    slice_of(world, takes[:2], None)
    table = Table(
        "scanned for everyone", "cpu a search", "wall", "whole, 2 cores", "1M x 1M", "mates", "lost", "alike", "opened"
    )
    whole: tuple[bool, ...] = ()
    for way, first in WAYS.items():
        told = slice_of(world, takes, first)
        whole = told.mates if first is None else whole
        lost = sum(all_ and not mine for all_, mine in zip(whole, told.mates, strict=True))
        minutes = asked.size * told.cpu / CORES / 60
        million = f"{minutes * (1e6 / asked.size) ** 2 / 60 / 24:.1f} days"
        table.add_row(
            way, f"{1e3 * told.cpu:.1f} ms", f"{1e3 * told.wall:.1f} ms", f"{minutes:.0f} min", million,
            f"{sum(told.mates)} of {len(told.mates)}", str(lost), f"{told.strangers:.2f}", f"{told.opened:.2f}",
        )  # fmt: skip
    console = Console(width=130)
    console.print(machine())
    console.print(f"{asked.size:,} people, {asked.slice:,} of them looked for")
    console.print(table)
    console.print(f"alike: strangers among the {COMPARED} of a search whose face supports on its own")
    console.print(f"opened: whose face may support by its code, mates too; mates left out that support: {told.left}")
    world.shards.close()


if __name__ == "__main__":
    main()
