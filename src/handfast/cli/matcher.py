"""`handfast matcher`: the process that alone holds the keys and compares; as another user, or as the server's child."""

import os
import pwd
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from handfast.base.clock import SystemClock
from handfast.base.errors import SetupError
from handfast.base.modality import Modality
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.decision.tables import load_tables
from handfast.face.compare import FaceComparer
from handfast.face.search import FaceSearcher
from handfast.face.template import FORMAT as FACE_FORMAT
from handfast.finger.codes.searcher import FingerSearcher
from handfast.finger.comparison.compare import warm_up
from handfast.finger.comparison.comparer import FingerComparer
from handfast.matcher.answers import Answers
from handfast.matcher.matching import Comparing, Matching
from handfast.matcher.server import Server, lock_down
from handfast.storage.keys.installed import installed_keys


def matcher(
    socket: Annotated[Path, typer.Option(help="Where to listen: a path in a folder that only the two users enter.")],
    server_user: Annotated[
        str | None, typer.Option("--for", help="The system user that the server runs as; this one by default.")
    ] = None,
    child: Annotated[bool, typer.Option("--child", hidden=True, help="End when standard input ends.")] = False,
) -> None:
    """Hold the keys, open references, compare, and answer with an outcome only. `handfast serve` starts its own."""
    lock_down()
    settings = Settings.from_environment()
    randomness, clock = SystemRandomness(), SystemClock()
    comparing = Comparing(
        {Modality.FACE: FaceComparer(), Modality.FINGER: FingerComparer()},
        load_tables(settings.keys_home / settings.tables_dir.name),
        {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()},
        frozenset({FACE_FORMAT}),
    )
    threading.Thread(target=warm_up, daemon=True).start()  # so that the first person does not wait, nor the server

    def opened(store_id: str, used: bool) -> Answers:
        keys = installed_keys(settings, store_id, randomness, used=used)
        return Answers(keys, Matching(keys, comparing, clock, randomness))

    server = Server(socket, _user(server_user), opened)
    signal.signal(signal.SIGTERM, lambda *_: server.close())
    if child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C at a terminal reaches us too; the server ends us
        threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    server.serve()


def _user(name: str | None) -> int:
    if name is None:
        return os.getuid()
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError as error:
        raise SetupError(f"there is no user {name} on this machine") from error


def _end_with_input(server: Server) -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: it returns when the other side has ended
    server.close()
