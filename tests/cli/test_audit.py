"""`handfast audit`, as somebody outside would use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handfast.base.errors import HandfastError, LogBroken
from handfast.cli.audit import app
from support.keeping import Keeping, keeping


class Site:
    """A data folder with some history, and what a person took away from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.receipt = folder / "receipt.json"
        with keeping(folder / "data") as installation:
            ada = installation.enrol(installation.add_programme(), "file 1")
            self.key = installation.log.verifier_key
            receipt = {"log": {"checkpoint": ada.logged.checkpoint, "log_key": self.key}}
            self.receipt.write_text(json.dumps(receipt), encoding="utf-8")
            installation.use(ada)

    def run(self, *words: str) -> Result:
        environment = {"HANDFAST_DATA": str(self.folder / "data")}
        return CliRunner().invoke(app, list(words), env=environment)

    def open(self) -> Keeping:
        return Keeping(self.folder / "data")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def broken(result: Result) -> str:
    assert isinstance(result.exception, LogBroken)
    return str(result.exception)


def test_an_honest_log_is_verified_against_a_receipt(site: Site) -> None:
    result = site.run("verify", "--anchor", str(site.receipt))
    assert result.exit_code == 0
    assert "3 leaves" in result.stdout
    assert "continues the anchor at 2 leaves" in result.stdout
    assert "taken from the log itself" not in result.stdout


def test_without_an_anchor_it_says_what_it_cannot_know(site: Site) -> None:
    result = site.run("verify")
    assert result.exit_code == 0
    assert "replaced as a whole" in result.stdout
    assert "taken from the log itself" in result.stdout


def test_a_copy_taken_away_is_verified_without_the_server(site: Site) -> None:
    copy = site.folder / "copy"
    assert site.run("export", str(copy)).exit_code == 0
    (site.folder / "data" / "handfast.db").unlink()
    assert site.run("verify", "--copy", str(copy), "--anchor", str(site.receipt), "--key", site.key).exit_code == 0


def test_a_copy_is_never_overwritten(site: Site) -> None:
    copy = site.folder / "copy"
    site.run("export", str(copy))
    assert isinstance(site.run("export", str(copy)).exception, FileExistsError)


def test_a_log_that_lost_what_a_receipt_saw_is_refused(site: Site) -> None:
    other = Site(site.folder / "other")
    assert "no good signature" in broken(other.run("verify", "--anchor", str(site.receipt)))


def test_anchors_of_two_logs_are_refused(site: Site) -> None:
    other = Site(site.folder / "other")
    result = site.run("verify", "--anchor", str(site.receipt), "--anchor", str(other.receipt))
    assert "different keys" in broken(result)


def test_a_bare_checkpoint_is_an_anchor_too(site: Site) -> None:
    installation = site.open()
    with installation.store.read() as reader:
        note = reader.log.tree().note
    installation.close()
    (site.folder / "note").write_text(note, encoding="utf-8")
    assert "at 3 leaves" in site.run("verify", "--anchor", str(site.folder / "note")).stdout


@pytest.mark.parametrize("content", [b"{}", b"{", b"\xff\xfe", b"nothing"])
def test_a_file_without_a_checkpoint_is_no_anchor(site: Site, content: bytes) -> None:
    (site.folder / "bad").write_bytes(content)
    assert broken(site.run("verify", "--anchor", str(site.folder / "bad")))


def test_an_empty_installation_is_not_called_verified(tmp_path: Path) -> None:
    with keeping(tmp_path / "data"):
        pass
    result = CliRunner().invoke(app, ["verify"], env={"HANDFAST_DATA": str(tmp_path / "data")})
    assert "no leaves" in broken(result)


def test_no_installation_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["verify"], env={"HANDFAST_DATA": str(tmp_path / "none")})
    assert isinstance(result.exception, HandfastError)
