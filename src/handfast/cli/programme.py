"""`handfast programme`: assess a programme, sign for a gate, take it out of trial, close it."""

import http.client
import json
import os
import ssl
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from handfast.base.errors import RequestError
from handfast.base.settings import Settings
from handfast.cli.lab_gate import KeyFile, opened_key, show
from handfast.decision.gate import STATEMENT, open_gate, public_of, sign_as_owner

Server = Annotated[str, typer.Option(help="The server that runs.")]
Authority = Annotated[Path | None, typer.Option(help="Certificate to trust; the server's own authority by default.")]
app = typer.Typer(no_args_is_help=True, help="Assess a programme, take it out of trial, close it.")


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="A gate that `lab gate` wrote.")],
    name: Annotated[str, typer.Option(help="Who answers for the programme; it stays on its public page.")],
    key: KeyFile,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked.")] = False,
) -> None:
    """Sign as the owner that a gate without evidence is to be used all the same."""
    content = file.read_text("utf-8")
    show(open_gate(content))
    typer.echo(f"\n{STATEMENT}\n")
    if not yes and not typer.confirm(f"Sign this as {name}?"):
        raise typer.Exit(1)
    signing = opened_key(key)
    file.write_text(sign_as_owner(content, name, signing), "utf-8")
    typer.echo(f"signed by {name}: {public_of(signing)}")


@app.command("go-live")
def go_live(
    file: Annotated[Path, typer.Argument(help="A gate that `lab gate` wrote.")],
    lab_key: Annotated[str, typer.Option(help="Public key of who measured, as `lab key` prints it.")],
    owner_key: Annotated[str | None, typer.Option(help="Public key of the owner, where the gate needs it.")] = None,
    server: Annotated[str, typer.Option(help="The server that runs.")] = "https://localhost:8443",
    authority: Annotated[
        Path | None, typer.Option(help="Certificate to trust; the server's own authority by default.")
    ] = None,
) -> None:
    """Give a gate to the server; the administrator's token is read from $HANDFAST_TOKEN."""
    content = file.read_text("utf-8")
    programme = open_gate(content).body["programme"]
    body = {"file": content, "lab_key": lab_key, "owner_key": owner_key}
    told = post(server, f"/v1/programmes/{programme}/go-live", body, authority)
    evidence = "" if told["evidence"] else f", without evidence: {told['owner']} signed for it"
    typer.echo(f"{programme} is live since {told['day']}: measured on {told['people']} people{evidence}")


@app.command()
def dpia(
    programme: Annotated[str, typer.Argument(help="The programme's id.")],
    sign: Annotated[str | None, typer.Option(help="Sign it as this person, who answers for the programme.")] = None,
    server: Server = "https://localhost:8443",
    authority: Authority = None,
) -> None:
    """Print the data protection impact assessment of a programme as it is configured, or sign it."""
    path = f"/v1/programmes/{programme}/dpia"
    told = post(server, path, None, authority)
    if sign is None:
        typer.echo(told["text"])
        typer.echo(f"sha256 {told['sha256']}; signed by {told['signed_by'] or 'nobody yet'}")
        return
    typer.echo(json.dumps(post(server, path, {"sha256": told["sha256"], "name": sign}, authority), indent=1))


@app.command()
def close(
    programme: Annotated[str, typer.Argument(help="The programme's id.")],
    name: Annotated[str, typer.Option(help="The programme's name, typed: this cannot be undone.")],
    server: Server = "https://localhost:8443",
    authority: Authority = None,
) -> None:
    """Withdraw everyone in it, destroy its key, and print the signed count."""
    typer.echo(json.dumps(post(server, f"/v1/programmes/{programme}/close", {"name": name}, authority), indent=1))


def post(server: str, path: str, body: dict[str, Any] | None, authority: Path | None) -> Any:
    """What the server answers; None as the body reads instead. RequestError with what went wrong."""
    token = os.environ.get("HANDFAST_TOKEN")
    if not token:
        raise RequestError("set HANDFAST_TOKEN to an administrator's token")
    connection = connection_to(server, authority)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        sent = None if body is None else json.dumps(body)
        connection.request("GET" if sent is None else "POST", path, sent, headers)
        response = connection.getresponse()
        told = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise RequestError(f"{server}: {error}") from None
    finally:
        connection.close()
    if response.status >= 400:
        raise RequestError(f"{told.get('code')}: {told.get('detail')}")
    return told


def connection_to(server: str, authority: Path | None) -> http.client.HTTPConnection:
    """A connection to a server of ours: plain on this machine only, else by the authority that is trusted."""
    url = urlsplit(server)
    if url.scheme == "http" and url.hostname in ("localhost", "127.0.0.1"):
        return http.client.HTTPConnection(url.hostname, url.port)
    own = authority or Settings.from_environment().data_dir / "tls" / "authority.pem"
    trusted = ssl.create_default_context(cafile=str(own) if own.is_file() else None)
    return http.client.HTTPSConnection(url.hostname or "", url.port or 443, timeout=30, context=trusted)
