"""The `handfast` command: one file a command or group of commands, and only the one that is asked for is loaded."""

import sys
from importlib import import_module

import typer
from rich.console import Console

from handfast.base.errors import HandfastError

COMMANDS = (
    "serve",
    "matcher",
    "demo",
    "doctor",
    "synth",
    "move",
    "backup",
    "restore",
    "explain",
    "witness",
    "duplicates",
)
GROUPS = ("cluster", "admin", "models", "audit", "keys", "lab", "programme", "study")


def main() -> None:
    """Run the command line; a known error is one clear line and exit status 1."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        command_line(asked)()
    except HandfastError as error:
        Console(stderr=True, highlight=False).print(f"[bold]{error.code}[/]: {error}", soft_wrap=True)
        sys.exit(1)


def command_line(asked: str) -> typer.Typer:
    """The command line with the command that is asked for, or with all of them where it is none of ours."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_about)
    for name in (*COMMANDS, *GROUPS):
        if asked not in (*COMMANDS, *GROUPS) or asked == name:
            module = import_module(f"handfast.cli.{name}")
            if name in COMMANDS:
                app.command(name)(getattr(module, name))
            else:
                app.add_typer(module.app, name=name)
    return app


def _about() -> None:
    """Identity verification by face and fingerprints, for people who enrolled themselves and agreed."""
