"""Fixtures that every package's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.postgres import PLACE, TestServer, running

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder that `handfast models install` filled: $HANDFAST_MODELS or models/ in the repository."""
    folder = Path(os.environ.get("HANDFAST_MODELS") or REPOSITORY / "models")
    if not folder.is_dir():
        pytest.fail(f"no model files in {folder}: run `handfast models install` first")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestServer]:
    """A Postgres server for the whole run."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def each_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Let the installation in tmp_path keep its records in SQLite, then in Postgres; which one it is."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    server: TestServer = request.getfixturevalue("postgres")
    url = server.database()
    (tmp_path / PLACE).write_text(url, "utf-8")
    yield "postgres"
    server.give_back(url)
