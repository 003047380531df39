"""The installed browser files work as they are: a real browser finds a face with them, and asks nobody else."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.models, pytest.mark.browser]

FIND = """async ([kind, task, option]) => {
    const tasks = await import("/browser/tasks-vision/vision_bundle.mjs");
    const files = await tasks.FilesetResolver.forVisionTasks("/browser/tasks-vision/wasm");
    const finder = await tasks[kind].createFromOptions(files, {
        baseOptions: { modelAssetPath: `/browser/${task}`, delegate: "CPU" }, runningMode: "IMAGE", [option]: 1,
    });
    const picture = new Image();
    picture.src = "/portraits/person_a_2.jpg";
    await picture.decode();
    const found = finder.detect(picture);
    return (found.faceLandmarks ?? found.landmarks).length;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map: ClassVar[dict[str, str]] = {  # type: ignore[misc]  # the library's own is an instance variable
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is http.server's
        pass


@pytest.fixture(scope="module")
def site(models_dir: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(models_dir)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("kind", "task", "option", "found"),
    [
        ("FaceLandmarker", "face_landmarker.task", "numFaces", 1),
        ("HandLandmarker", "hand_landmarker.task", "numHands", 0),
    ],
)
def test_a_browser_runs_them_and_asks_nobody_else(
    chromium: Browser, site: str, kind: str, task: str, option: str, found: int
) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/portraits/CREDITS.md")
    assert page.evaluate(FIND, [kind, task, option]) == found
    page.close()
    assert all(url.startswith((site, "blob:", "data:")) for url in asked)
    assert f"{site}/browser/{task}" in asked
