"""Templates made before, keyed by the pictures' content, what was asked of them, and the software and models."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.lab.sets.acquired import Acquired, Recipe
from handfast.lab.sets.captures import Capture

PACKAGES = ("base", "imaging", "models", "face", "finger")
"""Packages whose code makes templates: a change in any of them makes the cache anew."""


@dataclass(frozen=True, slots=True)
class TemplateCache:
    """Files in a folder, one a capture. It holds biometric templates: delete it with the study.

    made_by   the software and models that make the templates
    """

    folder: Path
    made_by: str

    def key(self, capture: Capture, recipe: Recipe) -> str:
        """Digest of all that the templates depend on."""
        digest = hashlib.sha256(f"{self.made_by}|{recipe.kind}|{recipe.enlarge}|{recipe.ppi}".encode())
        for picture in capture.pictures:
            content = hashlib.sha256((recipe.folder / picture.path).read_bytes()).hexdigest()
            digest.update(f"|{content}|{picture.hand}|{[int(position) for position in picture.positions]}".encode())
        return digest.hexdigest()

    def get(self, key: str) -> Acquired | None:
        """What was kept under the key, or None."""
        path = self.folder / f"{key}.json"
        if not path.is_file():
            return None
        body = json.loads(path.read_text("utf-8"))
        failures = tuple(
            (None if position is None else FingerPosition(position), code) for position, code in body["failures"]
        )
        return Acquired(tuple(_template(t) for t in body["templates"]), failures, body["milliseconds"])

    def put(self, key: str, acquired: Acquired) -> None:
        """Keep it; two processes that write the same key write the same bytes."""
        body = {
            "templates": [_body(template) for template in acquired.templates],
            "failures": [[position, code] for position, code in acquired.failures],
            "milliseconds": acquired.milliseconds,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{key}.part"
        part.write_text(json.dumps(body), "utf-8")
        part.replace(self.folder / f"{key}.json")


@cache
def software_digest() -> str:
    """SHA-256 over the source of the packages that make templates and the models' manifest."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        root = Path(str(resources.files("handfast").joinpath(package)))
        for path in sorted(p for suffix in ("*.py", "*.toml") for p in root.rglob(suffix)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _body(template: Template) -> dict[str, object]:
    return {
        "modality": template.modality,
        "position": template.position,
        "kind": template.kind,
        "format": template.format,
        "model": template.model,
        "data": base64.b64encode(template.data).decode("ascii"),
        "quality": [template.quality.value, dict(template.quality.parts)],
    }


def _template(body: dict[str, Any]) -> Template:
    value, parts = body["quality"]
    return Template(
        modality=Modality(body["modality"]),
        position=None if body["position"] is None else FingerPosition(body["position"]),
        kind=SampleKind(body["kind"]),
        format=body["format"],
        model=body["model"],
        data=base64.b64decode(body["data"]),
        quality=Quality(value, parts),
    )
