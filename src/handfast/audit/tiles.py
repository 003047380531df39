"""A copy of the log as C2SP tlog-tiles: files that any static web server can offer and any witness can read.

checkpoint                     the newest signed checkpoint
log_key                        the key that it is signed under, as C2SP signed-note writes it (ours, not of the format)
tile/<level>/<number>          256 hashes, each of 256**level leaves; a last one of fewer in <number>.p/<how many>
tile/entries/<number>          256 leaves, each after its length in two bytes
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from handfast.audit.merkle import leaf_hash, node_hash
from handfast.base.errors import LogBroken

WIDTH = 256
_LENGTH = 2  # bytes


def write_tiles(folder: Path, leaves: Iterable[bytes], note: str, verifier_key: str) -> int:
    """Write a log into a new folder; how many leaves that were. FileExistsError rather than overwrite an anchor."""
    folder.mkdir(parents=True)
    row: list[bytes] = []
    size = 0
    for number, entries in enumerate(_batched(leaves)):
        _write(folder / "tile" / "entries", number, len(entries), b"".join(map(_entry, entries)))
        row += map(leaf_hash, entries)
        size += len(entries)
    level = 0
    while row:
        tiles = list(_batched(row))
        for number, hashes in enumerate(tiles):
            _write(folder / "tile" / str(level), number, len(hashes), b"".join(hashes))
        row = [_root(hashes) for hashes in tiles if len(hashes) == WIDTH]
        level += 1
    (folder / "checkpoint").write_text(note, encoding="utf-8")
    (folder / "log_key").write_text(verifier_key, encoding="utf-8")
    return size


def read_tiles(folder: Path) -> tuple[Iterator[bytes], str, str]:
    """Leaves, checkpoint and stated key of a log in tiles. LogBroken if the folder is not one."""
    try:
        note = (folder / "checkpoint").read_text(encoding="utf-8")
        key = (folder / "log_key").read_text(encoding="utf-8")
        size = int(note.split("\n")[1])
    except (OSError, ValueError, IndexError) as error:
        raise LogBroken(f"{folder} does not hold a log in tiles") from error
    return _leaves(folder / "tile" / "entries", size), note, key


def check_hashes(folder: Path, size: int) -> None:
    """Every hash tile follows from the entries; LogBroken names the first that does not."""
    hashes = [leaf_hash(leaf) for leaf in _leaves(folder / "tile" / "entries", size)]
    level = 0
    while hashes:
        for number, tile in enumerate(_batched(hashes)):
            there = place(folder / "tile" / str(level), number, len(tile))
            if not there.is_file() or there.read_bytes() != b"".join(tile):
                raise LogBroken(f"tile {level}/{number} does not follow from the leaves")
        hashes = [_root(tile) for tile in _batched(hashes) if len(tile) == WIDTH]
        level += 1


def _leaves(folder: Path, size: int) -> Iterator[bytes]:
    for number, start in enumerate(range(0, size, WIDTH)):
        width = min(WIDTH, size - start)
        try:
            bundle = place(folder, number, width).read_bytes()
        except OSError as error:
            raise LogBroken(f"gap: the leaves from {start} on are missing") from error
        yield from _entries(bundle, width)


def _entries(bundle: bytes, width: int) -> Iterator[bytes]:
    at = 0
    for _ in range(width):
        end = at + _LENGTH + int.from_bytes(bundle[at : at + _LENGTH])
        if at + _LENGTH > len(bundle) or end > len(bundle):
            raise LogBroken("a bundle of leaves ends in the middle of one")
        yield bundle[at + _LENGTH : end]
        at = end
    if at != len(bundle):
        raise LogBroken("a bundle holds more than its leaves")


def _entry(leaf: bytes) -> bytes:
    return len(leaf).to_bytes(_LENGTH) + leaf


def _root(hashes: Iterable[bytes]) -> bytes:
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def _write(folder: Path, number: int, width: int, content: bytes) -> None:
    file = place(folder, number, width)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def place(folder: Path, number: int, width: int) -> Path:
    """Where a tile lies: such as x001/x234/067, and 067.p/5 for a tile of five."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    if width < WIDTH:
        groups[-1:] = [f"{groups[-1]}.p", str(width)]
    return folder.joinpath(*groups)


def _batched(items: Iterable[bytes]) -> Iterator[tuple[bytes, ...]]:
    source = iter(items)
    while batch := tuple(islice(source, WIDTH)):
        yield batch
