"""Large, malformed and hostile requests are refused early, and nothing of them comes back as a 5xx."""

import io
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image as Pillow

from handfast.service.owner import programmes
from handfast.web import app
from support.eyes import picture
from support.interface import Interface, Visit, interface

MEGABYTE = 1024 * 1024


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of side x side black pixels, one bit each, in about 110 kB."""
    row = bytes(1 + side // 8)
    deflate = zlib.compressobj(9)
    data = b"".join(deflate.compress(row) for _ in range(side)) + deflate.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    body = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def jpeg_promising(side: int) -> bytes:
    """A real JPEG whose frame header (SOF0) states another size."""
    data = bytearray(picture(1, 1))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(data)


def jpeg_of_endless_scans() -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (64, 64), (9, 9, 200)).save(out, "jpeg", progressive=True)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * 500 + data[-2:]


@pytest.fixture
def visit(handfast: Interface) -> Visit:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.say()
    visit.draw()
    return visit


@pytest.mark.parametrize(
    ("bomb", "status", "code"),
    [
        (png_bomb, 415, "unreadable-image"),
        (lambda: jpeg_promising(30_000), 413, "image-too-large"),
        (lambda: jpeg_promising(16_000), 413, "image-too-large"),
        (lambda: jpeg_promising(4_600), 413, "image-too-large"),
        (jpeg_of_endless_scans, 415, "unreadable-image"),
    ],
    ids=["png-named-jpeg", "jpeg-30000", "jpeg-16000", "jpeg-4600", "endless-scans"],
)
def test_a_decompression_bomb_is_refused_fast_and_with_little_memory(
    visit: Visit, bomb: Callable[[], bytes], status: int, code: str
) -> None:
    body = bomb()
    assert len(body) < 150_000
    visit.send(visit.shot(0))
    before, began = resident(), time.process_time()
    told = visit.send(visit.shot(0 if visit.challenge is None else 1, body=body))
    seconds, megabytes = time.process_time() - began, (peak() - before) / MEGABYTE
    assert (told.status, told.code) == (status, code)
    assert seconds <= 0.1
    assert megabytes <= 50


def resident() -> int:
    """Resident bytes of this process now; its peak is counted afresh from here."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith(name + ":")))


def test_pictures_of_every_kind_of_damage_are_refused_by_name(visit: Visit) -> None:
    good = picture(1, 5)
    for bad in (b"", b"\xff\xd8\xff", good[:200], b"GIF89a" + bytes(99), b"<svg/>", b"\xff\xd8\xff" + bytes(5000)):
        told = visit.send(visit.shot(0, body=bad) if bad else visit.shot(0, body=b"\0"))
        assert (told.status, told.code) == (415, "unreadable-image"), bad[:10]
    assert visit.send(visit.shot(0)).status == 200


def raw(origin: str, head: str, body: bytes = b"") -> bytes:
    """What a server answers to these very bytes, without the rest of what they promise."""
    where = urlsplit(origin)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=10) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + body)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
            if b"\r\n\r\n" in answer and b"}" in answer:
                return answer
    return answer


@pytest.mark.parametrize(
    ("path", "kind", "length"),
    [
        ("/v1/capture/frames?task=0&n=0&t=0&kind=frame", "image/jpeg", 150_001),
        ("/v1/capture/frames?task=0&n=0&t=0&kind=still", "image/jpeg", 600_001),
        ("/v1/capture/frames?task=0&n=0&t=0&kind=still", "image/jpeg", 10**12),
        ("/v1/me/open", "application/json", 65_537),
        ("/v1/me/open", "application/json", 10**15),
        ("/v1/admin/claim", "application/json", 10**12),
        ("/v1/sessions", "application/json", 10**12),
        ("/v1/nowhere", "application/json", 10**12),
    ],
)
def test_an_oversize_body_is_refused_by_its_header(handfast: Interface, path: str, kind: str, length: int) -> None:
    head = (
        f"POST {path} HTTP/1.1\nHost: localhost\nAuthorization: Bearer x\nHandfast-Frame: x\n"
        f"Content-Type: {kind}\nContent-Length: {length}\n\n"
    )
    answer = raw(handfast.origin, head)  # not one byte of the body was sent
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_a_body_that_hides_its_length_is_cut_off(handfast: Interface) -> None:
    head = "POST /v1/me/open HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n"
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    assert raw(handfast.origin, head, chunk * 3).startswith(b"HTTP/1.1 413 ")
    frames = (
        "POST /v1/capture/frames?task=0&n=0&t=0&kind=frame HTTP/1.1\nHost: x\nAuthorization: Bearer x\n"
        "Handfast-Frame: x\nContent-Type: image/jpeg\nTransfer-Encoding: chunked\n\n"
    )
    assert raw(handfast.origin, frames, chunk * 3).startswith(b"HTTP/1.1 400 ")


def test_headers_without_end_are_cut_off(handfast: Interface) -> None:
    where = urlsplit(handfast.origin)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError, match=r"reset|[Pp]ipe"):
            pour(connection, megabytes=60)


def pour(connection: socket.socket, megabytes: int) -> None:
    for _ in range(megabytes):
        connection.sendall(b"X: " + b"a" * MEGABYTE + b"\r\n")


@pytest.mark.parametrize(
    "headers",
    [
        {"Handfast-Frame": "\xe9\xff"},
        {"Handfast-Frame": "A" * 101},
        {"Handfast-Frame": ""},
        {"Handfast-Frame": "===="},
        {"Handfast-Guide": "nan,0,0,0"},
        {"Handfast-Guide": "1e999,0,0,0"},
        {"Handfast-Guide": "0,0,0"},
        {"Handfast-Guide": "-1,0,0,0"},
        {"Handfast-Guide": "\xb2,0,0,0"},
        {"Content-Type": "image/png"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
)
def test_a_hostile_header_on_a_frame_is_refused(visit: Visit, headers: dict[str, str]) -> None:
    told = visit.send(visit.shot(0), **{name.replace("-", "_"): value for name, value in headers.items()})
    assert told.status in (400, 409, 415)


@pytest.mark.parametrize(
    "query",
    ["task=-1&n=0&t=0&kind=frame", "task=0&n=9999999999999999999999&t=0&kind=frame", "task=0&n=0&t=0&kind=video", ""],
)
def test_a_hostile_query_on_a_frame_is_refused(handfast: Interface, visit: Visit, query: str) -> None:
    headers = {"Content-Type": "image/jpeg", "Handfast-Frame": "x"}
    told = handfast.call("POST", f"/v1/capture/frames?{query}", token=visit.token, headers=headers, data=b"x")
    assert (told.status, told.code) == (400, "bad-request")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80/x", "\xff", "", "a" * 5000])
def test_no_answer_leads_to_the_host_that_a_request_names(handfast: Interface, host: str) -> None:
    for path in ("/v1/capture/", "/desk/", "/static", "//evil.example/", "/v1/programmes/"):
        answer = raw(handfast.origin, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n").lower()
        assert b"location:" not in answer
        assert b"evil.example" not in answer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"[" * 60_000,
        b'{"private_code": ' + b"9" * 5000 + b', "pin": "1"}',
        b'{"private_code": "\\ud800", "pin": "1234"}',
        b'{"private_code": "x", "pin": "\\u0661\\u0662\\u0663\\u0664"}',
        b'{"private_code": "x", "pin": "1234", "\\ud800": 1}',
        b'{"private_code": NaN, "pin": Infinity}',
        b"\xff\xfe\x00",
        b'{"private_code": "x\\u0000", "pin": "1234"}',
    ],
)
def test_a_body_that_makes_no_sense_is_a_problem_and_not_a_failure(handfast: Interface, body: bytes) -> None:
    told = handfast.call("POST", "/v1/me/open", headers={"Content-Type": "application/json"}, data=body)
    assert told.status in (400, 401)
    assert told.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/models/..%2f..%2f..%2fetc%2froot.key",
        "/models//etc/passwd",
        "/static/%00",
        "/v1/programmes/%00/public",
        "/v1/programmes/..%2f..%2fkeys/public",
        "/v1/programmes/" + "a" * 5000 + "/public",
        "/v1/sessions/%ff%fe",
        "/v1/" + "a/" * 2000,
    ],
)
def test_a_hostile_path_finds_nothing(handfast: Interface, path: str) -> None:
    told = handfast.call("GET", path)
    assert told.status in (401, 404)
    assert told.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_method_that_is_not_there_is_refused_with_those_that_are(handfast: Interface, method: str) -> None:
    for path, allowed in (("/v1/sessions", "POST"), ("/v1/programmes", "GET, POST"), ("/desk", "GET")):
        told = handfast.call(method, path, token=handfast.key)
        assert (told.status, told.code) == (405, "method-not-allowed")
        assert told.headers["allow"] == allowed


def test_the_frame_around_the_fingers_is_taken_as_parts_of_the_picture(visit: Visit) -> None:
    assert visit.send(visit.shot(0), Handfast_Guide="0.1250,0,1.0000,0.5").status == 200


def test_what_nobody_expected_is_a_problem_that_says_nothing(
    handfast: Interface, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(programmes, "public_page", broken)
    told = handfast.call("GET", "/v1/programmes/prg_x/public")
    assert (told.status, told.code) == (500, "error")
    assert b"secret" not in told.body
    assert told.headers["cache-control"] == "no-store"
    assert "content-security-policy" in told.headers
    assert "a secret detail" in caplog.text


def test_a_full_pool_answers_503_with_a_time_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WORKERS", 1)
    monkeypatch.setattr(app, "WAITING", 0)
    with interface(tmp_path) as handfast:
        visit = handfast.visit(1, kind="check", reference="P-1")
        visit.say()
        visit.draw()
        gate, entered, watch = threading.Event(), threading.Event(), handfast.desk.eyes.watch

        def slow(*seen: object) -> object:
            entered.set()
            assert gate.wait(20)
            return watch(*seen)  # type: ignore[arg-type]

        monkeypatch.setattr(handfast.desk.eyes, "watch", slow)
        first = visit.shot(0)
        busy = threading.Thread(target=visit.send, args=(first,))
        busy.start()
        assert entered.wait(20)
        try:
            told = visit.send(visit.shot(0))
            assert (told.status, told.code) == (503, "overloaded")
            assert int(told.headers["retry-after"]) > 0
            assert handfast.call("GET", "/v1/health").status == 200
        finally:
            gate.set()
            busy.join()
        assert visit.ask("POST", "/finish").status == 400  # there is room again
