"""A site with passkeys: a scripted service behind TLS by a name, its pages, and operators who join it."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, Playwright, ViewportSize

from handfast.base.clock import SystemClock
from handfast.base.roles import Right
from handfast.service.desk import operators
from handfast.web.certificates import site_certificates, site_names
from support.browsing import FORBIDDEN, QUIET
from support.colleagues import ROOT
from support.interface import Interface, interface
from support.listening import bound, listening
from support.walk import Walk

MICROPHONE = "--use-fake-device-for-media-stream"
DESK = ViewportSize(width=900, height=1000)


@dataclass(frozen=True)
class Site:
    """A scripted service behind TLS, by the name that a passkey needs, and a browser that trusts it."""

    handfast: Interface
    origin: str
    browser: Browser


@contextmanager
def passkey_site(playwright: Playwright, folder: Path) -> Iterator[Site]:
    """Serve it until the block ends."""
    made = site_certificates(folder / "tls", site_names(), SystemClock().now())
    leaf = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    trust = f"--ignore-certificate-errors-spki-list={pin}"  # as who installed the site's authority trusts it
    with bound() as (listener, origin):
        named = f"https://localhost:{origin.rpartition(':')[2]}"
        with interface(folder, public_url=named) as handfast, listening(handfast.app, listener, made):
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*QUIET, MICROPHONE, trust])
            yield Site(handfast, named, browser)
            browser.close()


def opened(site: Site, language: str, broken: list[str], viewport: ViewportSize = DESK, **options: object) -> Page:
    """A page of somebody's own browser; what it must not do is noted in `broken`."""
    page = site.browser.new_context(viewport=viewport, locale=language, **options).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda error: broken.append(f"error: {error}"))
    page.on("console", lambda said: broken.append(said.text) if FORBIDDEN.search(said.text) else None)
    return page


def joined(walk: Walk) -> None:
    """Make the passkey of an invitation."""
    walk.screen("desk-join")
    walk.page.locator('[data-field="site"]').fill("North gate")
    walk.press("join")


def invitation(site: Site, name: str, *rights: Right) -> str:
    """The address that a new operator opens once."""
    return f"{site.origin}/desk#join={operators.invite(site.handfast.desk.context, ROOT, name, rights).invitation}"
