"""The plain page that hands over the site authority, before a phone trusts this server.

Plain HTTP on its own port, because that is the point: nothing else is served there, and the page shows the
authority's fingerprint so that it can be compared with the one on the operator's screen.
"""

import hashlib
import plistlib
import uuid
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from handfast.web.files import Files
from handfast.web.headers import SafeHeaders
from handfast.web.routes.pages import STATIC


def fingerprint(authority: Path) -> str:
    """SHA-256 of the authority's certificate, in pairs of hexadecimal digits."""
    digest = hashlib.sha256(_der(authority)).hexdigest().upper()
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def trust_app(authority: Path, secure_url: str) -> SafeHeaders:
    """Serves /start, the certificate in the two forms that phones take, and sends everything else to HTTPS."""

    async def start(_request: Request) -> Response:
        return FileResponse(STATIC / "trust.html", media_type="text/html; charset=utf-8")

    async def facts(_request: Request) -> Response:
        return JSONResponse({"fingerprint": fingerprint(authority), "secure_url": secure_url})

    async def certificate(_request: Request) -> Response:
        return Response(_der(authority), media_type="application/x-x509-ca-cert", headers=_download("handfast.crt"))

    async def profile(_request: Request) -> Response:
        return Response(
            apple_profile(authority),
            media_type="application/x-apple-aspen-config",
            headers=_download("handfast.mobileconfig"),
        )

    async def elsewhere(_request: Request) -> Response:
        return RedirectResponse(secure_url)

    return SafeHeaders(
        Starlette(
            routes=[
                Route("/start", start),
                Route("/start/facts", facts),
                Route("/start/handfast.crt", certificate),
                Route("/start/handfast.mobileconfig", profile),
                Mount("/static", Files(STATIC, max_age=0)),
                Route("/{path:path}", elsewhere),
            ]
        )
    )


def apple_profile(authority: Path) -> bytes:
    """A configuration profile that installs the authority on an iPhone or iPad."""
    der = _der(authority)
    ident = hashlib.sha256(der).digest()
    name = x509.load_der_x509_certificate(der).subject.rfc4514_string().removeprefix("CN=")
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": "handfast.authority",
        "PayloadUUID": str(uuid.UUID(bytes=ident[:16], version=4)),
        "PayloadDisplayName": name,
        "PayloadContent": der,
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": "handfast",
        "PayloadUUID": str(uuid.UUID(bytes=ident[16:], version=4)),
        "PayloadDisplayName": name,
        "PayloadDescription": "Lets this device trust the Handfast server of this site, and nothing else.",
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile)


def _der(authority: Path) -> bytes:
    return x509.load_pem_x509_certificate(authority.read_bytes()).public_bytes(Encoding.DER)


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
