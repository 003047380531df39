"""`handfast serve`: the application over HTTPS, with a QR code to open it on a phone."""

import os
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.panel import Panel

from handfast.base.clock import SystemClock
from handfast.base.errors import SetupError
from handfast.base.settings import Settings
from handfast.cli.demo_programme import ensure_demo_programme
from handfast.cli.hardening import harden
from handfast.jobs.chores import Chores
from handfast.jobs.cluster.nodes import serving_shards
from handfast.matcher.child import child_matcher
from handfast.service.owner import admin
from handfast.service.start import start, stop
from handfast.storage.places import EMBEDDED, database_running
from handfast.web.app import create_app
from handfast.web.certificates import Certificates, SiteNames, phone_host, site_certificates, site_names
from handfast.web.qr import qr_terminal
from handfast.web.server import GUARDED
from handfast.web.trust import fingerprint, trust_app

console = Console(highlight=False)


def serve(
    port: Annotated[int, typer.Option(help="Port for HTTPS.")] = 8443,
    trust_port: Annotated[int, typer.Option(help="Port of the plain page that hands over the certificate.")] = 8480,
    name: Annotated[str | None, typer.Option(help="Host name that phones use; this machine's own by default.")] = None,
    cert: Annotated[Path | None, typer.Option(help="Your own certificate chain (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    bind: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104 -- phones reach it over the LAN
    database: Annotated[
        str | None, typer.Option(help='URL of a Postgres database, or "embedded"; SQLite by default.')
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Start with a demo programme, in a data folder of its own.")
    ] = False,
    separate: Annotated[
        bool, typer.Option("--separate/--together", help="Hold the keys and compare in a process of its own.")
    ] = False,
) -> None:
    """Serve the application over HTTPS on this machine and the local network."""
    harden()
    settings = Settings.from_environment()
    if database is not None:
        settings = replace(settings, database=database)
    if demo:
        settings = demo_settings(settings)
    if (cert is None) != (key is None):
        raise SetupError("Give --cert and --key together.")
    names = site_names(name)
    certificates = (
        Certificates(cert, key, None)
        if cert is not None and key is not None
        else site_certificates(settings.data_dir / "tls", names, SystemClock().now())
    )
    host = phone_host(names, named=name is not None)
    public_url = f"https://{host}:{port}"
    with ExitStack() as ending:
        with console.status("Opening the stores and loading the models"):
            if separate and settings.matcher is None:
                settings = replace(settings, matcher=ending.enter_context(child_matcher(settings)).socket)
            ending.enter_context(database_running(settings))
            context = start(settings, make_shards=serving_shards(settings.data_dir))
        ending.callback(stop, context)
        if demo:
            ensure_demo_programme(context)
        app = create_app(
            context,
            browser_models=settings.models_dir / "browser",
            public_url=public_url,
            https_only=certificates.authority is None,  # our own authority's page is plain HTTP on the same host
            beside=Chores(context),
        )
        token = admin.first_link_token(context)
        console.print(_welcome(public_url, f"http://{host}:{trust_port}/start", names, port, certificates, token))
        if certificates.authority is not None:
            _serve_trust_page(certificates.authority, public_url, bind, trust_port)
        uvicorn.run(
            app,
            host=bind,
            port=port,
            ssl_certfile=str(certificates.certificate),
            ssl_keyfile=str(certificates.key),
            **GUARDED,
        )


def demo_settings(settings: Settings) -> Settings:
    """The same models, with data and root key in folders of their own. SetupError for a real database."""
    if settings.database not in ("", EMBEDDED):
        raise SetupError("The demo keeps its records on this machine: leave --database out, or say embedded.")
    return replace(
        settings,
        data_dir=settings.data_dir.with_name(settings.data_dir.name + "-demo"),
        root_key=settings.root_key.with_name("demo-" + settings.root_key.name),
    )


def _serve_trust_page(authority: Path, public_url: str, bind: str, port: int) -> None:
    config = uvicorn.Config(trust_app(authority, public_url), host=bind, port=port, **GUARDED)
    threading.Thread(target=uvicorn.Server(config).run, name="trust-page", daemon=True).start()


def _welcome(
    public_url: str, plain: str, names: SiteNames, port: int, certificates: Certificates, token: str | None
) -> Panel:
    origins = [f"https://{host}:{port}" for host in (*names.hosts, *map(str, names.addresses))]
    lines = [f"Handfast is serving at [bold]{public_url}[/]"]
    lines += [f"also at {origin}" for origin in origins if origin != public_url]
    if token is not None:
        lines += ["", "The first administrator opens, once:", f"[bold]{public_url}/desk#{token}[/]"]
    if certificates.authority is not None:
        digest = fingerprint(certificates.authority)
        lines += ["", f"A phone that warns about this server: open [bold]{plain}[/]"]
        lines += [f"and compare the fingerprint {digest[:29]} ...", "", qr_terminal(plain)]
    else:
        lines += ["", qr_terminal(public_url)]
    lines += [f"Stop with Ctrl+C. (process {os.getpid()})"]
    return Panel("\n".join(lines), title="Handfast", border_style="green", expand=False)
