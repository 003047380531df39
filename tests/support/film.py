"""What the browser's cameras see: an actor who follows the challenge that the page has just received."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, Response, Route

from handfast.base.modality import FingerPosition, Hand
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor, Flaw

FPS = 6.0
SECONDS = 3.0
WORDS = {position.plain_name: position for position in FingerPosition}
LOOK = Task(0, TaskKind.LOOK, Camera.FRONT, None, (), 0, 0, 15)


class Film:
    """Feeds /camera/*.jpg of a page. `flaws` spoil the first stills of each hand, in order."""

    def __init__(self, page: Page, actor: Actor, flaws: tuple[Flaw, ...] = ()) -> None:
        self.actor = actor
        self.flaws = flaws
        self.tasks: list[Task] = []
        self._now: Task = LOOK
        self._shown: dict[int, list[bytes]] = {}
        self._at: dict[int, int] = {}
        self._takes: dict[int, int] = {}
        self._stills: dict[tuple[int, int], bytes] = {}
        page.route(re.compile(r"/camera/\w+\.jpg"), self._picture)
        page.on("request", self._asked)

    def follow(self, response: Response) -> list[Task]:
        """Take the challenge from the answer that brought it; its tasks."""
        self.tasks = [_task(each) for each in response.json()["tasks"]]
        self._shown.clear()
        self._stills.clear()
        self._at.clear()
        self._takes.clear()
        self._now = self.tasks[0]
        return self.tasks

    def _asked(self, request: Request) -> None:
        """The page's own requests say which task it is at, and when a still was taken."""
        url = urlsplit(request.url)
        if url.path != "/v1/capture/frames":
            return
        asked = parse_qs(url.query)
        number = int(asked["task"][0])
        if number < len(self.tasks):
            self._now = self.tasks[number]
        if asked["kind"] == ["still"]:
            self._takes[number] = self._takes.get(number, 0) + 1

    def _picture(self, route: Route) -> None:
        route.fulfill(
            body=self._fingers() if self._now.kind is TaskKind.FINGERS else self._acted(), content_type="image/jpeg"
        )

    def _acted(self) -> bytes:
        task = self._now
        if task.id not in self._shown:
            self._shown[task.id] = [jpeg(image, 88) for image in self.actor.frames(task, SECONDS, FPS)]
        frames = self._shown[task.id]
        index = self._at.get(task.id, 0)
        self._at[task.id] = index + 1
        return frames[_to_and_fro(index, len(frames))]

    def _fingers(self) -> bytes:
        take = self._takes.get(self._now.id, 0)
        if (self._now.id, take) not in self._stills:
            flaw = self.flaws[take] if take < len(self.flaws) else None
            self._stills[self._now.id, take] = jpeg(self.actor.still(self._now, flaw, take), 95)
        return self._stills[self._now.id, take]


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
    )
