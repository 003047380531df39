"""Headers on every answer: only our own origin, nothing cached that is personal, no referrer, no framing."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


HTTPS_ONLY = "max-age=31536000"
"""HSTS (RFC 6797) for a year; for this host alone, since other people's services may lie under its name."""

SPOKEN = "/voices"
WITH_MICROPHONE = ALWAYS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
"""Prompts are recorded on one page; no other may ask for the microphone."""


class SafeHeaders:
    """ASGI middleware that sets the headers above; `/v1` answers are never stored by anyone.

    https_only   whether browsers are told never to come by plain HTTP
    """

    def __init__(self, app: ASGIApp, *, https_only: bool = False) -> None:
        self.app = app
        self._always = ALWAYS | ({"Strict-Transport-Security": HTTPS_ONLY} if https_only else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        personal, speaks = scope["path"].startswith("/v1"), scope["path"] == SPOKEN

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    headers[name] = value
                if speaks:
                    headers["Permissions-Policy"] = WITH_MICROPHONE
                if personal:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, with_headers)
