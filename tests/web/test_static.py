"""The pages keep to what the content security policy and a cheap phone allow."""

import re
from pathlib import Path

import pytest

import handfast.web

STATIC = Path(handfast.web.__file__).parent / "static"
PAGES = sorted(STATIC.glob("*.html"))
SCRIPTS = sorted(STATIC.rglob("*.js"))
LONGEST = 200  # lines of one module
CAPTURE_PAGE = ["capture.html", "prompts.json", "languages/en.json", "icons/icons.svg"]
MOST_BYTES = 200_000  # of the capture page, before the models
ELSEWHERE = re.compile(r"https?://(?!www\.w3\.org/)")


def imports(path: Path) -> set[str]:
    return set(re.findall(r'from "([^"]+)"', path.read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_holds_no_inline_script_or_style(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", text) == []


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS, *STATIC.rglob("*.css")], ids=lambda path: path.name)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    assert ELSEWHERE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_every_import_is_a_file_of_ours(script: Path) -> None:
    assert [name for name in imports(script) if not (script.parent / name).resolve().is_file()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_module_stays_short_and_says_what_it_is(script: Path) -> None:
    text = script.read_text("utf-8")
    assert text.startswith("/**")
    assert text.count("\n") <= LONGEST


def test_the_capture_page_names_beforehand_what_its_welcome_needs_and_no_more() -> None:
    needed, found = {STATIC / "capture" / "main.js"}, set[Path]()
    while needed:
        script = needed.pop()
        found.add(script)
        needed |= {(script.parent / name).resolve() for name in imports(script)} - found
    page = (STATIC / "capture.html").read_text("utf-8")
    named = re.findall(r'<(?:script type="module" src|link rel="modulepreload" href)="/static/([^"]+)"', page)
    assert sorted(named) == sorted(str(script.relative_to(STATIC)) for script in found)


def test_no_page_keeps_anything_but_choices_of_the_interface() -> None:
    kept = {name for script in SCRIPTS for name in re.findall(r'KEPT\w* = "([^"]+)"', script.read_text("utf-8"))}
    stores = [
        script.name
        for script in SCRIPTS
        if re.search(r"indexedDB|document\.cookie|caches\.", script.read_text("utf-8"))
    ]
    desk = {"handfast-desk", "handfast-desk-mode", "handfast-desk-site"}
    assert kept == {"handfast-language", "handfast-contrast", "handfast-mute", *desk}
    assert stores == ["key.js"]  # an operator's own phone: a key that nothing can read, until the shift ends


def test_the_capture_page_is_small() -> None:
    files = [STATIC / name for name in CAPTURE_PAGE]
    files += [*(STATIC / "capture").iterdir(), *(STATIC / "shared").iterdir()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
