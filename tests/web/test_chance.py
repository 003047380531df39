"""Nothing that a caller, a phone or an operator can send or set decides what is drawn at random."""

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

import handfast
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.cli import serve
from handfast.service import start
from handfast.web.app import create_app
from support.interface import Interface

SOURCE = Path(handfast.__file__).parent
CHANCE = re.compile(r"seed|random|nonce|entropy|determin|chance", re.IGNORECASE)
SEEDS = {"seed": "7", "nonce": "A" * 43, "randomness": "7", "random_seed": "7", "entropy": "7"}


def test_what_starts_a_server_takes_no_seed() -> None:
    for function in (serve.serve, create_app, Settings.from_environment):
        assert not [name for name in inspect.signature(function).parameters if CHANCE.search(name)]
    assert not [field.name for field in dataclasses.fields(Settings) if CHANCE.search(field.name)]


def test_a_server_draws_from_the_operating_system_unless_its_constructor_is_handed_another() -> None:
    assert isinstance(inspect.signature(start.start).parameters["randomness"].default, SystemRandomness)
    calls = re.findall(r"(?<![.\w])start\(([^)]*)\)", (SOURCE / "cli" / "serve.py").read_text("utf-8"))
    (handed,) = calls
    assert handed.startswith("settings")
    assert not CHANCE.search(handed)


def test_the_environment_is_read_in_few_places_and_none_of_them_is_about_chance() -> None:
    serving = ("base", "capture", "service", "web", "jobs", "storage", "consent", "audit", "gallery")
    read = re.compile(r"environ(?:ment)?(?:\.get\(|\[)\s*[\"']([A-Z_]+)|getenv\(\s*[\"']([A-Z_]+)")
    files = [path for package in serving for path in (SOURCE / package).rglob("*.py")]
    names = {a or b for path in files for a, b in read.findall(path.read_text("utf-8"))}
    assert names
    assert not [name for name in names if CHANCE.search(name)]
    readers = {path.relative_to(SOURCE).as_posix() for path in files if "os.environ" in path.read_text("utf-8")}
    to_ray = {f"jobs/cluster/{name}.py" for name in ("folder", "nodes", "shards", "worker")}  # hand it on
    assert readers <= {"base/settings.py", "storage/keys/root_key.py", *to_ray}


def test_the_document_knows_no_parameter_about_chance(handfast: Interface) -> None:
    inputs = {
        name: schema
        for name, schema in handfast.document.content["components"]["schemas"].items()
        if name.endswith("In")
    }
    assert inputs
    fields = [field for schema in inputs.values() for field in schema["properties"]]
    for operation in handfast.document.operations.values():
        fields += [parameter["name"] for parameter in operation.get("parameters", [])]
    assert not [field for field in fields if CHANCE.search(field)]


def test_the_same_wish_for_a_seed_twice_draws_two_challenges(
    handfast: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SEEDS:
        monkeypatch.setenv(f"HANDFAST_{name.upper()}", "7")
    drawn = []
    query = "&".join(f"{name}={value}" for name, value in SEEDS.items())
    headers = {name.title().replace("_", "-"): value for name, value in SEEDS.items()}
    headers |= {f"X-{name}": value for name, value in headers.items()}
    for _ in range(3):
        visit = handfast.visit(1, kind="check", reference="P-1")
        visit.say()
        told = handfast.call("POST", f"/v1/capture/challenge?{query}", {"hands": ["right"]}, visit.token, headers)
        drawn.append((told.json["id"], told.json["nonce"]))
    assert len(set(drawn)) == 3
    assert all(nonce != SEEDS["nonce"] for _, nonce in drawn)


def test_a_seed_in_a_body_is_refused(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    for name, value in SEEDS.items():
        told = visit.ask("POST", "/challenge", {"hands": ["right"], name: value})
        assert (told.status, told.code) == (400, "bad-request")
