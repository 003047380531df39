"""Headers on every answer: only our own origin, nothing cached that is personal, no referrer, no framing."""

from collections.abc import Mapping

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
        always = ALWAYS | ({"Strict-Transport-Security": HTTPS_ONLY} if https_only else {})
        self._always = _raw(always)
        self._personal = _raw(always | {"Cache-Control": "no-store"})
        self._speaks = _raw(always | {"Permissions-Policy": WITH_MICROPHONE})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        ours = self._personal if path.startswith("/v1") else self._speaks if path == SPOKEN else self._always

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in ours]
                message["headers"] = [*others, *ours.items()]
            await send(message)

        await self.app(scope, receive, with_headers)


def _raw(headers: Mapping[str, str]) -> Mapping[bytes, bytes]:
    return {name.lower().encode(): value.encode() for name, value in headers.items()}
