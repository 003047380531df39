"""What every contestant does with a job: read each picture, compare each pair, and tell scores and processor time.

A job is a JSON file {"files": [path], "pairs": [[i, j]]}; the answer goes to standard output as
{"extract_ms", "compare_us", "lost", "scores"}. Times are of the whole process, so a peer that uses two
cores pays for both. Standard library only: it runs in every peer's own environment.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def answer(extract: Callable[[Path], Any], compare: Callable[[Any, Any], float]) -> None:
    """Do the job named on the command line; a picture that `extract` fails on scores 0 with everybody."""
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    files = [Path(name) for name in job["files"]]
    extract(files[0])  # whatever is loaded or compiled once is not timed
    began = time.process_time()
    prints = [_tried(extract, file) for file in files]
    extracted = time.process_time()
    known = [print_ for print_ in prints if print_ is not None]
    compare(known[0], known[-1])
    begin_compare = time.process_time()
    scores = [
        0.0 if prints[i] is None or prints[j] is None else float(compare(prints[i], prints[j])) for i, j in job["pairs"]
    ]
    over = time.process_time()
    result = {
        "extract_ms": (extracted - began) * 1e3 / len(files),
        "compare_us": (over - begin_compare) * 1e6 / max(1, len(scores)),
        "lost": sum(print_ is None for print_ in prints),
        "scores": scores,
    }
    json.dump(result, sys.stdout)


def _tried(extract: Callable[[Path], Any], file: Path) -> Any:
    try:
        return extract(file)
    except Exception as error:
        print(f"{file.name}: {error!r}", file=sys.stderr)
        return None
