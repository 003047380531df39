"""`handfast admin`, beside a service that runs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handfast.base.errors import NotAuthorised, SetupError
from handfast.cli.admin import app
from handfast.service.desk.actors import authenticate
from handfast.service.owner import admin
from handfast.service.start import stop
from support.scripted import Desk
from support.service import FixedClock


def printed(data: Path) -> str:
    """The token of the link that the command prints."""
    result = CliRunner().invoke(app, ["link", "--name", "clinic.local"], env={"HANDFAST_DATA": str(data)})
    if result.exception:
        raise result.exception
    address, _, token = result.output.strip().partition("#")
    assert address == "https://clinic.local:8443/desk"
    return token


def test_who_lost_the_administrators_key_gets_in_again_while_the_server_runs(tmp_path: Path) -> None:
    desk = Desk(tmp_path, clock=FixedClock(datetime.now(UTC)))  # the command has no other clock than the machine's
    try:
        first = admin.claim(desk.context, admin.new_link_token(desk.context))
        data = desk.settings.data_dir
        old, token = printed(data), printed(data)
        with pytest.raises(NotAuthorised):
            admin.claim(desk.context, old)
        assert authenticate(desk.context, admin.claim(desk.context, token)).kind == "administrator"
        assert authenticate(desk.context, first).kind == "administrator"
        with pytest.raises(NotAuthorised):
            admin.claim(desk.context, token)
    finally:
        stop(desk.context)


def test_without_an_installation_there_is_no_link(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        printed(tmp_path)
    assert list(tmp_path.iterdir()) == []
