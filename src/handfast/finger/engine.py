"""The finger modality: pictures of hands, single fingers or contact prints to templates, and their comparison."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from handfast.base.errors import CaptureError
from handfast.base.image import GrayImage, Image
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.sample import Acquisition, Failure, Sample
from handfast.base.template import Score, Template
from handfast.finger.comparison.compare import warm_up
from handfast.finger.comparison.comparer import FingerComparer
from handfast.finger.contact import print_to_template
from handfast.finger.hand.landmarks import LandmarkModel
from handfast.finger.hand.location import Location, locate, shrink
from handfast.finger.photo import Tips, fewer_than_four, fingertip_print, located_fingertips, photo_fingertips
from handfast.finger.records.iso19794_2_2005 import FORMAT, encode
from handfast.finger.ridges.enhance import enhance
from handfast.finger.ridges.minutiae import MODEL, MinutiaExtractor
from handfast.finger.single import single_fingertip
from handfast.finger.tip import outline_net
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.quality import finger_quality, ridge_focus, too_poor
from handfast.models.store import ModelStore

MOST_MINUTIAE = 120  # of a photographed fingertip; beyond these are mostly false ones
WORKERS = 2

Result = Template | Failure


@dataclass(frozen=True, slots=True)
class Task:
    """One thing left to do for a sample: it gives a template or raises a CaptureError."""

    position: FingerPosition
    run: Callable[[], Template]


class FingerEngine:
    """Fulfils ModalityEngine. Safe to share between threads; tips are read on two threads of its own."""

    modality = Modality.FINGER

    def __init__(self, models: ModelStore, workers: int = WORKERS) -> None:
        self.landmarks = LandmarkModel(models)
        self._extractor = MinutiaExtractor(models)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="finger")

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        """Every template that any sample gave, and for each finger that none gave, why its last sample did not.

        A photo of a hand may give four, the others one. Where a whole picture failed, the failure's position is None.
        """
        return _acquired([result for sample in samples for result in self._results(partial(self._tasks, sample))])

    def acquire_hand(self, sample: Sample) -> tuple[Acquisition, Location | None]:
        """What `acquire` makes of one photo of a hand, and where its four fingers are; None where not seen."""
        if sample.hand is None or fewer_than_four(sample.hand, sample.positions):
            return self.acquire([sample]), None
        try:
            location = locate(sample.image.pixels, sample.hand, self.landmarks, sample.guide)
        except CaptureError as error:
            return Acquisition((), (Failure(None, error),)), None
        tips = partial(located_fingertips, sample.image, sample.hand, location, sample.positions)
        return _acquired(self._results(lambda: self._tip_tasks(tips()))), location

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """For each finger that both sides have, the best score over all its references and probes.

        Fingers of which nobody said which they are compare with each other, as prints in measuring sets do.
        Scores of different kinds of sample cannot be ranked, so where a finger has several pairs of kinds, only the
        first reference's kind is compared.
        """
        return FingerComparer().compare(references, probes)

    def for_one_search(self) -> FingerComparer:
        """What compares fingers, without the models, and keeps the probes' fast forms."""
        return FingerComparer().for_one_search()

    def warm(self) -> None:
        """Run everything once, so that the first person does not wait for compilation or memory."""
        warm_up()
        outline_net.warm_up()
        blank = np.full((441, 320), 128, np.uint8)
        blank[::9] = 0
        shrink(Image(np.zeros((1024, 768, 3), np.uint8)).pixels)
        mask = np.ones(blank.shape, bool)
        ridge_focus(blank, mask)
        self._extractor.extract(enhance(blank, mask), mask)

    def _results(self, tasks_of: Callable[[], list[Task]]) -> list[Result]:
        try:
            tasks = tasks_of()
        except CaptureError as error:
            return [Failure(None, error)]
        contexts = [copy_context() for _ in tasks]  # so that whoever watches the trace sees the workers' stages too
        return list(self._pool.map(lambda context, task: context.run(_outcome, task), contexts, tasks))

    def _tasks(self, sample: Sample) -> list[Task]:
        if sample.kind is SampleKind.HAND:
            return self._hand_tasks(sample)
        position = sample.positions[0] if sample.positions else FingerPosition.UNKNOWN
        if sample.kind is SampleKind.FINGERTIP:
            tip = single_fingertip(sample.image, sample.guide)
            return [Task(position, partial(self._read, tip, position, SampleKind.FINGERTIP))]
        if sample.kind is SampleKind.CONTACT:
            gray = _gray(sample.image)
            return [Task(position, partial(print_to_template, gray, position, self._extractor))]
        raise ValueError(f"no fingers in a sample of kind {sample.kind}")

    def _hand_tasks(self, sample: Sample) -> list[Task]:
        if sample.hand is None:
            raise ValueError("a photo of four fingers must say which hand was asked for")
        tips = photo_fingertips(sample.image, sample.hand, self.landmarks, sample.guide, sample.positions)
        return self._tip_tasks(tips)

    def _tip_tasks(self, tips: Tips) -> list[Task]:
        return [Task(position, partial(self._read, tip, position, SampleKind.HAND)) for position, tip in tips.items()]

    def _read(self, tip: Fingertip | CaptureError, position: FingerPosition, kind: SampleKind) -> Template:
        """The template of one fingertip; raises PoorFinger with its cause, or the reason why there is no fingertip."""
        if isinstance(tip, CaptureError):
            raise tip
        fingerprint, measures = fingertip_print(tip, position)
        minutiae = self._extractor.extract(fingerprint.image, fingerprint.mask).strongest(MOST_MINUTIAE)
        quality = finger_quality(measures, minutiae)
        problem = too_poor(quality)
        if problem is not None:
            raise problem
        data = encode(minutiae, position, quality.value)
        return Template(Modality.FINGER, position, kind, FORMAT, MODEL, data, quality)


def _outcome(task: Task) -> Result:
    try:
        return task.run()
    except CaptureError as error:
        return Failure(task.position, error)


def _acquired(results: Sequence[Result]) -> Acquisition:
    templates = tuple(result for result in results if isinstance(result, Template))
    return Acquisition(templates, _unmended(templates, results))


def _unmended(templates: Sequence[Template], results: Iterable[Result]) -> tuple[Failure, ...]:
    """The last failure of each finger that no sample gave a template of; whole-picture failures if nothing came."""
    have = {template.position for template in templates}
    last = {result.position: result for result in results if isinstance(result, Failure)}
    return tuple(
        failure for position, failure in last.items() if position not in have and not (position is None and templates)
    )


def _gray(image: Image) -> GrayImage:
    return GrayImage(np.asarray(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), np.uint8), image.ppi)
