"""Every language says everything: keys, placeholders, notice, pictures and recordings."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import handfast.web

STATIC = Path(handfast.web.__file__).parent / "static"
PACKS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((STATIC / "languages").glob("*.json"))
}
ENGLISH = PACKS["en"]
PROMPTS: dict[str, dict[str, str]] = json.loads((STATIC / "prompts.json").read_text("utf-8"))
ICONS = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons" / "icons.svg").read_text("utf-8")))
MOST_VOICE_BYTES = 3_000_000

every_language = pytest.mark.parametrize("code", PACKS)


def leaves(value: object, at: str = "") -> dict[str, object]:
    """Every value that holds no other, by its path."""
    if isinstance(value, Mapping):
        return {key: leaf for name in value for key, leaf in leaves(value[name], f"{at}/{name}").items()}
    if isinstance(value, list):
        return {key: leaf for n, part in enumerate(value) for key, leaf in leaves(part, f"{at}/{n}").items()}
    return {at: value}


def placeholders(text: object) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", str(text)))


def spoken(pack: Mapping[str, Any]) -> set[str]:
    notice = pack["notice"]
    cards = {f"notice-{n}" for n, _ in enumerate(notice["cards"], 1)}
    return {*pack["prompts"], *cards, *(f"question-{n}" for n, _ in enumerate(notice["questions"], 1)), "agree"}


def test_the_eight_first_languages_are_there() -> None:
    assert {"en", "fr", "es", "ar", "pt", "hi", "sw", "uk"} <= set(PACKS)


def test_the_pages_offer_exactly_the_languages_that_are_there() -> None:
    listed = re.search(r"LANGUAGES = (\[.*?\])", (STATIC / "shared" / "language.js").read_text("utf-8"))
    assert listed is not None
    assert set(json.loads(listed[1])) == set(PACKS)


@every_language
def test_a_language_has_every_key_and_no_other(code: str) -> None:
    assert leaves(PACKS[code]).keys() == leaves(ENGLISH).keys()


@every_language
def test_a_language_says_nothing_empty(code: str) -> None:
    assert [key for key, value in leaves(PACKS[code]).items() if isinstance(value, str) and not value.strip()] == []


@every_language
def test_placeholders_agree_with_english(code: str) -> None:
    mine, english = leaves(PACKS[code]), leaves(ENGLISH)
    assert [key for key in english if placeholders(mine[key]) != placeholders(english[key])] == []


@every_language
def test_lists_within_a_sentence_have_as_many_parts_as_in_english(code: str) -> None:
    mine, english = leaves(PACKS[code]), leaves(ENGLISH)
    assert [key for key in english if str(mine[key]).count("|") != str(english[key]).count("|")] == []


@every_language
def test_a_language_names_itself_its_direction_and_who_read_it(code: str) -> None:
    pack = PACKS[code]
    assert pack["code"] == code
    assert pack["direction"] == ("rtl" if code == "ar" else "ltr")
    assert pack["reviewer"]
    assert pack["voice"]["kind"] in {"machine draft", "recorded"}


@every_language
def test_the_notice_keeps_its_version_its_pictures_and_its_right_answers(code: str) -> None:
    mine, english = PACKS[code]["notice"], ENGLISH["notice"]
    assert mine["version"] == english["version"]
    assert [card["picture"] for card in mine["cards"]] == [card["picture"] for card in english["cards"]]
    assert [question["right"] for question in mine["questions"]] == [
        question["right"] for question in english["questions"]
    ]


@every_language
def test_a_translation_is_a_translation(code: str) -> None:
    """Whole sentences that stand as in English were forgotten."""
    if code == "en":
        return
    mine, english = leaves(PACKS[code]), leaves(ENGLISH)
    assert [
        key
        for key, text in english.items()
        if " " in str(text) and key.startswith(("/notice", "/study", "/prompts", "/words")) and mine[key] == text
    ] == []


@every_language
def test_every_prompt_is_recorded_and_nothing_else_is(code: str) -> None:
    files = {path.stem: path.stat().st_size for path in (STATIC / "voice" / code).glob("*.mp3")}
    assert files.keys() == spoken(PACKS[code])
    assert min(files.values()) > 500


def test_every_prompt_has_a_picture_that_is_drawn() -> None:
    assert PROMPTS.keys() == ENGLISH["prompts"].keys()
    assert {prompt["icon"] for prompt in PROMPTS.values()} <= ICONS
    assert {card["picture"] for card in ENGLISH["notice"]["cards"]} <= ICONS


def test_voices_stay_small() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "voice").rglob("*.mp3")) <= MOST_VOICE_BYTES
