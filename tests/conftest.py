"""Fixtures that every package's tests share."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder that `handfast models install` filled: $HANDFAST_MODELS or models/ in the repository."""
    folder = Path(os.environ.get("HANDFAST_MODELS") or REPOSITORY / "models")
    if not folder.is_dir():
        pytest.fail(f"no model files in {folder}: run `handfast models install` first")
    return folder
