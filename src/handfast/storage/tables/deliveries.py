"""Webhook deliveries: a queue of rows, tried until they arrive or are given up."""

from dataclasses import dataclass
from datetime import datetime

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Sealed, Table, encode


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook to deliver; the body is sealed, since it holds an answer."""

    id: str
    programme_id: str
    url: str
    body_sealed: Sealed
    tries: int
    next_try_at: datetime
    delivered_at: datetime | None = None
    given_up_at: datetime | None = None


_TABLE = Table(Delivery, "deliveries")


class DeliveryReads:
    """Reading the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, delivery_id: str) -> Delivery:
        return _TABLE.get(self._database, "WHERE id = ?", delivery_id)

    def due(self, now: datetime, limit: int = 32) -> tuple[Delivery, ...]:
        sql = "WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_try_at <= ? ORDER BY next_try_at LIMIT ?"
        return _TABLE.all(self._database, sql, now, limit)


class DeliveryWrites(DeliveryReads):
    """Filling and emptying the queue."""

    def add(self, delivery: Delivery) -> None:
        _TABLE.insert(self._database, delivery)

    def delivered(self, delivery_id: str, now: datetime) -> None:
        _TABLE.update(self._database, {"delivered_at": now}, "WHERE id = ?", delivery_id)

    def retry(self, delivery_id: str, tries: int, next_try_at: datetime) -> None:
        _TABLE.update(self._database, {"tries": tries, "next_try_at": next_try_at}, "WHERE id = ?", delivery_id)

    def give_up(self, delivery_id: str, now: datetime) -> None:
        _TABLE.update(self._database, {"given_up_at": now}, "WHERE id = ?", delivery_id)

    def drop(self, programme_id: str) -> None:
        """Delete everything queued for a programme that ends."""
        self._database.execute("DELETE FROM deliveries WHERE programme_id = ?", (programme_id,))

    def purge(self, before: datetime) -> int:
        """Delete what was delivered or given up before a time."""
        sql = "DELETE FROM deliveries WHERE COALESCE(delivered_at, given_up_at) < ?"
        return self._database.execute(sql, (encode(before),))
