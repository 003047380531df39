"""docs/interface.md: every command is sent as it is printed, every answer has the shape that is printed."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from string import Template
from types import SimpleNamespace
from typing import Any

import pytest

from handfast.base import errors
from handfast.service.owner import admin, webhooks
from support.interface import BOTH, Interface, Json, Told, Visit

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "interface.md").read_text("utf-8")


class Reader:
    """Somebody who types what the page says, and remembers what came back."""

    def __init__(self, handfast: Interface) -> None:
        self.handfast = handfast
        self.names = {"HANDFAST": handfast.origin, "LINK_TOKEN": admin.new_link_token(handfast.desk.context)}

    def curl(self, command: str) -> Told:
        """What curl would send: a URL, -X, -H and -d."""
        words = [Template(word).substitute(self.names) for word in shlex.split(command)]
        assert words.pop(0) == "curl"
        method, data, headers, url = "GET", None, {}, ""
        while words:
            word = words.pop(0)
            if word == "-X":
                method = words.pop(0)
            elif word == "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            elif word == "-d":
                data = words.pop(0).encode()
            else:
                assert not url, word
                url = word
        return self.handfast.call(method, url.removeprefix(self.handfast.origin), headers=headers, data=data)

    def remember(self, answer: Json) -> None:
        """Names that the page uses later, from the answers that give them first."""
        if not isinstance(answer, dict):
            return
        found = {
            "KEY": answer.get("id") if "api_key" in answer else None,
            "ADMIN": answer.get("token"),
            "API_KEY": answer.get("api_key"),
            "PROGRAMME": answer.get("programme", {}).get("id") if isinstance(answer.get("programme"), dict) else None,
        }
        self.names = {name: value for name, value in found.items() if value} | self.names

    def be_captured(self, opened: Json) -> None:
        """The person comes and is captured; the page's next command asks for the outcome."""
        visit = Visit(self.handfast, opened["id"], opened["link"].partition("#")[2], 1)
        visit.whole(BOTH if visit.ask("GET", "").json["kind"] == "enrol" else ("right",))
        self.names["SESSION"] = visit.id


def examples() -> Iterator[tuple[str, str]]:
    """Each command, and the answer printed below it."""
    yield from re.findall(r"```sh\n(.*?)```\n```json\n(.*?)```", GUIDE, re.DOTALL)


def snippets() -> dict[str, Any]:
    """What the page's Python defines."""
    defined: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(code, defined)  # noqa: S102  -- our own page
    return defined


@pytest.fixture
def reader(handfast: Interface) -> Reader:
    return Reader(handfast)


def test_every_command_does_what_the_page_prints(reader: Reader) -> None:
    count = 0
    for command, printed in examples():
        reader.handfast.desk.clock.pass_time(1)  # lists go by time; of the same second by chance
        told = reader.curl(command.strip())
        same_shape(json.loads(printed), told.json, command)
        reader.remember(told.json)
        if "link" in told.json:
            reader.be_captured(told.json)
        count += 1
    assert count == GUIDE.count("curl ") - 1  # the first only says how to trust a server


def same_shape(printed: Json, told: Json, where: str) -> None:
    """The same fields and types; texts are equal unless they are shortened with dots."""
    assert type(printed) is type(told), (where, printed, told)
    if isinstance(printed, dict):
        assert printed.keys() == told.keys(), where
        for name, each in printed.items():
            same_shape(each, told[name], f"{where} {name}")
    elif isinstance(printed, list):
        assert bool(printed) is bool(told), where
        for mine, theirs in zip(printed, told, strict=False):
            same_shape(mine, theirs, where)
    elif isinstance(printed, str) and "..." not in printed:
        assert printed == told, where


def test_the_pages_code_verifies_an_outcome_and_refuses_another(handfast: Interface) -> None:
    clock = handfast.desk.clock
    defined = snippets() | {"time": SimpleNamespace(time=lambda: clock.now().timestamp())}
    code = defined["outcome_of"]
    code.__globals__["time"] = defined["time"]
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.whole()
    jws, jwks = visit.seen_by_caller()["jws"], handfast.ok("GET", "/v1/keys")
    assert code(jws, jwks, visit.id)["outcome"] == "not_accepted"
    with pytest.raises(ValueError, match="another session"):
        code(jws, jwks, "ses_other")
    clock.pass_time(301)
    with pytest.raises(ValueError, match="too old"):
        code(jws, jwks, visit.id)


def test_the_pages_code_knows_our_webhooks_from_others(handfast: Interface) -> None:
    desk = handfast.desk
    handfast.enrolled("P-1", 1)
    (delivery,) = webhooks.due(desk.context)
    is_ours = snippets()["is_ours"]
    is_ours.__globals__["time"] = SimpleNamespace(time=lambda: desk.clock.now().timestamp())
    assert is_ours(delivery.signature, delivery.body, desk.webhook_secret)
    assert not is_ours(delivery.signature, delivery.body + b"x", desk.webhook_secret)
    assert not is_ours(delivery.signature, delivery.body, "another secret")
    desk.clock.pass_time(301)
    assert not is_ours(delivery.signature, delivery.body, desk.webhook_secret)


def test_the_table_of_problems_is_the_tree_of_errors() -> None:
    expected = [
        f"| `{each.code}` | {each.status} | {str(each.__doc__).splitlines()[0]} |"
        for each in tree(errors.HandfastError)
        if not issubclass(each, errors.SetupError)  # these end the start of a server, not a request
    ]
    printed = [line for line in GUIDE.splitlines() if re.match(r"\| `[a-z-]+` \| \d{3} \|", line)]
    assert sorted(line for line in printed if "method-not-allowed" not in line) == sorted(expected)


def tree(error: type[errors.HandfastError]) -> Iterator[type[errors.HandfastError]]:
    yield error
    for each in error.__subclasses__():
        if each.__module__.startswith(errors.__name__):
            yield from tree(each)


def test_no_two_errors_share_a_code() -> None:
    codes = [each.code for each in tree(errors.HandfastError)]
    assert len(set(codes)) == len(codes)


def test_every_path_on_the_page_is_in_the_document(handfast: Interface) -> None:
    paths = {path.rstrip(".") for path in re.findall(r"\$HANDFAST(/v1/[\w/$.-]*)", GUIDE)}
    templates = [re.sub(r"\{\w+\}", "[^/]+", path) for _, path in handfast.document.operations]
    assert paths
    for path in paths:
        assert any(re.fullmatch(template, path) for template in templates), path
