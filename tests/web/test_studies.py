"""A study at the desk and on the command line: listed, taken out once by two people, laid down for the lab."""

import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handfast.base.errors import RequestError
from handfast.cli.study import app
from handfast.lab.sets.statement import read_statement
from support.colleagues import Colleague, colleague
from support.interface import BOTH, Interface, Json
from support.scripted import PROGRAMME

FIELDS = ("name", "purpose", "who_sees", "retention_days", "another_way")


def a_study(handfast: Interface) -> tuple[str, str]:
    """A study of thirty days: its id, and its key."""
    ends_on = (handfast.desk.clock.now() + timedelta(days=30)).date().isoformat()
    asked = {name: getattr(PROGRAMME, name) for name in FIELDS} | {"name": "Study A", "study_ends_on": ends_on}
    made = handfast.ok("POST", "/v1/programmes", asked, handfast.administrator)
    assert made["programme"]["study_ends_on"] == ends_on
    return made["programme"]["id"], made["api_key"]


def sat(handfast: Interface, key: str, reference: str, person: int) -> Json:
    return handfast.visit(person, key, kind="enrol", reference=reference).whole(BOTH)


def owners(handfast: Interface, study: str) -> tuple[Colleague, Colleague]:
    right = {"role": "owner", "programme": study}
    return colleague(handfast, [right]), colleague(handfast, [right], name="Ben")


def given(study: str, first: Colleague, second: Colleague) -> str:
    """What fetches an export, once."""
    asked = {"act": "export", "programme": study, "credential": second.answer("export")}
    approval = first.ok("POST", "/v1/desk/approvals", asked)["approval"]
    return str(first.ok("POST", f"/v1/programmes/{study}/study/export", {"approval": approval})["export"])


def command(origin: str, *words: str, **environment: str) -> Result:
    wide = {"COLUMNS": "200", **{f"HANDFAST_{name.upper()}": value for name, value in environment.items()}}
    return CliRunner().invoke(app, [*words, "--server", origin], env=wide)


def test_a_study_is_listed_and_laid_down_once_for_the_lab(handfast: Interface, tmp_path: Path) -> None:
    study, key = a_study(handfast)
    sat(handfast, key, "P-1", 1)
    listed = command(handfast.origin, "list", token=handfast.administrator)
    assert listed.exit_code == 0
    assert ("Study A" in listed.stdout, study in listed.stdout) == (True, True)
    secret = given(study, *owners(handfast, study))
    folder = tmp_path / "export"
    told = command(handfast.origin, "export", "--to", str(folder), export=secret)
    assert told.exit_code == 0, told.output
    statement = read_statement((folder / "statement.json").read_text("utf-8"), folder)
    pictures = list(folder.rglob("*.jpg"))
    assert statement.pictures == len(pictures) > 0
    assert all(path.read_bytes().startswith(b"\xff\xd8") for path in pictures)
    assert folder.stat().st_mode & 0o077 == 0
    assert handfast.call("GET", "/v1/study-export", token=secret).status == 401
    again = command(handfast.origin, "export", "--to", str(tmp_path / "again"), export=secret)
    assert "fetched already" in str(again.exception)
    assert not (tmp_path / "again").exists()
    there = command(handfast.origin, "export", "--to", str(folder), export="any")
    assert "there already" in str(there.exception)
    assert list(folder.rglob("*.jpg")) == pictures


def test_an_export_takes_the_owners_own_passkey_just_now(handfast: Interface) -> None:
    study, key = a_study(handfast)
    sat(handfast, key, "P-1", 1)
    ada, ben = owners(handfast, study)
    for _ in range(4):
        handfast.desk.clock.pass_time(90)
        ada.ok("POST", "/v1/desk/touch")
    asked = {"act": "export", "programme": study, "credential": ben.answer("export")}
    body = {"approval": ada.ok("POST", "/v1/desk/approvals", asked)["approval"]}
    path = f"/v1/programmes/{study}/study/export"
    assert ada.ask("POST", path, body).code == "step-up-needed"
    ada.ok("POST", "/v1/desk/step-up", {"credential": ada.answer("step-up")})
    assert ada.ok("POST", path, body)["people"] == 1  # the second person need not come again


def test_the_page_of_somebody_in_a_study_lists_their_pictures(handfast: Interface) -> None:
    _, key = a_study(handfast)
    told = sat(handfast, key, "P-1", 1)
    opened = handfast.ok("POST", "/v1/me/open", {"private_code": told["private_code"], "pin": "246810"})
    mine = handfast.ok("GET", "/v1/me", token=opened["token"])
    assert mine["held"] == []
    assert mine["study_ends_on"] is not None
    assert {(each["sitting"], each["modality"], each["hand"]) for each in mine["pictures"]} == {
        (1, "face", None),
        (1, "finger", "left"),
        (1, "finger", "right"),
    }
    assert all(each["number"] > 0 for each in mine["pictures"])
    whole = handfast.ok("GET", "/v1/me/download", token=opened["token"])
    assert whole["page"]["pictures"] == mine["pictures"]
    assert whole["receipt"]["records"][0]["pii_processing"]["purpose"] == "study"


@contextmanager
def serving(content: bytes) -> Iterator[str]:
    """Somebody else's server in the place of ours."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_values: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def archive(place: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        entry = tarfile.TarInfo(place)
        entry.size, entry.type, entry.linkname = 4 * (kind == tarfile.REGTYPE), kind, "/etc/passwd"
        tar.addfile(entry, io.BytesIO(b"text"))
    return held.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive("../outside.jpg"),
        archive("/tmp/outside.jpg"),  # noqa: S108
        archive("labels.csv", tarfile.SYMTYPE),
        archive("labels.csv"),  # no statement
        archive("labels.csv")[:700],
        b"no archive",
    ],
    ids=["above", "elsewhere", "a link", "no statement", "cut short", "junk"],
)
def test_nothing_is_kept_of_an_archive_that_is_not_whole_and_ours(content: bytes, tmp_path: Path) -> None:
    with serving(content) as origin:
        told = command(origin, "export", "--to", str(tmp_path / "in" / "export"), export="secret")
    assert isinstance(told.exception, RequestError)
    assert "nothing was kept" in str(told.exception)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
