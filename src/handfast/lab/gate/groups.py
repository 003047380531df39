"""People's groups for differentials: a CSV with a column person and one for each way to tell groups apart.

Runs name people by salted ids only. A CSV may use these, or the data set's own labels if the run kept its salt
(`--show-people`); then a column group may say which part of the data set a label is of.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handfast.base.errors import RequestError
from handfast.lab.files import person_id


@dataclass(frozen=True, slots=True)
class People:
    """Values by column for each of the people asked for, "" where not known; columns in the file's order."""

    columns: dict[str, tuple[str, ...]]
    unknown: int


def read_groups(path: Path, people: Sequence[str], salt: bytes | None) -> People:
    """The groups of these people (salted ids). RequestError if the file is not such a CSV or names none of them."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        names = [name for name in reader.fieldnames or () if name not in ("person", "group")]
        if "person" not in (reader.fieldnames or ()) or not names:
            raise RequestError(f"{path.name} needs a column person and at least one more to tell groups apart")
        rows = list(reader)
    known: dict[str, dict[str, str]] = {}
    for row in rows:
        known[row["person"]] = row
        if salt is not None:
            known[person_id(salt, row.get("group") or "", row["person"])] = row
    unknown = sum(1 for person in people if person not in known)
    if unknown == len(people):
        raise RequestError(
            f"{path.name} names nobody of this run. Ids are salted: give salted ids, or keep the salt by --show-people"
        )
    columns = {name: tuple((known.get(person, {}).get(name) or "").strip() for person in people) for name in names}
    return People(columns, unknown)


def read_salt(folder: Path) -> bytes | None:
    """The salt that a run kept, or None."""
    path = folder / "salt.txt"
    return bytes.fromhex(path.read_text("ascii").strip()) if path.is_file() else None
