"""Headers on every answer: our own origin only, nothing personal kept by anyone, no framing."""

import asyncio
import re
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from handfast.web.headers import CONTENT_SECURITY_POLICY, SafeHeaders
from handfast.web.routes.pages import PAGES, STATIC
from support.interface import Interface

ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/c", 200),
    ("GET", "/me", 200),
    ("GET", "/desk", 200),
    ("GET", "/docs", 200),
    ("GET", "/p/prg_x", 200),
    ("GET", "/static/index.html", 200),
    ("GET", "/models/hand_landmarker.task", 200),
    ("GET", "/nothing", 404),
    ("GET", "/v1/health", 200),
    ("GET", "/v1/openapi.json", 200),
    ("GET", "/v1/me", 401),
    ("PUT", "/v1/me", 405),
    ("POST", "/v1/me/open", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_headers(handfast: Interface, method: str, path: str, status: int) -> None:
    told = handfast.call(method, path)
    assert told.status == status
    assert told.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert told.headers["cross-origin-opener-policy"] == "same-origin"
    assert told.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=(self)" in told.headers["permissions-policy"]
    assert "microphone=()" in told.headers["permissions-policy"]
    assert "server" not in told.headers
    assert "set-cookie" not in told.headers
    assert "access-control-allow-origin" not in told.headers
    if path.startswith("/v1"):
        assert told.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("https_only", [True, False])
def test_browsers_are_told_to_come_by_https_alone_where_the_certificate_is_the_owners(https_only: bool) -> None:
    sent: list[Message] = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    app = SafeHeaders(inside, https_only=https_only)
    asyncio.run(app({"type": "http", "path": "/"}, receive, send))
    headers = dict(sent[0]["headers"])
    assert headers.get(b"strict-transport-security") == (b"max-age=31536000" if https_only else None)


def test_the_policy_names_no_other_origin_and_no_inline_script() -> None:
    policy = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe-inline" not in CONTENT_SECURITY_POLICY
    assert "'unsafe-eval'" not in CONTENT_SECURITY_POLICY
    sources = {source for rule in policy.values() for source in rule.split()}
    assert sources <= {"'none'", "'self'", "'wasm-unsafe-eval'", "blob:", "data:"}


@pytest.mark.parametrize("page", sorted(path.name for path in STATIC.glob("*.html")))
def test_a_page_holds_nothing_that_the_policy_would_block(page: str) -> None:
    text = (STATIC / page).read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    for address in re.findall(r"""(?:src|href)=["']([^"']+)""", text):
        assert not re.match(r"[a-z]+:|//", address), address


def test_every_page_is_there() -> None:
    assert all(Path(STATIC / name).is_file() for name in PAGES.values())
