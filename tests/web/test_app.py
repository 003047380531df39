"""What goes with the application's serving, as a whole."""

import gc
from pathlib import Path

from support.interface import interface


def test_garbage_is_not_looked_for_among_what_was_loaded_while_it_serves(tmp_path: Path) -> None:
    with interface(tmp_path):
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
