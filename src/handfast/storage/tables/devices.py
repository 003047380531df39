"""Paired phones: the public half of a key that cannot leave the phone, good for one operator's shift."""

from dataclasses import dataclass
from datetime import datetime

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table, encode


@dataclass(frozen=True, slots=True)
class Device:
    """One paired phone; public_key is a P-256 point as SubjectPublicKeyInfo (RFC 5480)."""

    id: str
    operator_id: str
    programme_id: str
    site: str
    public_key: bytes
    paired_at: datetime
    ends_at: datetime


_TABLE = Table(Device, "devices")


class DeviceReads:
    """Reading paired phones."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, device_id: str, now: datetime) -> Device | None:
        """The phone if its pairing has not ended."""
        return _TABLE.find(self._database, "WHERE id = ? AND ends_at > ?", device_id, now)

    def of(self, operator_id: str, now: datetime) -> tuple[Device, ...]:
        """The phones of an operator that work now."""
        return _TABLE.all(self._database, "WHERE operator_id = ? AND ends_at > ? ORDER BY paired_at", operator_id, now)


class DeviceWrites(DeviceReads):
    """Pairing and ending."""

    def add(self, device: Device) -> None:
        _TABLE.insert(self._database, device)

    def end(self, device_id: str, now: datetime) -> None:
        _TABLE.update(self._database, {"ends_at": now}, "WHERE id = ? AND ends_at > ?", device_id, now)

    def end_all(self, operator_id: str, now: datetime) -> None:
        """The shift of this operator is over."""
        _TABLE.update(self._database, {"ends_at": now}, "WHERE operator_id = ? AND ends_at > ?", operator_id, now)

    def purge(self, before: datetime) -> int:
        """Forget pairings that ended before a time."""
        return self._database.execute("DELETE FROM devices WHERE ends_at < ?", (encode(before),))
