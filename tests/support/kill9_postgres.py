"""The kill campaign with its records in Postgres: the worker, the database, or both die by SIGKILL."""

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from handfast.storage.engines.embedded import EmbeddedPostgres
from support.kill9 import Campaign, Life
from support.postgres import PLACE

VICTIMS = ("worker", "database", "both")
_DAMAGED = """
SELECT relation.relname || ': ' || found.msg FROM pg_class AS relation, verify_heapam(relation.oid) AS found
WHERE relation.relkind = 'r' AND relation.relnamespace = 'public'::regnamespace
"""
_INDEXES = """
SELECT bt_index_check(index.oid, true) FROM pg_class AS index
WHERE index.relkind = 'i' AND index.relnamespace = 'public'::regnamespace
"""
_LINKS = """
SELECT conrelid::regclass::text, confrelid::regclass::text,
    (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]),
    (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1])
FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 1
"""


@dataclass
class PostgresCampaign(Campaign):
    """One server in a folder of its own; `deaths` counts who was killed."""

    server: EmbeddedPostgres = field(kw_only=True)
    deaths: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VICTIMS, 0))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / PLACE).write_text(self.server.start(), "utf-8")

    def _end(self, life: Life, chance: random.Random) -> None:
        victim = chance.choice(VICTIMS)
        self.deaths[victim] += 1
        if victim != "database":
            super()._end(life, chance)
        if victim != "worker":
            kill_database(self.server)
        if life.wait() != (0 if victim == "database" else -signal.SIGKILL):
            self.wrong.append(f"kill {self.kills}: the worker broke when the database died")
        self.server.start()

    def _schema_is_whole(self) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            self._claim(not connection.execute(_DAMAGED).fetchall(), "a table is damaged")
            connection.execute(_INDEXES)
            for table, other, mine, theirs in connection.execute(_LINKS).fetchall():
                loose = (
                    f"SELECT COUNT(*) FROM {table} a LEFT JOIN {other} b ON a.{mine} = b.{theirs} "  # noqa: S608
                    f"WHERE a.{mine} IS NOT NULL AND b.{theirs} IS NULL"
                )
                self._claim(connection.execute(loose).fetchall() == [(0,)], f"{table} has loose rows")


def kill_database(server: EmbeddedPostgres) -> None:
    """SIGKILL to every process of the server, none of which has time to react to the death of another."""
    postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    for process in _children(postmaster):
        os.kill(process, signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)
    while _alive(postmaster):
        time.sleep(0.005)


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found
