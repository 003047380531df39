from pathlib import Path

import pytest

from handfast.base.errors import RequestError
from handfast.lab.attacks import read_attacks, worst

FAIR = "kind,detected,outcome\n"


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "attacks.csv"
    path.write_text(FAIR + text)
    return path


def test_each_kind_is_told_by_itself_and_the_worst_is_named(tmp_path: Path) -> None:
    text = "screen,yes,not_captured\n" * 40 + "screen,no,not_accepted\nscreen,no,accepted\n"
    text += (
        "mask,no,accepted\n" * 3
        + "mask,yes,not_captured\n"
        + "bona-fide,no,accepted\n" * 19
        + "bona-fide,yes,referred\n"
    )
    found = {(rate.kind, rate.measure): (rate.errors, rate.trials) for rate in read_attacks(table(tmp_path, text))}
    assert found == {
        ("screen", "APCER"): (2, 42),
        ("screen", "IAPAR"): (1, 42),
        ("mask", "APCER"): (3, 4),
        ("mask", "IAPAR"): (3, 4),
        ("bona-fide", "BPCER"): (1, 20),
    }
    one = worst(read_attacks(table(tmp_path, text)), "IAPAR")
    assert one is not None
    assert (one.kind, one.rate) == ("mask", 0.75)


def test_none_accepted_of_forty_two_still_allows_seven_in_a_hundred(tmp_path: Path) -> None:
    rates = read_attacks(table(tmp_path, "screen,yes,not_captured\n" * 42))
    assert all("rule of 3 the rate may still be 6.9 %" in rate.words for rate in rates)


@pytest.mark.parametrize("text", ["", "screen,maybe,accepted\n", "screen,yes,passed\n", ",yes,accepted\n"])
def test_a_table_that_does_not_say_what_happened_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RequestError):
        read_attacks(table(tmp_path, text))
