"""The list of people whose keys were destroyed: what a restore replays, so that no old copy brings anybody back.

It names nobody and opens nothing; copies of it may lie anywhere, and the newest is worth the most. Sorted, so that it
does not tell in which order people withdrew.
"""

import os
from collections.abc import Iterable
from pathlib import Path

FILE = "destroyed-keys"


class Destroyed:
    """One file, a subject id a line, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> frozenset[str]:
        return frozenset(self._path.read_text("utf-8").split()) if self._path.exists() else frozenset()

    def add(self, subject_ids: Iterable[str]) -> None:
        """On disk before it returns."""
        known = self.all()
        more = known.union(subject_ids)
        if more == known:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(f"{subject_id}\n" for subject_id in sorted(more))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
