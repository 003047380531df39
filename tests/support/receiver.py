"""A caller's own server on this machine: takes webhooks over TLS, and answers as it is told."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from handfast.web.certificates import SiteNames, site_certificates


@dataclass
class Receiver:
    """What came, oldest first; `answers` are the statuses of the next answers, then 204."""

    url: str
    authority: Path
    answers: list[int] = field(default_factory=list)
    came: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def next(self) -> tuple[Mapping[str, str], bytes]:
        """The next message, waited for."""
        assert self.arrived.acquire(timeout=20), "no webhook came"
        return self.came[-1]


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """Listen until the block ends, under a certificate of an authority of its own."""
    names = SiteNames(("localhost",), (ipaddress.ip_address("127.0.0.1"),))
    made = site_certificates(folder, names, datetime.now(UTC))
    assert made.authority is not None

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()
            receiver.arrived.release()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(made.certificate, made.key)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver = Receiver(f"https://localhost:{server.server_port}/hook", made.authority)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield receiver
        server.shutdown()
