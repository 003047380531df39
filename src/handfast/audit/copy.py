"""A copy of the log to take away: one header line, then one leaf a line. It holds nothing that names a person."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handfast.audit.verify import Verified, verify_log
from handfast.base.errors import LogBroken

FORMAT = "handfast-log:1"


@dataclass(frozen=True, slots=True)
class LogCopy:
    """The newest checkpoint of a copied log, the key that it was signed under, and where the leaves are."""

    note: str
    verifier_key: str
    path: Path

    def leaves(self) -> Iterator[bytes]:
        """The leaves of the copy, as they stand there."""
        with self.path.open("rb") as file:
            next(file)
            for line in file:
                if not line.endswith(b"\n"):
                    raise LogBroken("the copy ends in the middle of a leaf")
                yield line[:-1]


def write_copy(path: Path, leaves: Iterable[bytes], note: str, verifier_key: str) -> None:
    """Write a log to a new file; FileExistsError rather than overwrite an anchor."""
    with path.open("xb") as file:
        file.write(_header(note, verifier_key))
        file.writelines(leaf + b"\n" for leaf in leaves)


def read_copy(path: Path) -> LogCopy:
    """Open a copied log; LogBroken if the file is not one."""
    with path.open("rb") as file:
        line = file.readline()
    try:
        header = json.loads(line)
        note, verifier_key = header["checkpoint"], header["key"]
    except (ValueError, KeyError, TypeError) as error:
        raise LogBroken(f"{path} is not a copy of a log") from error
    if not isinstance(note, str) or not isinstance(verifier_key, str) or line != _header(note, verifier_key):
        raise LogBroken(f"{path} is not a copy of a log")
    return LogCopy(note, verifier_key, path)


def verify_copy(path: Path, anchors: Sequence[str], *, expected_key: str | None) -> Verified:
    """Check a copied log as `verify_log` does; without a key from elsewhere, under the key that it states itself."""
    copy = read_copy(path)
    if expected_key not in (None, copy.verifier_key):
        raise LogBroken(f"{path} states another public key than the one that is trusted")
    return verify_log(copy.leaves(), copy.note, anchors, expected_key=copy.verifier_key)


def _header(note: str, verifier_key: str) -> bytes:
    fields = {"checkpoint": note, "format": FORMAT, "key": verifier_key}
    return json.dumps(fields, sort_keys=True, ensure_ascii=False).encode() + b"\n"
