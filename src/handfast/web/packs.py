"""Language packs: words, pictures and a voice for each prompt. One that lacks any of them cannot be switched on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from handfast.base.errors import LanguageIncomplete, NotFound

ENGLISH = "en"
Voice = Literal["draft", "recorded"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something that is read aloud: its words in the language, its picture, and whether a machine's draft is there."""

    name: str
    text: str
    icon: str
    drafted: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """One language; missing: the paths of words that English has and it lacks, or that are empty."""

    code: str
    name: str
    direction: str
    reviewer: str
    prompts: tuple[Prompt, ...]
    missing: tuple[str, ...]

    def prompt(self, name: str) -> Prompt:
        """A prompt by its name. Raises NotFound."""
        for prompt in self.prompts:
            if prompt.name == name:
                return prompt
        raise NotFound("there is no such prompt")


def load_packs(static: Path) -> Mapping[str, Pack]:
    """Every pack under `static`, by its code."""
    packs = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((static / "languages").glob("*.json"))}
    icons = {name: each["icon"] for name, each in json.loads((static / "prompts.json").read_text("utf-8")).items()}
    return {code: pack_of(pack, packs[ENGLISH], icons, static / "voice" / code) for code, pack in packs.items()}


def pack_of(pack: Mapping[str, Any], english: Mapping[str, Any], icons: Mapping[str, str], drafts: Path) -> Pack:
    """A pack as it stands beside the English one; drafts: the folder of the machine's voice."""
    own, wanted = _leaves(pack), _leaves(english)
    pictures = {f"/prompts/{name}" for name in pack.get("prompts", {}) if name not in icons}
    missing = {path for path in wanted if not str(own.get(path, "")).strip()} | pictures
    said = spoken(pack)
    drafted = {path.stem for path in drafts.glob("*.mp3")}
    return Pack(
        code=str(pack["code"]),
        name=str(pack["name"]),
        direction=str(pack["direction"]),
        reviewer=str(pack["reviewer"]),
        prompts=tuple(Prompt(name, text, icons.get(name, ""), name in drafted) for name, text in said.items()),
        missing=tuple(sorted(missing)),
    )


def spoken(pack: Mapping[str, Any]) -> dict[str, str]:
    """What is read aloud, by name: prompts, the cards and questions of the notice, and the sentence of agreement."""
    notice = pack["notice"]
    cards = {f"notice-{n}": f"{card['title']}. {card['text']}" for n, card in enumerate(notice["cards"], 1)}
    asked = {
        f"question-{n}": f"{question['text']} {'. '.join(question['options'])}."
        for n, question in enumerate(notice["questions"], 1)
    }
    return {**pack["prompts"], **cards, **asked, "agree": notice["agree"]}


def must_be_complete(pack: Pack, voice: Voice, recorded: Callable[[str], bool]) -> None:
    """Raises LanguageIncomplete with the first prompt that lacks words or the voice that the programme asks for."""
    if pack.missing:
        raise LanguageIncomplete(f"{pack.code}: {pack.missing[0].strip('/')} has no words or no picture")
    for prompt in pack.prompts:
        if recorded(prompt.name):
            continue
        if voice == "recorded":
            raise LanguageIncomplete(f"{pack.code}: {prompt.name} is not spoken by a person; record it at /voices")
        if not prompt.drafted:
            raise LanguageIncomplete(f"{pack.code}: {prompt.name} has no voice; record it at /voices")


def _leaves(value: object, at: str = "") -> dict[str, object]:
    if isinstance(value, Mapping):
        return {path: leaf for name in value for path, leaf in _leaves(value[name], f"{at}/{name}").items()}
    if isinstance(value, list):
        return {path: leaf for n, part in enumerate(value) for path, leaf in _leaves(part, f"{at}/{n}").items()}
    return {at: value}
