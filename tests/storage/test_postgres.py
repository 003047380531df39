"""What a Postgres must be, and what becomes of a store whose Postgres dies under it."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from handfast.base.errors import DatabaseAway, Overloaded, SessionUnknown, SetupError
from handfast.base.randomness import SystemRandomness
from handfast.storage.engines.embedded import EmbeddedPostgres
from handfast.storage.engines.postgres import connect
from handfast.storage.store import open_store
from support.keeping import Keeping
from support.kill9_postgres import kill_database
from support.postgres import PLACE, TestServer

DAY = date(2026, 11, 25)


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    with tempfile.TemporaryDirectory(prefix="handfast-own-") as folder:
        Path(folder).chmod(0o755)  # as root the server runs as another user
        own = EmbeddedPostgres(Path(folder) / "server")
        own.start()
        yield own
        own.stop(at_once=True)


def test_a_store_outlives_its_database_and_says_meanwhile_that_it_is_away(
    tmp_path: Path, server: EmbeddedPostgres
) -> None:
    (tmp_path / PLACE).write_text(server.url(), "utf-8")
    installation = Keeping(tmp_path)
    ada = installation.enrol(installation.add_programme(), "file 1")
    kill_database(server)
    with pytest.raises(DatabaseAway) as away:
        installation.use(ada)
    assert isinstance(away.value, Overloaded)
    assert away.value.status == 503
    with pytest.raises(DatabaseAway), installation.store.read():
        pass
    with pytest.raises(DatabaseAway):
        installation.store.standing(b"a link")
    server.start()
    with pytest.raises(SessionUnknown):
        installation.store.standing(b"a link")
    installation.use(ada)
    with installation.store.read() as reader:
        assert reader.log.tree().size == 3
    installation.close()


def test_a_server_left_behind_by_a_killed_process_is_found_and_used(server: EmbeddedPostgres) -> None:
    successor = EmbeddedPostgres(server.folder)
    assert successor.start() == server.url()
    open_store(successor.url(), SystemRandomness()).close()


def test_a_postgres_that_does_not_sync_is_refused(server: EmbeddedPostgres) -> None:
    server.stop()
    with (server.data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write("fsync = off\n")
    server.start()
    with pytest.raises(SetupError, match="fsync off"):
        connect(server.url())


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "postgresql:///none?host=/nowhere"])
def test_a_database_that_is_not_there_is_away_and_not_broken(url: str) -> None:
    with pytest.raises(DatabaseAway):
        connect(url)


def test_what_is_no_address_is_said_to_be_none(postgres: TestServer) -> None:
    del postgres
    with pytest.raises(SetupError, match="no address"):
        connect("mysql://somewhere/else")


def test_a_server_of_our_own_runs_for_an_ordinary_user_in_a_folder_that_is_theirs_alone() -> None:
    root = os.geteuid() == 0
    if root and shutil.which("setpriv") is None:
        pytest.skip("to become an ordinary user, root needs the command setpriv (package util-linux)")
    ordinary = pwd.getpwnam("nobody").pw_uid if root else os.geteuid()
    become = ["setpriv", f"--reuid={ordinary}", f"--regid={ordinary}", "--clear-groups"] if root else []
    code = """
import sys
from pathlib import Path
from handfast.base.randomness import SystemRandomness
from handfast.storage.engines.embedded import EmbeddedPostgres
from handfast.storage.store import open_store
server = EmbeddedPostgres(Path(sys.argv[1]) / "data" / "postgres")
store = open_store(server.start(), SystemRandomness())
print(store.identity)
store.close()
server.stop()
"""
    with tempfile.TemporaryDirectory(prefix="handfast-ordinary-") as folder:
        os.chown(folder, ordinary, -1)
        done = subprocess.run(
            [*become, sys.executable, "-B", "-c", code, folder],
            capture_output=True,
            text=True,
            cwd="/",
            env={"HOME": folder, "PATH": os.environ["PATH"]},
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("store_")
        assert (Path(folder) / "data" / "postgres").stat().st_uid == ordinary
