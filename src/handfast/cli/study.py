"""`handfast study`: list studies, and fetch an export that two people agreed to."""

import http.client
import os
import re
import shutil
import tarfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from handfast.base.errors import RequestError
from handfast.cli.programme import Authority, Server, connection_to, post

app = typer.Typer(no_args_is_help=True, help="List studies, fetch an export.")
PLACE = re.compile(r"p[0-9a-f]{12}/[12]-\d{1,3}-(face|left|right)\.jpg|labels\.csv|statement\.json")
"""What an archive may hold, and nothing else."""

FACES = r"(?P<person>p[0-9a-f]+)/(?P<sitting>\d)-(?P<sample>\d+)-face\.jpg"
HANDS = r"(?P<person>p[0-9a-f]+)/(?P<sitting>\d)-(?P<sample>\d+)-(?P<hand>left|right)\.jpg"


@app.command("list")
def list_studies(server: Server = "https://localhost:8443", authority: Authority = None) -> None:
    """Studies, their last day, and how many people and pictures; the token is read from $HANDFAST_TOKEN."""
    table = Table()
    for heading in ("programme", "name", "last day", "people", "pictures"):
        table.add_column(heading)
    for each in post(server, "/v1/studies", None, authority):
        over = f" (destroyed on {each['ended_on']})" if each["ended_on"] else ""
        table.add_row(
            each["programme"], each["name"], f"{each['ends_on']}{over}", str(each["people"]), str(each["pictures"])
        )
    Console().print(table)


@app.command()
def export(
    to: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    server: Server = "https://localhost:8443",
    authority: Authority = None,
) -> None:
    """Fetch an export into a folder that the lab reads; what the desk showed is read from $HANDFAST_EXPORT."""
    from handfast.lab.sets.statement import read_statement

    if to.exists():
        raise RequestError(f"{to} is there already; name a new folder")
    to.mkdir(mode=0o700, parents=True)
    try:
        _fetch(to, server, authority)
        statement = read_statement((to / "statement.json").read_text("utf-8"), to)
    except (OSError, tarfile.TarError, http.client.HTTPException, RequestError) as error:
        shutil.rmtree(to)
        raise RequestError(f"nothing was kept of this export: {error}") from None
    typer.echo(f"{statement.pictures} pictures in {to}: {statement.who}")
    typer.echo(f"faces: handfast lab compare --modality face --kind portrait --images {to} --names '{FACES}' --out OUT")
    typer.echo(f"hands: handfast lab compare --modality finger --kind hand --images {to} --names '{HANDS}' --out OUT")
    typer.echo("Delete the folder with the study: nobody else can.")


def _fetch(to: Path, server: str, authority: Path | None) -> None:
    secret = os.environ.get("HANDFAST_EXPORT")
    if not secret:
        raise RequestError("set HANDFAST_EXPORT to what the desk showed")
    connection = connection_to(server, authority)
    try:
        connection.request("GET", "/v1/study-export", headers={"Authorization": f"Bearer {secret}"})
        with connection.getresponse() as response:
            if response.status != 200:
                raise RequestError("this export was fetched already, or its time is over; export again")
            with tarfile.open(fileobj=response, mode="r|") as archive:
                for entry in archive:
                    _keep(to, archive, entry)
    finally:
        connection.close()


def _keep(to: Path, archive: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
    content = archive.extractfile(entry) if entry.isreg() and PLACE.fullmatch(entry.name) else None
    if content is None:
        raise RequestError(f"{entry.name!r} does not belong in an export")
    path = to / entry.name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(content.read())
