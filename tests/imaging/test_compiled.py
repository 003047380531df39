import importlib.util
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = """
from handfast.imaging.compiled import compiled


@compiled
def doubled(value: int) -> int:
    return 2 * value
"""


class Gone:
    """Stands for a type of a module that a newer version no longer has."""


def loaded(source: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("twice", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_cache_that_names_a_module_which_is_no_more_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "twice.py"
    source.write_text(SOURCE)
    assert loaded(source).doubled(4) == 8
    (index,) = (tmp_path / "__pycache__").glob("*.nbi")
    content = index.read_bytes()
    version = pickle.loads(content)  # noqa: S301  # written a line above
    monkeypatch.setattr(Gone, "__module__", "twice_as_it_was")
    monkeypatch.setitem(sys.modules, "twice_as_it_was", sys.modules[__name__])
    index.write_bytes(pickle.dumps(version) + pickle.dumps((Gone, {})))
    monkeypatch.delitem(sys.modules, "twice_as_it_was")
    assert loaded(source).doubled(5) == 10
