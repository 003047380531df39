"""`handfast lab state`, `presentations`, `chimeric`: a set's signed statement, rates of attacks, a check of sums."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from handfast.cli.lab_gate import KeyFile, opened_key
from handfast.decision.tables import load_tables


def state(
    images: Annotated[Path, typer.Argument(help="Folder of the set.")],
    who: Annotated[str, typer.Option(help="Who answers for it.")],
    source: Annotated[str, typer.Option(help="Where the pictures come from, and under what terms.")],
    key: KeyFile,
    to: Annotated[Path | None, typer.Option(help="The file to write; statement.json in the folder by default.")] = None,
) -> None:
    """Sign that everybody on a set's pictures agreed to this, and where they come from."""
    from handfast.base.picture_set import CONSENT
    from handfast.lab.sets.statement import state as signed

    file = to or images / "statement.json"
    file.write_text(signed(images, who, source, opened_key(key)), "utf-8")
    typer.echo(f"{CONSENT}\nSigned by {who}: {file}")


def presentations(
    file: Annotated[Path, typer.Argument(help="CSV with the columns kind, detected (yes, no) and outcome.")],
) -> None:
    """APCER, BPCER and IAPAR by kind of attack, with exact intervals."""
    from handfast.lab.attacks import read_attacks, worst

    found = read_attacks(file)
    table = RichTable(pad_edge=False)
    for heading in ("kind", "rate", "errors of", "%", "95 % exact", "rests on"):
        table.add_column(heading, justify="left" if heading in ("kind", "rate", "rests on") else "right")
    for rate in found:
        low, high = rate.interval
        counts = f"{rate.errors:,} of {rate.trials:,}"
        table.add_row(
            rate.kind,
            rate.measure,
            counts,
            f"{100 * rate.rate:.2f}",
            f"{100 * low:.2f} .. {100 * high:.2f}",
            rate.words,
        )
    (Console() if sys.stdout.isatty() else Console(width=150)).print(table)
    for measure in ("APCER", "IAPAR"):
        if (one := worst(found, measure)) is not None:
            typer.echo(f"Worst {measure}: {one.kind}, {100 * one.rate:.2f} %.")


def chimeric(
    first: Annotated[Path, typer.Argument(help="OUT of a run of faces.")],
    second: Annotated[Path, typer.Argument(help="OUT of a run of fingers of other people.")],
) -> None:
    """Put faces and fingers of different people together and see that their sums add up the right way round."""
    from handfast.lab.chimeric import chimeric as put_together
    from handfast.lab.ratios import ratios_of
    from handfast.lab.runs import read_run

    runs = [read_run(folder, load_tables()) for folder in (first, second)]
    typer.echo(put_together(*(ratios_of(run, run.rows, load_tables()) for run in runs)).words)
