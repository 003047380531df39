"""Postgres's own way back: a base backup, archived WAL and a moment between an enrolment and a withdrawal."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from handfast.base.errors import SetupError
from handfast.service.start import stop
from handfast.storage.engines.embedded import EmbeddedPostgres, _programs
from handfast.storage.tables.subjects import SubjectState
from support.drill import Drill
from support.postgres import PLACE


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server that archives its WAL, in a folder that another user can reach."""
    with tempfile.TemporaryDirectory(prefix="handfast-recovery-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "server")
        server.start()
        server.stop()
        (server.folder / "archive").mkdir()
        shutil.chown(server.folder / "archive", server.folder.stat().st_uid)
        settings = f"archive_mode = on\narchive_command = 'cp %p {server.folder}/archive/%f'\n"
        with (server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(settings)
        server.start()
        yield server
        server.stop(at_once=True)


def base_backup(server: EmbeddedPostgres) -> None:
    owner = server.folder.stat().st_uid
    program, folder = _programs() / "pg_basebackup", server.folder
    subprocess.run(
        [program, "-h", folder, "-U", "handfast", "-X", "none", "-c", "fast", "-D", folder / "base"],
        check=True,
        cwd="/",
        user=None if owner == os.geteuid() else owner,
        extra_groups=None if owner == os.geteuid() else [],
    )


def asked(server: EmbeddedPostgres, sql: str) -> str:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return str(row[0])


def archived(server: EmbeddedPostgres) -> None:
    """Have the WAL so far archived, and wait for it."""
    segment = asked(server, "SELECT pg_walfile_name(pg_switch_wal())")
    ends = time.monotonic() + 30
    while not (server.folder / "archive" / segment).exists() and time.monotonic() < ends:
        time.sleep(0.05)


def recovered(server: EmbeddedPostgres, moment: str) -> None:
    """The base backup, and from the archive what was done until this moment."""
    server.stop()
    shutil.rmtree(server.data)
    (server.folder / "base").rename(server.data)
    with (server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"restore_command = 'cp {server.folder}/archive/%f %p'\n")
        file.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
    (server.data / "recovery.signal").touch()
    server.start()
    ends = time.monotonic() + 30
    while asked(server, "SELECT pg_is_in_recovery()") == "True" and time.monotonic() < ends:
        time.sleep(0.05)


def test_a_recovery_to_a_moment_is_not_served_until_later_withdrawals_are_replayed(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    (tmp_path / PLACE).write_text(server.url(), "utf-8")
    drill = Drill(tmp_path)
    base_backup(server)
    drill.enrol(4)
    moment = asked(server, "SELECT clock_timestamp()")
    drill.withdraw(0)
    drill.enrol(5)
    stop(drill.desk.context)
    archived(server)
    recovered(server, moment)
    with pytest.raises(SetupError, match="1 people in the records have no keys"):
        drill.restart()
    assert "0 with their keys, 1 without" in drill.run("restore", "--replay")
    drill.restart()
    with drill.desk.context.store.read() as reader:
        counted = reader.subjects.count(drill.desk.programme.id)
        assert reader.templates.without_consent() == 0
    assert counted == {SubjectState.PENDING: 4, SubjectState.WITHDRAWN: 1}
    assert len(drill.desk.context.keys.people()) == 4
    assert [drill.accepted(person) for person in (0, 1, 4)] == [False, True, True]
    stop(drill.desk.context)
