from pathlib import Path

import pytest

from handfast.base.errors import ModelDamaged
from handfast.models.store import ModelStore

pytest.importorskip("onnx")  # installed with the setup extra only

from handfast.cli.convert.sface import table


@pytest.mark.models
def test_another_graph_is_refused(models_dir: Path) -> None:
    with pytest.raises(ModelDamaged):
        table(ModelStore(models_dir).read("yunet"))
