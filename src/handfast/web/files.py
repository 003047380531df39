"""Our own pages and the browser's model files, compressed once and kept in memory."""

import gzip
from pathlib import Path
from threading import Lock

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

SHRINK = frozenset({".js", ".mjs", ".css", ".html", ".json", ".svg", ".wasm"})
WORTH_IT = 1024  # bytes; below this a compressed answer gains nothing
MEDIA_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}
OCTETS = "application/octet-stream"


class Files(StaticFiles):
    """Static files with an entity tag, a stated age, and gzip for what shrinks."""

    def __init__(self, directory: Path, max_age: int) -> None:
        super().__init__(directory=directory)
        self._age = f"public, max-age={max_age}" if max_age else "no-cache"
        self._small: dict[tuple[str, int], bytes] = {}
        self._lock = Lock()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; raises starlette's HTTPException 404 where there is none."""
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = self._age
        suffix = Path(path).suffix
        if suffix in MEDIA_TYPES:
            answer.headers["Content-Type"] = MEDIA_TYPES[suffix]
        elif suffix in {".task", ".tflite"}:
            answer.headers["Content-Type"] = OCTETS
        if answer.status_code != 200 or suffix not in SHRINK or scope["method"] != "GET":
            return answer
        answer.headers["Vary"] = "Accept-Encoding"
        full_path, stat = self.lookup_path(path)
        if stat is None or stat.st_size < WORTH_IT or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return answer
        body = self._compressed(full_path, stat.st_mtime_ns)
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        return Response(body, headers=headers | {"Content-Encoding": "gzip"})

    def _compressed(self, path: str, changed: int) -> bytes:
        with self._lock:
            if (path, changed) not in self._small:
                self._small[path, changed] = gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)
            return self._small[path, changed]
