"""The words of those who work with it: every language has all of them, with the same placeholders, and all are used."""

import json
import re
from pathlib import Path

import pytest

import handfast.web

STATIC = Path(handfast.web.__file__).parent / "static"
PACKS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((STATIC / "languages" / "staff").iterdir())}
SCRIPTS = "".join(
    path.read_text("utf-8")
    for folder in ("desk", "phone", "owner", "voices", "shared")
    for path in (STATIC / folder).glob("*.js")
)
MADE_UP = ("desk-case-", "desk-help-", "desk-voice-", "desk-evidence-", "desk-role-", "owner-")


def test_there_is_one_for_every_language_of_the_pages() -> None:
    assert set(PACKS) == {path.stem for path in (STATIC / "languages").glob("*.json")}


@pytest.mark.parametrize("code", PACKS)
def test_a_language_has_every_word_whole_and_no_other(code: str) -> None:
    assert PACKS[code].keys() == PACKS["en"].keys()
    for key, word in PACKS[code].items():
        assert word.strip(), key
        assert set(re.findall(r"\{(\w+)\}", word)) == set(re.findall(r"\{(\w+)\}", PACKS["en"][key])), key


def test_every_word_is_used_and_none_hides_one_of_everyones() -> None:
    assert [key for key in PACKS["en"] if f'"{key}"' not in SCRIPTS and not key.startswith(MADE_UP)] == []
    assert not PACKS["en"].keys() & json.loads((STATIC / "languages" / "en.json").read_text("utf-8"))["words"].keys()
