"""A language is switched on whole or not at all; a prompt is spoken by a person of the site, in place of a machine."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handfast.base.errors import LanguageIncomplete
from handfast.web.packs import Pack, load_packs, must_be_complete, pack_of
from handfast.web.routes.pages import STATIC
from support.interface import Interface
from support.scripted import PROGRAMME

SOUND = b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 4
PACKS = load_packs(STATIC)


def english() -> dict[str, object]:
    return dict(json.loads((STATIC / "languages" / "en.json").read_text("utf-8")))


def asked(**more: object) -> dict[str, object]:
    fields = ("name", "purpose", "who_sees", "retention_days", "another_way")
    return {name: getattr(PROGRAMME, name) for name in fields} | more


@pytest.mark.parametrize("code", PACKS)
def test_every_language_that_is_delivered_can_be_switched_on(code: str) -> None:
    must_be_complete(PACKS[code], "draft", lambda _name: False)


def a_pack(prompts: dict[str, str], tmp_path: Path) -> Pack:
    icons = dict.fromkeys(english()["prompts"], "hand")  # type: ignore[call-overload]
    return pack_of(english() | {"code": "xx", "prompts": prompts}, english(), icons, tmp_path)


@pytest.mark.parametrize("broken", ["absent", "empty"])
def test_a_prompt_without_words_is_named(broken: str, tmp_path: Path) -> None:
    prompts = dict(english()["prompts"])  # type: ignore[call-overload]
    prompts = {name: text for name, text in prompts.items() if name != "hold-still"}
    if broken == "empty":
        prompts["hold-still"] = " "
    with pytest.raises(LanguageIncomplete, match="xx: prompts/hold-still has no words"):
        must_be_complete(a_pack(prompts, tmp_path), "draft", lambda _name: True)


def test_a_prompt_without_any_voice_is_named() -> None:
    swahili = PACKS["sw"]
    mute = tuple(replace(each, drafted=each.name != "closer") for each in swahili.prompts)
    with pytest.raises(LanguageIncomplete, match="sw: closer has no voice"):
        must_be_complete(replace(swahili, prompts=mute), "draft", lambda _name: False)
    must_be_complete(replace(swahili, prompts=mute), "draft", lambda name: name == "closer")


def test_a_programme_that_wants_people_to_speak_is_told_which_prompt_nobody_spoke(handfast: Interface) -> None:
    told = handfast.call("POST", "/v1/programmes", asked(voice="recorded", languages=["sw"]), handfast.administrator)
    assert (told.status, told.code) == (400, "language-incomplete")
    assert told.json["detail"].startswith(f"sw: {PACKS['sw'].prompts[0].name} ")
    assert handfast.call("POST", "/v1/programmes", asked(languages=["sw"]), handfast.administrator).status == 201


def test_a_language_that_is_not_there_is_not_switched_on(handfast: Interface) -> None:
    told = handfast.call("POST", "/v1/programmes", asked(languages=["tlh"]), handfast.administrator)
    assert (told.status, told.code) == (400, "language-incomplete")


def test_a_recording_is_heard_in_place_of_the_draft_and_taken_away_again(handfast: Interface) -> None:
    path, size = "/v1/languages/sw/voice/agree", log_size(handfast)
    draft = handfast.call("GET", "/voice/sw/agree")
    assert draft.headers["content-type"] == "audio/mpeg"
    sent = {"Content-Type": "audio/webm;codecs=opus"}
    pack = handfast.call("PUT", path, token=handfast.administrator, headers=sent, data=SOUND).json
    assert {each["source"] for each in pack["prompts"] if each["name"] == "agree"} == {"recorded"}
    spoken = handfast.call("GET", "/voice/sw/agree")
    assert (spoken.body, spoken.headers["content-type"]) == (SOUND, "audio/webm")
    assert handfast.call("DELETE", path, token=handfast.administrator).status == 200
    assert handfast.call("GET", "/voice/sw/agree").body == draft.body
    assert log_size(handfast) == size + 2


@pytest.mark.parametrize(
    ("kind", "body"), [("audio/webm", b"<script>" * 99), ("text/html", SOUND), ("audio/webm", SOUND[:9])]
)
def test_what_is_no_recording_is_refused(handfast: Interface, kind: str, body: bytes) -> None:
    sent = {"Content-Type": kind}
    path = "/v1/languages/en/voice/agree"
    assert handfast.call("PUT", path, token=handfast.administrator, headers=sent, data=body).status == 400
    assert handfast.call("GET", "/voice/en/agree").headers["content-type"] == "audio/mpeg"


@pytest.mark.parametrize("path", ["/voice/en/nothing-like-it", "/voice/xx/agree", "/voice/en/..%2Fkeys.db"])
def test_nothing_but_prompts_is_spoken(handfast: Interface, path: str) -> None:
    assert handfast.call("GET", path).status in (400, 404)


def test_only_the_page_that_records_may_ask_for_the_microphone(handfast: Interface) -> None:
    allowed = {path for path in ("/", "/c", "/me", "/desk", "/voices") if "microphone=(self)" in policy(handfast, path)}
    assert allowed == {"/voices"}


def policy(handfast: Interface, path: str) -> str:
    return handfast.call("GET", path).headers["permissions-policy"]


def log_size(handfast: Interface) -> int:
    return int(handfast.ok("GET", "/v1/log/anchor")["checkpoint"].split("\n")[1])
