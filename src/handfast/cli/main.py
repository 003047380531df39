"""The `handfast` command: one file a command group, one line each here."""

import typer

from handfast.cli import models

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Identity verification by face and fingerprints.")
app.add_typer(models.app, name="models")
