"""`handfast lab gate`, `handfast lab key`: put a policy to a site's own data, and sign what they say."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from rich.console import Console
from rich.table import Table as RichTable

from handfast.base.errors import RequestError
from handfast.base.settings import Settings
from handfast.decision.gate import Gate, open_gate, public_of, sign_gate
from handfast.decision.policy_data import policy_from
from handfast.decision.tables import load_tables

KeyFile = Annotated[Path, typer.Option(help="Ed25519 key (PEM); made by `lab key` or here where there is none.")]


def gate(
    out: Annotated[list[Path], typer.Argument(help="OUT of one run for each modality, of the same people.")],
    policy: Annotated[Path, typer.Option(help="The programme's policy: `fields` of GET /v1/programmes/ID/policy.")],
    programme: Annotated[str, typer.Option(help="Id of the programme that is to go live.")],
    key: KeyFile,
    to: Annotated[Path, typer.Option(help="The signed file to write.")],
    groups: Annotated[Path | None, typer.Option(help="CSV with a column person and one for each way to group.")] = None,
    tables: Annotated[
        Path | None, typer.Option(help="Folder of the site's own tables; that of the server by default.")
    ] = None,
) -> None:
    """Ask a study's runs whether they contradict the policy or its tables; write the answer, signed."""
    from handfast.lab.gate.file import gate_body
    from handfast.lab.gate.groups import read_groups, read_salt
    from handfast.lab.report.differing import people_of
    from handfast.lab.runs import read_run

    own = load_tables(tables or Settings.from_environment().data_dir / "calibrations")
    runs = [read_run(folder, own) for folder in out]
    people = tuple(sorted({name for run in runs for name in people_of(run)}))
    asked = policy_from(json.loads(policy.read_text("utf-8")))
    told = read_groups(groups, people, read_salt(out[0])) if groups else None
    body = gate_body(programme, asked, runs, own, people, told, datetime.now(UTC).date())
    to.write_text(sign_gate(body, opened_key(key)), "utf-8")
    show(open_gate(to.read_text("utf-8")))


def key(file: Annotated[Path, typer.Argument(help="The key's file (PEM); made where there is none.")]) -> None:
    """Print the public key of a signing key, for those who are to trust it."""
    typer.echo(public_of(opened_key(file)))


def opened_key(file: Path) -> Ed25519PrivateKey:
    """The key of a file; a new one, readable by its owner alone, where there is none. RequestError if it is none."""
    if not file.exists():
        fresh = Ed25519PrivateKey.generate()
        file.touch(0o600)
        file.write_bytes(fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        found = load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise RequestError(f"{file}: {error}") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise RequestError(f"{file} holds another kind of key than Ed25519")
    return found


def show(opened: Gate) -> None:
    """Every check in a line, and what all came to."""
    table = RichTable(title=f"Gate of {opened.body['programme']}", title_justify="left", pad_edge=False)
    for heading in ("question", "found", "errors", "trials", "people", "rate", "at least (95 %)", "limit"):
        table.add_column(heading, justify="left" if heading in ("question", "found") else "right")
    for check in opened.body["checks"]:
        table.add_row(*_cells(check))
    Console(width=None if Console().is_terminal else 150).print(table)
    print(f"{opened.finding.upper()}. Signed by {opened.lab}" + (f" and {opened.owner[0]}" if opened.owner else ""))


def _cells(check: dict[str, Any]) -> list[str]:
    rate = "" if check["rate"] is None else f"{check['rate']:.2g}"
    numbers = [f"{check[name]:,}" for name in ("errors", "trials", "people")]
    why = f" ({check['why']})" if check["why"] else ""
    return [check["name"], check["finding"] + why, *numbers, rate, f"{check['low']:.2g}", f"{check['limit']:.2g}"]
