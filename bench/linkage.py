"""Can two 1:1 programmes be joined by their face vectors? D_sys (Gomez-Barrero et al. 2018) and 200 known pairs.

The attacker is handed the vectors of the same people, another take of each, as they lie under the seal in two
programmes: more than a stolen disk or backup gives. Simulated people have the mean and the covariances of the installed
face model on real people: a folder with one folder of portraits a person, which nothing is kept of.

PYTHONPATH=tests .venv/bin/python bench/linkage.py FACES [people]
"""

import sys
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from handfast.base.errors import HandfastError
from handfast.base.settings import Settings
from handfast.face.embed import FaceEmbedder
from handfast.face.observe import FaceObserver
from handfast.imaging.decode import decode
from handfast.imaging.resize import fit
from handfast.models.store import ModelStore
from support.linkage import Vectors, d_sys, known_pairs, measured_spread, simulated, turned

KNOWN = 200
ENLARGED = 2


def main(faces: Path, people: int) -> None:
    """Print the table."""
    measured = embedded(faces)
    spread = measured_spread(measured)
    takes = simulated(spread, people, 2, np.random.default_rng(1))
    print(f"{len(measured)} people measured, {people} simulated, {KNOWN} known pairs; chance 1 in {people - KNOWN}")
    print(f"cosine of two takes of one person: measured {mated(measured):.3f}, simulated {twins(takes):.3f}")
    for what, one, other in (
        ("no transform", takes[0], takes[1]),
        ("one a programme (as programmes that find)", *(turned(t, p, per_person=False) for t, p in both(takes))),
        ("one a person (1:1 programmes)", *(turned(t, p, per_person=True) for t, p in both(takes))),
    ):
        rate = known_pairs(one, other, KNOWN)
        print(f"{what}: D_sys {d_sys(one, other):.3f}, known pairs {rate:.2f} x chance")


def both(takes: Vectors) -> list[tuple[Vectors, bytes]]:
    """Each take with the key of its programme."""
    return [(takes[0], b"a"), (takes[1], b"b")]


def embedded(folder: Path) -> list[Vectors]:
    """The embeddings of every portrait in which a face is found, by person."""
    models = ModelStore(Settings.from_environment().models_dir)
    observer, embedder = FaceObserver(models), FaceEmbedder(models)
    found: dict[str, list[Vectors]] = {}
    for path in sorted(folder.glob("*/*")):
        image = decode(path.read_bytes())
        image, _ = fit(image, ENLARGED * max(image.size))
        try:
            vector = embedder.embed(observer.observe(image).aligned).vector
        except HandfastError:
            continue
        found.setdefault(path.parent.name, []).append(vector.astype(np.float64))
    return [np.array(rows) for rows in found.values() if len(rows) > 1]


def mated(people: list[Vectors]) -> float:
    """Mean cosine of two takes of one person."""
    return float(np.mean([(t @ t.T)[np.triu_indices(len(t), 1)].mean() for t in people]))


def twins(takes: Vectors) -> float:
    """The same of simulated people."""
    return float(np.mean(np.sum(takes[0] * takes[1], axis=1)))


if __name__ == "__main__":
    with threadpool_limits(1):  # two threads that share one small matrix wait for each other most of the time
        main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2_000)
