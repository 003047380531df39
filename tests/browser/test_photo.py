"""The browser's own camera and its own takePhoto: a made video stands before the fake device, nothing is replaced."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright

from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor
from support.browsing import PHONE, QUIET, Acting, Clinic, open_check, outcome_of, watch
from support.served import Served
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

FRAMES = 12
RIGHT = Task(0, TaskKind.FINGERS, Camera.REAR, Hand.RIGHT, FOUR_FINGERS[Hand.RIGHT], 1, 0, 30)
COUNTED = """(() => {
    const take = ImageCapture.prototype.takePhoto;
    window.photos = [];
    ImageCapture.prototype.takePhoto = async function (...wanted) {
        const photo = await take.apply(this, wanted);
        const { width, height } = await createImageBitmap(photo);
        window.photos.push([width, height]);
        return photo;
    };
})()"""


@pytest.fixture
def video(clinic: Clinic, acting: Acting, tmp_path: Path) -> Path:
    """Motion JPEG of the known person's four fingers in a hand that is not quite still."""
    path = tmp_path / "fingers.mjpeg"
    path.write_bytes(b"".join(moved(acting(clinic.person, "person_a_1.jpg"))))
    return path


def moved(actor: Actor) -> Iterator[bytes]:
    still = actor.still(RIGHT).pixels
    for number in range(FRAMES):
        shift = round(3 * np.sin(2 * np.pi * number / FRAMES))
        yield jpeg(Image(np.roll(still, (shift, -shift), (0, 1))), 90)


@pytest.fixture
def camera_phone(playwright: Playwright, video: Path) -> Iterator[Browser]:
    """A second browser, with the video before its camera."""
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    fake.append(f"--use-file-for-fake-video-capture={video}")
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*QUIET, *fake])
    yield browser
    browser.close()


def test_the_photo_that_is_compared_comes_from_take_photo(
    camera_phone: Browser, served: Served, clinic: Clinic
) -> None:
    page: Page = camera_phone.new_page(viewport=PHONE, locale="en-GB")
    broken: list[str] = []
    watch(page, served, broken)
    page.add_init_script(COUNTED)
    session = open_check(served, page, clinic)
    walk = Walk(page, None, "photo")
    walk.screen("welcome")
    with page.expect_request(lambda asked: "kind=still" in asked.url, timeout=60_000):
        walk.press("yes")
        page.wait_for_selector('body[data-screen="fingers"]')
        page.wait_for_timeout(1500)
        walk.picture("live")
    walk.captured("referred")
    assert outcome_of(served, session) == "referred"
    assert page.evaluate("window.photos")[0] == [1536, 2048]
    assert broken == []
