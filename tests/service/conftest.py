from collections.abc import Iterator
from pathlib import Path

import pytest

from support.scripted import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A running service with one programme, on scripted eyes and engines."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()
