"""Sealed bytes in slots of one size that never move, so that blanking a slot leaves no copy anywhere in the file.

SQLite overwrites what is deleted, but when it splits or joins pages it leaves stale copies of neighbouring rows in the
gaps (measured: one withdrawal in about thirty left some). A slot is made blank, filled in place and blanked in place,
so its page is never split while it holds something. Slots are taken at random among many free ones, so that their
order does not tell in which order people enrolled.
"""

import secrets
import struct
from collections.abc import Iterable, Mapping, Sequence

from handfast.base.errors import NotFound
from handfast.storage.engines.database import Database, Value

HANDLE_BYTES = 16
FREE = bytes(HANDLE_BYTES)
SPARE = 512  # free slots that one is chosen from
AT_ONCE = 256  # handles in one query
_MOST_PARTS = 255
_HEADER = struct.Struct(">BBH")  # which part, of how many, bytes in it
REPLACE = "UPDATE slots SET data = ? WHERE owner = ?"
_GROW = "INSERT INTO slots (owner, data) VALUES (?, ?)"
_PICK = "SELECT slot FROM slots WHERE owner = ? ORDER BY slot LIMIT 1 OFFSET ?"


class Slab:
    """The slots of one database; each holds `slot_bytes`, four of them a header."""

    def __init__(self, database: Database, slot_bytes: int = 992) -> None:
        self._database = database
        self._slot_bytes = slot_bytes

    def put(self, content: bytes) -> bytes:
        """Keep bytes (up to 255 slots); the handle to get them back with."""
        room = self._slot_bytes - _HEADER.size
        parts = [content[at : at + room] for at in range(0, max(len(content), 1), room)]
        handle = secrets.token_bytes(HANDLE_BYTES)
        for number, part in enumerate(parts):
            sql = "UPDATE slots SET owner = ?, data = ? WHERE slot = ?"
            self._database.execute(sql, (handle, self._slot(number, len(parts), part), self._take()))
        return handle

    def get(self, handle: bytes) -> bytes:
        """What was kept; NotFound if it was blanked, or a part of it is gone."""
        rows = self._database.query("SELECT data FROM slots WHERE owner = ?", (handle,)) if handle != FREE else []
        return content_of(data for (data,) in rows)

    def get_all(self, handles: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """What was kept under each of these; NotFound as above. Many are asked for at once."""
        slots: dict[bytes, list[Value]] = {handle: [] for handle in handles}
        asked = [handle for handle in slots if handle != FREE]
        for at in range(0, len(asked), AT_ONCE):
            some = asked[at : at + AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = f"SELECT owner, data FROM slots WHERE owner IN ({marks})"  # noqa: S608  marks alone
            for owner, data in self._database.query(sql, tuple(some)):
                if isinstance(owner, bytes):
                    slots[owner].append(data)
        return {handle: content_of(held) for handle, held in slots.items()}

    def blank(self, handle: bytes) -> None:
        """Overwrite what was kept, in place."""
        sql = "UPDATE slots SET owner = ?, data = ? WHERE owner = ?"
        self._database.execute(sql, (FREE, bytes(self._slot_bytes), handle))

    def replace(self, handle: bytes, content: bytes) -> None:
        """Put other bytes in the place of these; both must fit one slot."""
        if self._database.execute(REPLACE, (self.filled(content), handle)) != 1:
            raise NotFound("what was kept here is gone")

    def filled(self, content: bytes) -> bytes:
        """A slot that holds these bytes alone, for REPLACE."""
        return self._slot(0, 1, content)

    def _slot(self, number: int, parts: int, part: bytes) -> bytes:
        if len(part) > self._slot_bytes - _HEADER.size or parts > _MOST_PARTS:
            raise ValueError("too many bytes to keep")
        data = _HEADER.pack(number, parts, len(part)) + part
        return data.ljust(self._slot_bytes, b"\x00")

    def _take(self) -> int:
        chosen = (FREE, secrets.randbelow(SPARE))
        while not (rows := self._database.query(_PICK, chosen)):
            for _ in range(SPARE):
                self._database.execute(_GROW, (FREE, bytes(self._slot_bytes)))
        return int(rows[0][0] or 0)


def only_part(slot: bytes) -> bytes:
    """What a slot holds that was read by its owner in a query of many; ValueError if it is one part of several."""
    _, parts, length = _HEADER.unpack_from(slot)
    if parts != 1:
        raise ValueError("one part of several")
    return slot[_HEADER.size : _HEADER.size + length]


def content_of(slots: Iterable[Value]) -> bytes:
    """What the slots of one handle hold together; NotFound if a part of it is gone."""
    parts: dict[int, bytes] = {}
    expected = 1
    for data in slots:
        if isinstance(data, bytes):
            number, expected, length = _HEADER.unpack_from(data)
            parts[number] = data[_HEADER.size : _HEADER.size + length]
    if sorted(parts) != list(range(expected)):
        raise NotFound("what was kept here is gone")
    return b"".join(parts[number] for number in range(expected))
