"""`handfast lab cues`: what passive cues tell of recorded attempts, kind by kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from handfast.base.settings import Settings

if TYPE_CHECKING:
    from handfast.lab.cues.table import Worth

WIDE = 160  # characters


def cues(
    folder: Annotated[Path, typer.Argument(help="KIND/PERSON-ATTEMPT/MILLISECONDS.jpg; kinds bona-fide* are people.")],
    fit: Annotated[int, typer.Option(help="Thresholds and weights are from the first so many people.")] = 6,
    without: Annotated[str, typer.Option(help="Cues to leave out, apart by commas.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Measure anew what FOLDER/cues.csv holds.")] = False,
    models_dir: Annotated[Path | None, typer.Option("--models-dir", help="Models folder; $HANDFAST_MODELS.")] = None,
) -> None:
    """Passive cues of recorded attempts: how well each tells an attack, and all together. No answer rests on them."""
    from handfast.face.observe import FaceObserver
    from handfast.lab.attack.tables import NOTE
    from handfast.lab.cues.measure import CUES, SIMULATED, measured, read, write
    from handfast.lab.cues.table import worth
    from handfast.models.store import ModelStore

    kept = folder / "cues.csv"
    if again or not kept.is_file():
        observer = FaceObserver(ModelStore(models_dir or Settings.from_environment().models_dir))
        write(list(measured(folder, observer)), kept)
    attempts = read(kept)
    people = sorted({attempt.person for attempt in attempts})
    names = [name for name in CUES if name not in without.split(",")]
    found = worth(attempts, frozenset(people[:fit]), names)
    console = Console(width=WIDE)
    console.print(
        f"Thresholds and weights from {min(fit, len(people))} people, counted on the other {len(people[fit:])}."
    )
    console.print(_called(found))
    console.print(_areas(found))
    if (folder / SIMULATED).is_file():
        console.print(NOTE)


def _called(found: Sequence["Worth"]) -> RichTable:
    from handfast.lab.cues.table import ALL, TOGETHER
    from handfast.lab.rates.intervals import clopper_pearson

    names = list(dict.fromkeys(each.cue for each in found))
    table = RichTable("kind", "of", *names, "95 % exact", title="Called an attack, of those attempts", pad_edge=False)
    for kind in dict.fromkeys(each.kind for each in found):
        row = {each.cue: each for each in found if each.kind == kind}
        last = row[TOGETHER]
        low, high = clopper_pearson(last.called, last.trials)
        counts = (str(row[name].called) for name in names)
        table.add_row(
            kind, str(last.trials), *counts, f"{100 * low:.0f} .. {100 * high:.0f} %", end_section=kind == ALL
        )
    return table


def _areas(found: Sequence["Worth"]) -> RichTable:
    names = list(dict.fromkeys(each.cue for each in found))
    table = RichTable("kind", *names, title="Area under the curve against all people as they are", pad_edge=False)
    for kind in dict.fromkeys(each.kind for each in found if each.auc is not None):
        areas = {each.cue: each.auc for each in found if each.kind == kind}
        table.add_row(kind, *(f"{areas[name]:.2f}" for name in names))
    return table
