"""What a start refuses to make of a data folder."""

from pathlib import Path

import pytest

from handfast.base.errors import SetupError
from handfast.service.start import stop
from support.scripted import Desk


def test_records_without_their_keys_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.enrol("P-1", person=1)
    stop(desk.context)
    keys = desk.settings.data_dir / "keys.db"
    kept = keys.read_bytes()
    keys.unlink()
    with pytest.raises(SetupError, match="missing; restore it"):
        desk.opened()
    assert not keys.exists()
    keys.write_bytes(kept)
    desk.context = desk.opened()
    assert desk.check(1, reference="P-1").outcome == "accepted"
    stop(desk.context)
