"""What the browser's cameras see: an actor who follows the challenge that the page has just received."""

import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
from playwright.sync_api import Page, Request, Response, Route

from handfast.base.image import Image
from handfast.base.modality import FingerPosition, Hand
from handfast.capture.challenge import Aim, Camera, Task, TaskKind
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor, Flaw
from handfast.lab.attack.kinds import Attacker

FPS = 6.0
SECONDS = 3.0
FOLLOWS = 120.0  # seconds that an attacker shows something while a dot is to be followed
LIVE = (720, 960)  # px of the live picture of the rear camera; a photo is larger
WORDS = {position.plain_name: position for position in FingerPosition}
LOOK = Task(0, TaskKind.LOOK, Camera.FRONT, None, (), 0, 0, 15)


class Film:
    """Feeds /camera/*.jpg of a page.

    flaws     spoil the first photos of each hand, in order; the live picture before them is good
    attacker  who shows something in the person's place while the face and hand are asked for, or None
    company   somebody who stands beside the person before the front camera, or None
    """

    def __init__(
        self, page: Page, actor: Actor, flaws: tuple[Flaw, ...] = (), attacker: Attacker | None = None
    ) -> None:
        self.actor = actor
        self.attacker = attacker
        self.flaws = flaws
        self.company: Actor | None = None
        self.tasks: list[Task] = []
        self._now: Task = LOOK
        self._shown: dict[tuple[int, int], list[Image]] = {}
        self._at: dict[int, int] = {}
        self._takes: dict[int, int] = {}
        self._dot: Aim | None = None
        self._following: Iterator[Image | bytes] = iter(())
        self._beside: bytes | None = None
        self._stills: dict[tuple[int, int, bool], bytes] = {}
        page.route(re.compile(r"/camera/\w+\.jpg"), self._picture)
        page.on("request", self._asked)

    def follow(self, response: Response) -> list[Task]:
        """Take the challenge from the answer that brought it; its tasks."""
        self.tasks = [_task(each) for each in response.json()["tasks"]]
        self._shown.clear()
        self._stills.clear()
        self._at.clear()
        self._takes.clear()
        self._be_at(self.tasks[0])
        return self.tasks

    def _be_at(self, task: Task) -> None:
        self._now = task
        if self.attacker:
            self._following = self.attacker.frames(task, FOLLOWS, FPS, lambda: self._dot)
        else:  # a head is no slower on a machine that draws it slowly: by the clock, and not by the picture
            since = time.monotonic()
            self._following = self.actor.frames(task, dot=lambda: self._dot, watch=lambda: time.monotonic() - since)

    def _asked(self, request: Request) -> None:
        """The page's own requests say which task it is at, and when a still was taken."""
        url = urlsplit(request.url)
        if url.path != "/v1/capture/frames":
            return
        asked = parse_qs(url.query)
        number = int(asked["task"][0])
        if number < len(self.tasks) and self._now is not self.tasks[number]:
            self._be_at(self.tasks[number])
        if asked["kind"] == ["still"]:
            self._takes[number] = self._takes.get(number, 0) + 1

    def _asked_on_screen(self, step: str) -> None:
        """Whoever reads what is next begins with it, before the page has sent any picture of it."""
        if step != self._now.kind:
            coming = next((task for task in self.tasks[self._now.id + 1 :] if task.kind == step), self._now)
            if coming is not self._now:
                self._be_at(coming)

    def _picture(self, route: Route) -> None:
        photo = route.request.url.endswith("?photo")
        shown = parse_qs(urlsplit(route.request.url).query)
        self._asked_on_screen(shown.get("step", [""])[0])
        dot = shown.get("dot", [""])[0]
        self._dot = Aim(dot) if dot else None
        fingers = self._now.kind is TaskKind.FINGERS
        route.fulfill(body=self._fingers(photo) if fingers else self._acted(), content_type="image/jpeg")

    def _acted(self) -> bytes:
        if self.company:
            return self._together(self.company)
        if self._now.kind is TaskKind.FOLLOW or self.attacker:
            shown = next(self._following, None)
            if shown is None:  # all of it was shown: from the beginning again
                self._be_at(self._now)
                shown = next(self._following)
            return shown if isinstance(shown, bytes) else jpeg(shown, 88)
        frames = self._frames(self.actor)
        index = self._at.get(self._now.id, 0)
        self._at[self._now.id] = index + 1
        return jpeg(frames[_to_and_fro(index, len(frames))], 88)

    def _frames(self, actor: Actor) -> list[Image]:
        key = (self._now.id, id(actor))
        if key not in self._shown:
            self._shown[key] = list(actor.frames(self._now, SECONDS, FPS))
        return self._shown[key]

    def _together(self, company: Actor) -> bytes:
        """Two people side by side, each half a picture wide."""
        if self._beside is None:  # drawn once: nobody moves
            both = [next(iter(who.frames(self._now, SECONDS, FPS))).pixels for who in (self.actor, company)]
            quarter = both[0].shape[1] // 4
            self._beside = jpeg(Image(np.hstack([pixels[:, quarter:-quarter] for pixels in both])), 88)
        return self._beside

    def _fingers(self, photo: bool) -> bytes:
        take = self._takes.get(self._now.id, 0)
        key = (self._now.id, take, photo)
        if key not in self._stills:
            flaw = self.flaws[take] if take < len(self.flaws) else None
            good = self.actor.still(self._now, None, take)  # drawn once for both: a camera does not wait for a photo
            spoilt = self.actor.still(self._now, flaw, take) if flaw else good
            self._stills[(self._now.id, take, False)] = jpeg(small(good), 95)
            self._stills[(self._now.id, take, True)] = jpeg(spoilt, 95)
        return self._stills[key]


def small(image: Image) -> Image:
    return Image(np.asarray(cv2.resize(image.pixels, LIVE, interpolation=cv2.INTER_AREA), np.uint8))


def _to_and_fro(index: int, count: int) -> int:
    """0 .. count - 1 and back to 0, again and again: who is not understood does it once more."""
    at = index % (2 * count - 2)
    return min(at, 2 * count - 2 - at)


def _task(sent: dict[str, object]) -> Task:
    hand, positions = sent["hand"], sent["positions"]
    assert isinstance(positions, list)
    return Task(
        id=int(str(sent["id"])),
        kind=TaskKind(str(sent["kind"])),
        camera=Camera(str(sent["camera"])),
        hand=Hand(str(hand)) if hand else None,
        positions=tuple(WORDS[word] for word in positions),
        stills=int(str(sent["stills"])),
        retakes=int(str(sent["retakes"])),
        seconds=int(str(sent["seconds"])),
        count=int(str(sent["count"])),
    )
