"""How the HTTP server itself is set up, wherever one is started."""

from typing import Any

from handfast.web.packets import GatheringProtocol

GUARDED: dict[str, Any] = {
    "http": GatheringProtocol,  # by h11: uvicorn's other parser, httptools, keeps endless headers in memory
    "h11_max_incomplete_event_size": 16_384,  # bytes of request line and headers
    "server_header": False,
    "access_log": False,
    "log_level": "warning",
    "timeout_keep_alive": 30,  # seconds: who reads in between need not connect anew, which a slow line takes long for
    "timeout_graceful_shutdown": 5,  # seconds
}
"""Options of uvicorn."""
