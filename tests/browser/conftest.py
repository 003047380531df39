"""A real Chromium at a phone's size, and the real application with seeded chance."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from handfast.base.settings import Settings
from handfast.service.start import Senses, load_senses
from support.served import Served, serving

CAMERAS = Path(__file__).parent / "cameras.js"
PHONE = ViewportSize(width=390, height=844)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def senses(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Senses:
    nowhere = tmp_path_factory.mktemp("unused")
    return load_senses(Settings(data_dir=nowhere, models_dir=models_dir, root_key=nowhere / "root.key"))


@pytest.fixture(scope="module")
def served(models_dir: Path, senses: Senses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), models_dir, senses, seed=7) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, served: Served) -> Iterator[Page]:
    """A page on a phone. Fails the test if the page logs an error or asks anyone else for anything."""
    context = chromium.new_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, permissions=["camera"], locale="en-GB"
    )
    context.add_init_script(path=CAMERAS)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"error: {error}"))
    page.on("request", lambda asked: broken.append(f"left: {asked.url}") if _elsewhere(asked.url, served) else None)
    yield page
    context.close()
    assert broken == []


def _elsewhere(url: str, served: Served) -> bool:
    return not url.startswith((served.origin, "blob:", "data:"))
