"""All kinds of attack from all sources; every trial is a line of a file, so that a run can be taken up again."""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from handfast.capture.eyes import Eyes
from handfast.capture.sight import LiveEyes
from handfast.face.engine import FaceEngine
from handfast.finger.engine import FingerEngine
from handfast.finger.hand.open_hand import HandObserver
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.attack.kinds import FROM_A_RECORDING, Attacker, Kind
from handfast.lab.attack.play import FPS, Player
from handfast.lab.attack.recording import recorded
from handfast.lab.attack.sources import Source, actors_of
from handfast.models.store import ModelStore

Row = dict[str, Any]
SHEET = (6, 4)  # frames across and down in the picture of a failure


class Drawn:
    """What a trial's challenge is drawn from: the same for the same seed, so that a run can be made again."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def bytes(self, count: int) -> bytes:
        """count bytes."""
        return self._generator.bytes(count)

    def below(self, limit: int) -> int:
        """A uniform integer in [0, limit)."""
        return int(self._generator.integers(limit))


def run(
    sources: tuple[Source, ...],
    kinds: Sequence[Kind],
    seeds: Sequence[int],
    models: ModelStore,
    out: Path,
    tell: Callable[[Row], None] | None = None,
    fps: float = FPS,
) -> list[Row]:
    """Every trial that OUT/trials.jsonl does not hold yet; all rows. Pictures of what went wrong go to OUT/failures."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / "trials.jsonl"
    done = {(row["kind"], row["source"], row["seed"]) for row in rows_of(file)}
    eyes = LiveEyes(FaceEngine(models), FingerEngine(models), HandObserver(models))
    actors = list(actors_of(sources, models))
    for seed, (source, actor) in product(seeds, actors):
        for kind in kinds:
            if (kind.value, source.number, seed) in done:
                continue
            row = _trial(eyes, source, actor, kind, seed, out, fps)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row) + "\n")
            if tell:
                tell(row)
    return list(rows_of(file))


def rows_of(file: Path) -> Iterator[Row]:
    """The trials of a file; none where there is no file."""
    if file.is_file():
        yield from (json.loads(line) for line in file.read_text("utf-8").splitlines())


def _trial(eyes: Eyes, source: Source, actor: Actor, kind: Kind, seed: int, out: Path, fps: float) -> Row:
    player = Player(eyes, Drawn(zlib.crc32(f"{kind.value} {source.number} {seed}".encode())), fps)
    earlier = player.challenge()
    tape = recorded(actor, earlier.tasks if kind in FROM_A_RECORDING else (), fps)
    attacker = Attacker(kind, actor, tape, seed=1000 * source.number + seed)
    if kind is Kind.STREAM:  # the session that was caught took place here
        player.play(replace(attacker, kind=Kind.BONA_FIDE), earlier)
        attacker = replace(attacker, stream=tuple(player.sent))
    trial = player.play(attacker)
    row = {"kind": kind.value, "source": source.number, "seed": seed, **asdict(trial)}
    if trial.followed is not (kind is Kind.BONA_FIDE):
        row["picture"] = _kept(player.sent, out / "failures" / f"{kind}-{source.number}-{seed}.jpg").name
    return row


def _kept(sent: list[bytes], path: Path) -> Path:
    """One picture of the frames that were sent, evenly over the attempt."""
    across, down = SHEET
    chosen = [sent[n] for n in np.linspace(0, len(sent) - 1, across * down).astype(int)]
    small = [cv2.resize(decode(body).pixels[:, :, ::-1], (150, 200)) for body in chosen]
    rows = [np.hstack(small[row * across : (row + 1) * across]) for row in range(down)]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(rows))
    return path
