"""Where things are when nobody says so."""

from pathlib import Path

from handfast.base.settings import Settings


def test_models_beside_the_virtual_environment_are_found(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    found = Settings.from_environment({"XDG_DATA_HOME": "/data"}, prefix=str(tmp_path / ".venv"))
    assert found.models_dir == tmp_path / "models"


def test_models_lie_with_the_data_where_none_are_beside_the_environment(tmp_path: Path) -> None:
    found = Settings.from_environment({"XDG_DATA_HOME": "/data"}, prefix=str(tmp_path / ".venv"))
    assert found.models_dir == Path("/data/handfast-models")


def test_a_named_folder_of_models_comes_before_all_others(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    found = Settings.from_environment({"HANDFAST_MODELS": "/elsewhere"}, prefix=str(tmp_path / ".venv"))
    assert found.models_dir == Path("/elsewhere")
