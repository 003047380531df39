"""`handfast doctor`: what is installed, what is missing, how fast this machine is."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from handfast.base.errors import HandfastError
from handfast.base.image import Image
from handfast.base.settings import Settings
from handfast.face.align import SIZE
from handfast.face.net import sface
from handfast.finger.ridges.leader.trunk import LeaderTrunk
from handfast.models.half import available as computes_in_half
from handfast.models.manifest import load_manifest
from handfast.models.store import ModelStore
from handfast.storage.engines.sqlite import library_version

console = Console(highlight=False)
REPEATS = 7
FACES = 320, 256
FINGERTIP = 448, 320
LITE_NETWORKS = (
    ("palm", 192, True),
    ("hand-landmark", 224, True),
    ("hand-landmark", 224, False),
    ("face-mesh", 192, False),
)
"""Name, side of the picture, and whether in float16 where the processor computes in it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `remedy` says what to do when it is not well."""

    what: str
    value: str
    well: bool
    remedy: str = ""


def doctor() -> None:
    """Look at this installation and time its models. Ends with 1 if something that is needed is missing."""
    settings = Settings.from_environment()
    findings = [*_machine(), *_places(settings), *_models(settings)]
    table = Table(show_header=False, box=None, padding=(0, 2))
    for finding in findings:
        mark = "[green]well[/]" if finding.well else "[yellow]look[/]"
        table.add_row(mark, finding.what, finding.value + (f"\n{finding.remedy}" if not finding.well else ""))
    console.print(table)
    if all(finding.well for finding in findings):
        with console.status("timing the models"):
            console.print(_speeds(ModelStore(settings.models_dir)))
    else:
        raise typer.Exit(1)


def _machine() -> list[Finding]:
    sqlite = library_version()
    cores = len(os.sched_getaffinity(0))
    flags = _processor_flags()
    fast = [
        flag
        for flag in ("avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16", "avx512_vpopcntdq")
        if flag in flags
    ]
    return [
        Finding("Python", platform.python_version(), sys.version_info[:2] == (3, 11), "Python 3.11 is needed."),
        Finding("SQLite", ".".join(map(str, sqlite)), sqlite >= (3, 37), "3.37 or newer is needed."),
        Finding("cores", str(cores), cores >= 2, "A check takes twice as long on one core."),
        Finding("processor", f"{platform.machine()} {' '.join(fast)}".strip(), well=True),
    ]


def _processor_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return set()
    return {flag for line in text.splitlines() if line.startswith("flags") for flag in line.split(":", 1)[1].split()}


def _places(settings: Settings) -> list[Finding]:
    parent = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(parent).free / 1e9
    inside = settings.root_key.is_relative_to(settings.data_dir)
    return [
        Finding("data", str(settings.data_dir), os.access(parent, os.W_OK), f"{parent} cannot be written to."),
        Finding("free disk", f"{free:.1f} GB", free > 1.0, "At least 1 GB is needed."),
        Finding("root key", str(settings.root_key), not inside, "Keep it outside the data folder: HANDFAST_ROOT_KEY."),
        _matcher(settings),
    ]


def _matcher(settings: Settings) -> Finding:
    """Who holds the keys while the server runs: a process of another user, of this one, or the server."""
    if settings.matcher is None:
        return Finding("matcher", "in the server's process, or its child: serve --separate", well=True)
    try:
        owner = settings.matcher.stat().st_uid
    except OSError:
        missing = "Start `handfast matcher`, or unset HANDFAST_MATCHER."
        return Finding("matcher", f"{settings.matcher} is not there", well=False, remedy=missing)
    whose = "this user" if owner == os.getuid() else f"user {owner}"
    return Finding("matcher", f"a process of {whose} at {settings.matcher}", well=True)


def _models(settings: Settings) -> list[Finding]:
    store, manifest = ModelStore(settings.models_dir), load_manifest()
    findings = []
    for file in manifest.files.values():
        if not file.training:  # not a model
            continue
        try:
            store.read(file.id)
        except HandfastError as error:
            findings.append(Finding(file.id, error.code, well=False, remedy="Run `handfast models install`."))
        else:
            findings.append(Finding(file.id, f"{file.package.name} {file.package.version}", well=True))
    return findings


def _speeds(store: ModelStore) -> Table:
    """Median milliseconds of each model on one thread."""
    table = Table("model", "ms", "on", title="Speed, one thread, median")
    random = np.random.default_rng(0)
    batch = random.uniform(0, 255, (1, 3, *FACES)).astype(np.float32)
    table.add_row("yunet", f"{_median_ms(partial(store.onnx('yunet'), input=batch)):.1f}", "320 x 256 pixels")
    face = Image(random.integers(0, 256, (SIZE, SIZE, 3), np.uint8))
    table.add_row("sface", f"{_median_ms(partial(sface(store), face)):.1f}", "an aligned face")
    tip = random.uniform(0, 255, FINGERTIP).astype(np.float32)
    trunk = LeaderTrunk(store)
    with trunk.workspace() as space:
        table.add_row("leader", f"{_median_ms(partial(trunk, tip, space)):.1f}", "a fingertip, 448 x 320 pixels")
    for name, side, half in LITE_NETWORKS:
        lite = store.litert(name, half=half)
        blank = np.zeros((1, side, side, 3), np.float32)
        how = ", float16" if half and computes_in_half() else ""
        table.add_row(name, f"{_median_ms(partial(lite, blank)):.1f}", f"{side} x {side} pixels{how}")
    return table


def _median_ms(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e3)
    return float(np.median(times))
