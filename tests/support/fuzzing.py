"""Fuzzing the readers of strangers' bytes with atheris: what each may do is refuse by name, or read.

`fuzz` runs one target in a process of its own, since a campaign ends by leaving its process, and so that a reader
that hangs or eats memory takes nothing else down.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAMES = "iso", "ansi", "wsq", "image"
MEMORY_MB = 1024  # of the whole process, which idles at about 250
INPUT_SECONDS = 20  # that one input may take
LARGEST_INPUT = 20_000  # bytes
WATCHED = (
    "handfast.finger.records.interchange",
    "handfast.finger.records.iso_record_2005",
    "handfast.finger.records.iso_record_2011",
    "handfast.finger.records.ansi_record_2004",
    "handfast.imaging",
    "handfast.lab.sets.wsq",
    "PIL",
)
"""Modules whose branches steer the fuzzer."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """How a run ended: whether nothing was found, the fuzzer's last words, and the input that did it."""

    clean: bool
    said: str
    found: bytes | None


def fuzz(target: str, seconds: int, seed: int = 1) -> Campaign:
    """Run one target for so long."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "support.fuzzing", target, folder, str(seconds), str(seed)]
        done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[1], check=False)
        finds = [path.read_bytes() for path in Path(folder).glob("find-*")]
    said = done.stderr.decode("utf-8", "replace")[-2_000:]
    return Campaign(done.returncode == 0 and not finds, said, finds[0] if finds else None)


def main() -> None:
    """The process that `fuzz` starts: target, folder, seconds, seed."""
    import atheris

    with atheris.instrument_imports(include=list(WATCHED), enable_loader_override=False):
        from support.fuzz_targets import TARGETS

    name, folder, seconds, seed = sys.argv[1:]
    corpus = Path(folder) / "corpus"
    corpus.mkdir()
    for number, data in enumerate(TARGETS[name].seeds()):
        (corpus / str(number)).write_bytes(data)
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "rss_limit_mb": MEMORY_MB,
        "timeout": INPUT_SECONDS,
        "max_len": LARGEST_INPUT,
        "artifact_prefix": f"{folder}/find-",
        "print_final_stats": 1,
    }
    arguments = [sys.argv[0], str(corpus), *(f"-{key}={value}" for key, value in options.items())]
    atheris.Setup(arguments, TARGETS[name].read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
