from collections.abc import Iterator
from pathlib import Path

import pytest

from support.interface import Interface, interface


@pytest.fixture
def handfast(tmp_path: Path) -> Iterator[Interface]:
    """The interface on a real port, over scripted senses."""
    with interface(tmp_path) as running:
        yield running
