"""Ourselves as a contestant: what `handfast lab` runs for portraits, through stored templates."""

from functools import cache
from pathlib import Path
from typing import ClassVar

from job import answer

from handfast.base.image import Image
from handfast.base.settings import Settings
from handfast.base.template import Template
from handfast.face.embed import FaceEmbedder
from handfast.face.engine import FaceEngine
from handfast.face.types import Embedding, FaceObservation
from handfast.imaging.decode import decode
from handfast.models.store import ModelStore

STORE = ModelStore(Settings.from_environment().models_dir)


class Remembering(FaceEmbedder):
    """Embeds each picture once, however many captures it is in."""

    known: ClassVar[dict[bytes, Embedding]] = {}

    def embed(self, aligned: Image) -> Embedding:
        key = aligned.pixels.tobytes()
        if key not in self.known:
            self.known[key] = super().embed(aligned)
        return self.known[key]


ENGINE = FaceEngine(STORE, embedders=(Remembering(STORE),))


@cache
def observed(name: str) -> FaceObservation:
    return ENGINE.observer.observe(decode(Path(name).read_bytes()))


def extract(capture: Path) -> Template:
    return ENGINE.template([observed(name) for name in capture.read_text("utf-8").splitlines()])


def compare(a: Template, b: Template) -> float:
    return 1.0 + ENGINE.compare([a], [b])[0].value  # above the 0 of a capture that cannot be read


if __name__ == "__main__":
    answer(extract, compare)
