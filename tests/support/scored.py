"""Folders as `lab compare` leaves them, with scores made up for tests."""

import json
from pathlib import Path

import numpy as np

SUMMARY = {
    "software": {"handfast": "0"},
    "machine": {"system": "Test"},
    "modality": "face",
    "kind": "portrait",
    "models": ["toy-model:1"],
    "comparators": ["toy-face:1"],
    "protocol": {"names": r"(?P<person>\d+)</script>", "seed": 1},
    "failures_to_acquire": {"captures": 1, "rate": 0.01, "interval": [0.0, 0.05], "by_code": {"poor-face": 1}},
    "statement": {"who": "Dr. Test", "source": "made up"},
    "results": {},
}


def write_run(folder: Path, people: int = 24, *, shift: float = 0.4, worse: int = 0, seed: int = 1) -> Path:
    """Four samples a person; mated scores N(0.5 + shift, 0.15), non-mated N(0.3, 0.15).

    The first `worse` people score 0.4 lower when mated. Runs of different seeds have comparisons in common.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["reference,probe,unit,mated,score,llr"]
    for a in range(people):
        middle = 0.5 + shift - (0.4 if a < worse else 0.0)
        lines += [f"p{a}.{j},p{a}.{i},face,1,{rng.normal(middle, 0.15):.6f}," for i in range(4) for j in range(i)]
        lines += [f"p{b}.{i},p{a}.{i},face,0,{rng.normal(0.3, 0.15):.6f}," for b in range(a) for i in range(2)]
    (folder / "scores.csv").write_text("\n".join(lines) + "\n")
    ids = [f"p{a}.{i}" for a in range(people) for i in range(4)]
    rows = [f"{name},face,{rng.uniform(20, 100):.1f},,{rng.uniform(50, 90):.1f},3.0" for name in ids]
    rows[0] = f"{ids[0]},face,,poor-face,,"
    (folder / "captures.csv").write_text("\n".join(["id,unit,quality,failure,ms,ms_decode", *rows]) + "\n")
    counts = {"people": people, "pictures": len(ids), "captures": len(ids)}
    (folder / "summary.json").write_text(json.dumps(SUMMARY | {"counts": counts}))
    return folder


def write_hand_run(folder: Path, people: int = 60, seed: int = 2) -> Path:
    """Four hands of four fingers a person, people as in `write_run`; mated N(0.8, 0.1), non-mated N(0.3, 0.1)."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    fingers = ("right-index", "right-middle", "right-ring", "right-little")
    pairs = [(a, j, a, i) for a in range(people) for i in range(4) for j in range(i)]
    pairs += [(b, i, a, i) for a in range(people) for b in range(a) for i in range(2)]
    lines = ["reference,probe,unit,mated,score,llr"]
    for a, i, b, j in pairs:
        scores = rng.normal(0.8 if a == b else 0.3, 0.1, 4)
        units = zip((*fingers, "right-hand"), (*scores, scores.mean()), strict=True)
        lines += [f"p{a}.{i},p{b}.{j},{unit},{int(a == b)},{score:.6f}," for unit, score in units]
    (folder / "scores.csv").write_text("\n".join(lines) + "\n")
    ids = [f"p{a}.{i}" for a in range(people) for i in range(4)]
    rows = [f"{name},right-hand,{rng.uniform(20, 100):.1f},,50.0" for name in ids]
    (folder / "captures.csv").write_text("\n".join(["id,unit,quality,failure,ms", *rows]) + "\n")
    own = {"modality": "finger", "kind": "hand", "models": ["toy-model:2"], "comparators": ["toy-finger:1"]}
    counts = {"people": people, "pictures": len(ids), "captures": len(ids)}
    (folder / "summary.json").write_text(json.dumps(SUMMARY | own | {"counts": counts}))
    return folder
