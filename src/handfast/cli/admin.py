"""`handfast admin`: a way in for who has the server's own machine."""

from typing import Annotated

import typer

from handfast.base.clock import SystemClock
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.service.owner.admin import add_link
from handfast.storage.beside import access_beside
from handfast.storage.places import place_of
from handfast.web.certificates import phone_host, site_names

app = typer.Typer(no_args_is_help=True, help="A way in for who has the server's own machine.")


@app.callback()
def _group() -> None:
    """Keeps `link` a command of its own while it is the only one."""


@app.command()
def link(
    port: Annotated[int, typer.Option(help="The port that the server listens on.")] = 8443,
    name: Annotated[str | None, typer.Option(help="Host name that phones use; this machine's own by default.")] = None,
) -> None:
    """Print a fresh one-time administrator's link, good for an hour; the server may be running. Older links end."""
    with access_beside(place_of(Settings.from_environment())) as access:
        token = add_link(access, SystemClock().now(), SystemRandomness())
    typer.echo(f"https://{phone_host(site_names(name), named=name is not None)}:{port}/desk#{token}")
