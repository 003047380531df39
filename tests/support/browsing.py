"""What every browser test shares: who is known at the desk, what a phone is, and what no page may do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, ViewportSize

from handfast.finger.synth.person import Person
from handfast.lab.actor import Actor
from support.found import subject_behind
from support.served import Served
from support.walk import ask

PHONE = ViewportSize(width=390, height=844)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FORBIDDEN = re.compile(r"Content Security Policy|Refused to")  # what the browser says when a page breaks its own policy
HELD = """async () => ({
    local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({name}) => name), caches: await caches.keys(),
    files: await navigator.storage.getDirectory().then((folder) => Array.fromAsync(folder.keys())),
})"""

Acting = Callable[[Person, str], Actor]
NewPhone = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Clinic:
    """A programme, and the reference of a person who enrolled there with four fingers of the right hand alone.

    The policy asks for the face too, so the best answer that fingers alone can have is `referred`.
    """

    programme: str
    reference: str
    person: Person


def open_check(served: Served, page: Page, clinic: Clinic) -> str:
    """Open the link of a check of the clinic's known person, with all tries free again; the session's id."""
    served.context.limits.passed(subject_behind(served.context, clinic.programme, clinic.reference))
    wanted = {"kind": "check", "programme": clinic.programme, "reference": clinic.reference}
    opened = ask(served, "POST", "/v1/sessions", wanted)
    page.goto(opened["link"])
    return str(opened["id"])


def outcome_of(served: Served, session: str) -> str | None:
    """What the caller is told of a session."""
    told = ask(served, "GET", f"/v1/sessions/{session}")["outcome"]
    return told and str(told["outcome"])


def held_by(page: Page) -> dict[str, Any]:
    """Everything that the page's origin has stored in this browser."""
    held: dict[str, Any] = page.evaluate(HELD)
    return held


def watch(page: Page, served: Served, broken: list[str]) -> None:
    """Note whatever a page throws, asks of another origin, or does against its own content security policy."""
    page.on("pageerror", lambda error: broken.append(f"error: {error}"))
    page.on("request", lambda asked: None if _at_home(asked.url, served) else broken.append(f"left: {asked.url}"))
    page.on("console", lambda said: broken.append(said.text) if FORBIDDEN.search(said.text) else None)


def _at_home(url: str, served: Served) -> bool:
    return url.startswith((served.origin, "blob:", "data:"))
