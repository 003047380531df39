"""Making templates of captures, with the time of each step and a cache, in one process or more."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Protocol

import cv2
import numpy as np

from handfast.base.errors import CaptureError, HandfastError
from handfast.base.image import Image
from handfast.base.modality import SampleKind
from handfast.base.sample import ModalityEngine, Sample
from handfast.base.trace import watching
from handfast.imaging import wsq
from handfast.imaging.decode import decode
from handfast.lab.sets.acquired import Acquired, Recipe
from handfast.lab.sets.cache import TemplateCache
from handfast.lab.sets.captures import Capture
from handfast.lab.sets.dataset import Picture
from handfast.lab.sets.wsq import decode_wsq

MAX_PIXELS = 64_000_000


class EngineFactory(Protocol):
    """Makes a modality's engine, in whatever process; can be pickled."""

    def __call__(self) -> ModalityEngine: ...


def acquire_all(
    captures: Sequence[Capture],
    recipe: Recipe,
    factory: EngineFactory,
    *,
    workers: int = 1,
    cache: TemplateCache | None = None,
    advance: Callable[[], None] = lambda: None,
) -> tuple[Acquired, ...]:
    """One Acquired for each capture, in order; `advance` is called after each."""
    results = []
    for result in _stream(captures, recipe, factory, workers, cache):
        results.append(result)
        advance()
    return tuple(results)


def acquire(capture: Capture, recipe: Recipe, engine: ModalityEngine) -> Acquired:
    """Templates of one capture; a picture that cannot be read or used is a failure, never an exception."""
    start = time.perf_counter()
    try:
        samples = [_sample(picture, recipe) for picture in capture.pictures]
    except HandfastError as error:
        return Acquired((), ((None, error.code),))
    steps = {"decode": 1000.0 * (time.perf_counter() - start)}
    last = time.perf_counter()

    def watch(stage: str, _: object) -> None:
        nonlocal last
        now = time.perf_counter()
        steps[stage] = steps.get(stage, 0.0) + 1000.0 * (now - last)
        last = now

    try:
        with watching(watch):
            acquisition = engine.acquire(samples)
    except CaptureError as error:
        return Acquired((), ((None, error.code),), steps)
    steps["all"] = 1000.0 * (time.perf_counter() - start)
    failures = tuple((failure.position, failure.error.code) for failure in acquisition.failures)
    return Acquired(acquisition.templates, failures, steps)


def joined(parts: Sequence[Acquired]) -> Acquired:
    """What several pictures of the same fingers gave: all templates, and failures of fingers that none gave."""
    templates = tuple(template for part in parts for template in part.templates)
    have = {template.position for template in templates}
    last = dict(failure for part in parts for failure in part.failures)
    failures = tuple((p, code) for p, code in last.items() if p not in have and not (p is None and templates))
    steps: Counter[str] = Counter()
    for part in parts:
        steps.update(part.milliseconds)
    return Acquired(templates, failures, dict(steps))


def _sample(picture: Picture, recipe: Recipe) -> Sample:
    image = read_picture((recipe.folder / picture.path).read_bytes())
    if recipe.enlarge != 1.0:
        image = enlarged(image, recipe.enlarge)
    return Sample(Image(image.pixels, recipe.ppi or image.ppi), recipe.kind, picture.hand, picture.positions)


def read_picture(data: bytes) -> Image:
    """A picture of a set; WSQ too, which states its resolution."""
    if not data.startswith(wsq.START):
        return decode(data, MAX_PIXELS)
    gray = decode_wsq(data)
    return Image(np.repeat(gray.pixels[..., None], 3, axis=2), gray.ppi)


def enlarged(image: Image, factor: float) -> Image:
    """The picture with its sides multiplied, by cubic interpolation."""
    width, height = image.size
    size = (round(width * factor), round(height * factor))
    larger = cv2.resize(image.pixels, size, interpolation=cv2.INTER_CUBIC)
    return Image(np.asarray(larger, dtype=np.uint8), image.ppi)


def _stream(
    captures: Sequence[Capture], recipe: Recipe, factory: EngineFactory, workers: int, cache: TemplateCache | None
) -> Iterator[Acquired]:
    if workers == 1:
        worker = _Worker(recipe, factory, cache)
        yield from map(worker, captures)
        return
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start, initargs=(recipe, factory, cache)
    ) as pool:
        yield from pool.map(_run, captures, chunksize=4)


class _Worker:
    """One process's engine, made when the first capture is not in the cache."""

    def __init__(self, recipe: Recipe, factory: EngineFactory, cache: TemplateCache | None) -> None:
        self.recipe, self.factory, self.cache = recipe, factory, cache
        self.engine: ModalityEngine | None = None

    def __call__(self, capture: Capture) -> Acquired:
        """Frames of a face make one template together; fingers one each, so a picture in many captures is read once."""
        if self.recipe.kind is SampleKind.PORTRAIT:
            return self._one(capture)
        return joined([self._one(replace(capture, pictures=(picture,))) for picture in capture.pictures])

    def _one(self, capture: Capture) -> Acquired:
        key = self.cache.key(capture, self.recipe) if self.cache else ""
        if self.cache and (known := self.cache.get(key)):
            return known
        self.engine = self.engine or self.factory()
        result = acquire(capture, self.recipe, self.engine)
        if self.cache:
            self.cache.put(key, result)
        return result


_worker: _Worker | None = None


def _start(recipe: Recipe, factory: EngineFactory, cache: TemplateCache | None) -> None:
    global _worker
    _worker = _Worker(recipe, factory, cache)


def _run(capture: Capture) -> Acquired:
    assert _worker is not None  # noqa: S101  # set by the pool's initializer
    return _worker(capture)
