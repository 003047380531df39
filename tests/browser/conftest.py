"""A real Chromium at a phone's size, the real application with seeded chance, and a person it knows."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from handfast.base.modality import Hand
from handfast.base.settings import Settings
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore
from handfast.service.start import Senses, load_senses
from support.browsing import PHONE, QUIET, Acting, Clinic, NewPhone, watch
from support.served import Served, serving
from support.site import Site, passkey_site
from support.visits import enrol
from support.walk import programme

CAMERAS = Path(__file__).parent / "cameras.js"


@pytest.fixture(scope="session")
def senses(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Senses:
    nowhere = tmp_path_factory.mktemp("unused")
    return load_senses(Settings(data_dir=nowhere, models_dir=models_dir, root_key=nowhere / "root.key"))


@pytest.fixture(scope="session")
def served(models_dir: Path, senses: Senses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), models_dir, senses, seed=7) as running:
        yield running


@pytest.fixture(scope="session")
def acting(models_dir: Path) -> Acting:
    """Makes an actor of a person's hands and a portrait; no two of them ever show the same picture."""
    takes = count(1)

    def make(person: Person, portrait: str = "person_a_1.jpg") -> Actor:
        picture = decode((models_dir / "portraits" / portrait).read_bytes())
        return Actor(picture, person, ModelStore(models_dir), seed=next(takes))

    return make


@pytest.fixture(scope="session")
def clinic(served: Served, acting: Acting) -> Clinic:
    known = Clinic(programme(served), "file-fingers", Person(5))
    enrol(served, known.programme, known.reference, acting(known.person, "person_a_1.jpg"), (Hand.RIGHT,), face=False)
    return known


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def site(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with passkey_site(playwright, tmp_path_factory.mktemp("people")) as made:
        yield made


@pytest.fixture
def new_phone(chromium: Browser, served: Served) -> Iterator[NewPhone]:
    """Opens pages on phones; options are those of a browser context. Fails what `watch` notes."""
    opened: list[Page] = []
    broken: list[str] = []

    def make(**options: object) -> Page:
        settings = {
            "viewport": PHONE,
            "device_scale_factor": 2,
            "is_mobile": True,
            "has_touch": True,
            "locale": "en-GB",
        }
        context = chromium.new_context(**{**settings, "permissions": ["camera"], **options})  # type: ignore[arg-type]
        context.add_init_script(path=CAMERAS)
        page = context.new_page()
        watch(page, served, broken)
        opened.append(page)
        return page

    yield make
    for page in opened:
        page.context.close()
    assert broken == []


@pytest.fixture
def phone(new_phone: NewPhone) -> Page:
    """A page on a phone that speaks English."""
    return new_phone()
