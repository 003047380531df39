"""Installed model files, checked against the manifest before they run."""

import hashlib
from pathlib import Path

from handfast.base.errors import ModelDamaged, ModelMissing
from handfast.models.manifest import Manifest, load_manifest
from handfast.models.sessions import LiteModel, OnnxModel


class ModelStore:
    """The models folder. Opening a session hashes its file first and runs those very bytes."""

    def __init__(self, models_dir: Path, manifest: Manifest | None = None) -> None:
        self.models_dir = models_dir
        self.manifest = manifest or load_manifest()

    def path(self, model_id: str) -> Path:
        """Where the file lies; ModelMissing if it does not."""
        path = self.models_dir / self.manifest[model_id].file
        if not path.is_file():
            raise ModelMissing(f"{path} is not there: run `handfast models install`")
        return path

    def read(self, model_id: str) -> bytes:
        """The file's bytes; ModelMissing, or ModelDamaged if they are not what the manifest states."""
        path = self.path(model_id)
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.manifest[model_id].sha256:
            raise ModelDamaged(f"{path} is not the file of the manifest: run `handfast models install`")
        return content

    def onnx(self, model_id: str, threads: int = 1) -> OnnxModel:
        """A new onnxruntime session on the processor."""
        return OnnxModel(self.read(model_id), threads)

    def litert(self, model_id: str, threads: int = 1, half: bool = False) -> LiteModel:
        """A new LiteRT model on the processor, in float16 where that is asked for and the processor computes in it."""
        return LiteModel(self.read(model_id), threads, half)
