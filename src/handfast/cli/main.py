"""The `handfast` command: one file a command group, one line each here."""

import sys

import typer
from rich.console import Console

from handfast.base.errors import HandfastError
from handfast.cli import audit, demo, doctor, lab, models, serve, synth

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Identity verification by face and fingerprints.")
app.add_typer(audit.app, name="audit")
app.add_typer(models.app, name="models")
app.add_typer(lab.app, name="lab")
app.command()(serve.serve)
app.command()(demo.demo)
app.command()(doctor.doctor)
app.command()(synth.synth)


def main() -> None:
    """Run the command line; a known error is one clear line and exit status 1."""
    try:
        app()
    except HandfastError as error:
        Console(stderr=True, highlight=False).print(f"[bold]{error.code}[/]: {error}", soft_wrap=True)
        sys.exit(1)
