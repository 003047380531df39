"""pgvector beside our own scan: the same faces in Postgres, searched exactly and through an HNSW index."""

import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from handfast.storage.engines.embedded import EmbeddedPostgres

Vectors = NDArray[np.float32]
LISTED = 256
INDEX = "CREATE INDEX ON faces USING hnsw (face vector_ip_ops) WITH (m = 16, ef_construction = 64)"
SEARCH = "SELECT n FROM faces ORDER BY face <#> %s::vector LIMIT %s"


def rows(gallery: Vectors, probes: Vectors) -> list[tuple[str, ...]]:
    """A row for each way: name, searches, median and 95th percentile of the wall; a mate is the row of its probe."""
    with tempfile.TemporaryDirectory(prefix="scale-", dir="/tmp") as folder:  # short, for a socket's name
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        with psycopg.connect(server.start(), autocommit=True) as database:
            fill(database, gallery)
            exact = searched(database, probes)
            database.execute("SET maintenance_work_mem = '1GB'")
            database.execute(INDEX)
            database.execute(f"SET hnsw.ef_search = {LISTED}")
            indexed = searched(database, probes)
        server.stop()
    return [described("pgvector exact, faces", exact), described("pgvector HNSW, faces", indexed)]


def fill(database: "psycopg.Connection[tuple[int]]", gallery: Vectors) -> None:
    database.execute("CREATE EXTENSION vector")
    database.execute("CREATE UNLOGGED TABLE faces (n integer, face vector(128))")
    with database.cursor().copy("COPY faces FROM STDIN") as copy:
        for n, vector in enumerate(gallery):
            copy.write_row((n, written(vector)))
    database.execute("ANALYZE faces")


def written(vector: Vectors) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"


def searched(database: "psycopg.Connection[tuple[int]]", probes: Vectors) -> tuple[NDArray[np.float64], float]:
    """Wall seconds of each search, and the share whose mate is on the list."""
    walls, hits = [], 0
    for n, probe in enumerate(probes):
        start = time.perf_counter()
        found = database.execute(SEARCH, (written(probe), LISTED)).fetchall()
        walls.append(time.perf_counter() - start)
        hits += (n,) in found
    return np.array(walls), hits / len(probes)


def described(name: str, measured: tuple[NDArray[np.float64], float]) -> tuple[str, ...]:
    walls, recall = measured
    p50, p95 = np.percentile(walls, (50, 95))
    listed = f"{100 * recall:.1f} % of {LISTED}"
    return name, str(len(walls)), f"{1e3 * p50:,.0f} ms", f"{1e3 * p95:,.0f} ms", "", listed, "", ""
