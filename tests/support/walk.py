"""Walking through the page as a person does: pressing what is on the screen and waiting for the next one."""

import json
import os
import time
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from support.film import Film
from support.served import Served

PICTURES = Path(os.environ.get("HANDFAST_SCREENSHOTS") or Path(__file__).resolve().parents[2] / "build" / "screens")
CAPTURE_S = 180  # two busy cores draw the actor, run the browser and judge the frames


class Walk:
    """One page with its film; `name` labels the screenshots, which are build output."""

    def __init__(self, page: Page, film: Film | None, name: str) -> None:
        self.page = page
        self.film = film
        self._name = name
        self._count = 0

    def screen(self, name: str, timeout: float = 30_000) -> None:
        """Wait for a screen, and keep a picture of it."""
        self.page.wait_for_selector(f'body[data-screen="{name}"]', timeout=timeout)
        self.picture(name)

    def picture(self, name: str, *, whole: bool = False) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self._count += 1
        self.page.wait_for_timeout(350)  # for what moves to settle
        self.page.screenshot(path=PICTURES / f"{self._name}-{self._count:02d}-{name}.png", full_page=whole)

    def press(self, action: str, extra: str = "") -> None:
        self.page.locator(f'[data-action="{action}"]{extra}').first.click()

    def problem(self, kind: str, within: float = 20_000) -> None:
        """Wait for the message about what is in the way, and keep a picture of it.

        The page's own clocks show it within 3 s; a busy machine may take longer, so the wait asserts no time.
        """
        self.page.wait_for_selector(f'body[data-problem="{kind}"]', timeout=within)
        self.picture(f"problem-{kind}")

    def agree(self, language: str = "en") -> None:
        """From the welcome to the end of the notice, reading everything and answering rightly."""
        self.screen("welcome")
        self.press("yes")
        notice = self.page.evaluate(
            "(code) => fetch(`/static/languages/${code}.json`).then((pack) => pack.json()).then((pack) => pack.notice)",
            language,
        )
        for number in range(1, len(notice["cards"]) + 1):
            self.page.wait_for_selector(f'body[data-step="card-{number}"]')
            self.picture(f"card-{number}")
            self.press("next")
        for number, question in enumerate(notice["questions"], 1):
            self.page.wait_for_selector(f'body[data-step="question-{number}"]')
            self.picture(f"question-{number}")
            self.press("option", f'[data-option="{question["right"]}"]')
        self.page.wait_for_selector('body[data-step="consent"]')
        self.picture("consent")
        self.press("tick")
        self.press("agree")

    def leave_out(self, *positions: str) -> None:
        self.screen("fingers-choice")
        for position in positions:
            self.press("finger", f'[data-position="{position}"]')
        self.picture("fingers-chosen")

    def begin(self, action: str) -> None:
        """Press what starts the capture; the film follows the challenge that comes."""
        with self.page.expect_response("**/v1/capture/challenge") as coming:
            self.press(action)
        if self.film:
            self.film.follow(coming.value)

    def captured(self, outcome: str, at_step: Callable[[str], None] = lambda _step: None) -> None:
        """Be before the camera until the answer, which must be `outcome`; a picture of each step on the way.

        `at_step` is called with each step as it begins.
        """
        over = time.monotonic() + CAPTURE_S
        body, seen = self.page.locator("body"), "camera"
        while body.get_attribute("data-outcome") is None:
            assert time.monotonic() < over, f"no answer; the page is at {seen}"
            step = body.get_attribute("data-step") or seen
            if step != seen:
                self.picture(f"step-{step}")
                at_step(step)
                seen = step
            self.page.wait_for_timeout(100)
        self.picture("answer")
        assert body.get_attribute("data-outcome") == outcome


def ask(served: Served, method: str, path: str, body: object = None, token: str | None = None) -> Any:
    """Call the interface as the caller's own program does."""
    headers = {"Authorization": f"Bearer {token or served.administrator}", "Content-Type": "application/json"}
    if path == "/v1/sessions":
        headers["Idempotency-Key"] = uuid.uuid4().hex
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(served.origin + path, data=data, headers=headers, method=method)  # noqa: S310 -- our own origin
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def programme(served: Served, **more: bool) -> str:
    """A programme of the running server; its id."""
    new = {
        "name": "Riverside Clinic",
        "purpose": "to find your own file and nobody else's",
        "who_sees": "the clinic's front desk",
        "retention_days": 365,
        "another_way": ["Show any paper with your name at the desk."],
        "languages": ["en", "ar"],
    }
    made = ask(served, "POST", "/v1/programmes", new | more)
    return str(made["programme"]["id"])
