"""The face as a modality: templates from live frames, and their comparison."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from handfast.base.errors import (
    CaptureError,
    FaceBlurred,
    FaceDark,
    FacesDiffer,
    FaceTooBright,
    FaceTooLarge,
    FaceTooSmall,
    FaceTurned,
    NoFaceFound,
    PoorFace,
)
from handfast.base.modality import Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.sample import Acquisition, Failure, Sample
from handfast.base.template import Score, Template
from handfast.face.compare import FaceComparer
from handfast.face.embed import Embedder, FaceEmbedder, with_mirror
from handfast.face.expression import advice
from handfast.face.merge import agreeing, mean_direction, mean_length
from handfast.face.observe import FaceObserver
from handfast.face.quality import face_quality
from handfast.face.relief import parallax
from handfast.face.template import FORMAT, pack, unpack
from handfast.face.types import Embedding, FaceObservation, Vector
from handfast.models.store import ModelStore

_CAUSES: dict[str, type[CaptureError]] = {
    "closer": FaceTooSmall,
    "further": FaceTooLarge,
    "turn-back": FaceTurned,
    "more-light": FaceDark,
    "less-light": FaceTooBright,
    "hold-still": FaceBlurred,
}

Rated = tuple[Embedding, Quality, FaceObservation]  # one frame, embedded


@dataclass(frozen=True, slots=True)
class FaceParameters:
    """Tuned numbers of acquisition."""

    frames: int = 4  # at most this many of the best frames make a template
    least_quality: float = 20.0  # 0..100, below which a frame is not used
    turned: float = 15.0  # degrees of yaw from the best frame, from which a frame counts as turned
    same_when_turned: float = 0.3  # mean cosine of turned frames to the template; strangers stay below in 99 of 100


class FaceEngine:
    """Acquires and compares faces; fulfils ModalityEngine.

    embedders   the newest first; more than one while people move to a new model. A capture gives a template of each,
                so whoever is held in an older one is compared in that until new pictures are taken, with their consent
    """

    modality = Modality.FACE

    def __init__(
        self,
        models: ModelStore,
        parameters: FaceParameters = FaceParameters(),
        embedders: Sequence[Embedder] | None = None,
    ) -> None:
        self.observer = FaceObserver(models)
        self._embedders = tuple(embedders or (FaceEmbedder(models),))
        self._embedder = self._embedders[0]
        self._comparer = FaceComparer([(embedder.model, embedder.comparator) for embedder in self._embedders])
        self._parameters = parameters

    def warm(self) -> None:
        """Run everything once, so that the first person does not wait for compilation or memory."""
        seen = self.observer.warm()
        parallax(seen.rigid, [seen.rigid])
        for embedder in self._embedders:
            embedder.embed(seen.aligned)

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        """One template a model from pictures of one person, and a failure for each picture that gave nothing."""
        observations, failures = [], []
        for sample in samples:
            try:
                observations.append(self.observer.observe(sample.image))
            except CaptureError as error:
                failures.append(Failure(None, error))
        try:
            return Acquisition(self.templates(observations), tuple(failures))
        except CaptureError as error:
            return Acquisition((), tuple(failures) or (Failure(None, error),))

    def candidates(self, observations: Sequence[FaceObservation]) -> list[FaceObservation]:
        """Those of a step's frames so far that `templates` may embed: the others need not be kept."""
        best = self._best(observations)
        return best + self._turned(best[0], observations)

    def template(self, observations: Sequence[FaceObservation]) -> Template:
        """That of the newest model. Raises what `templates` raises."""
        return self.templates(observations)[0]

    def templates(self, observations: Sequence[FaceObservation], frames: int | None = None) -> tuple[Template, ...]:
        """The mean of the best frames by each model, the newest first; of so many good frames at most.

        Raises NoFaceFound, PoorFace (or a named kind of it) or FacesDiffer.

        Frames in which the head is turned must show the same face too, or a photo could look and its bearer turn.
        """
        if not observations:
            raise NoFaceFound("no frame shows a face")
        best, alone = self._best(observations), len(observations) == 1
        good = list(islice(self._good(best, alone=alone), frames))
        if not good:
            raise _CAUSES.get(best[0].hint, PoorFace)("no frame is good enough to compare")
        kept = agreeing([embedding.vector for embedding, _, _ in good])
        chosen = [good[index] for index in kept]
        template = _merged(self._embedder.model, [embedding.vector for embedding, _, _ in chosen], chosen)
        self._check_turned(template, best[0], observations)
        shown = [o for _, _, o in chosen]
        older = [(e.model, [_embedded(e, o, alone=alone).vector for o in shown]) for e in self._embedders[1:]]
        return (template, *(_merged(model, vectors, chosen) for model, vectors in older))

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """The cosine of the mean reference and the mean probe, in the newest model that both sides have."""
        return self._comparer.compare(references, probes)

    def for_one_search(self) -> FaceComparer:
        """What compares faces, without the models."""
        return self._comparer.for_one_search()

    def _good(self, best: Sequence[FaceObservation], *, alone: bool) -> Iterator[Rated]:
        """Of these those that are good enough; each is embedded only when it is asked for."""
        for observation in best:
            embedding = _embedded(self._embedder, observation, alone=alone)
            quality = face_quality(embedding.norm, observation.pose, observation.conditions)
            if quality.value >= self._parameters.least_quality:
                yield embedding, quality, observation

    def _best(self, observations: Sequence[FaceObservation]) -> list[FaceObservation]:
        """Those that should compare best, the best first."""
        return sorted(observations, key=_expected, reverse=True)[: self._parameters.frames]

    def _turned(self, ahead: FaceObservation, observations: Sequence[FaceObservation]) -> list[FaceObservation]:
        """The two least turned of the frames that are turned."""

        def turn(observation: FaceObservation) -> float:
            return abs(observation.pose.yaw - ahead.pose.yaw)

        return sorted((o for o in observations if turn(o) >= self._parameters.turned), key=turn)[:2]

    def _check_turned(
        self, template: Template, ahead: FaceObservation, observations: Sequence[FaceObservation]
    ) -> None:
        """Raises FacesDiffer if the turned frames show somebody else."""
        turned, vector = self._turned(ahead, observations), unpack(template.data)
        cosines = [float(self._embedder.embed(o.aligned).vector @ vector) for o in turned]
        if turned and sum(cosines) / len(cosines) < self._parameters.same_when_turned:
            raise FacesDiffer("the turned head is not of the person who looked")


def _embedded(embedder: Embedder, shown: FaceObservation, *, alone: bool) -> Embedding:
    """By one model; a frame that is alone counts together with its mirror image, which adds nothing to several."""
    return with_mirror(embedder, shown.aligned) if alone else embedder.embed(shown.aligned)


def _expected(observation: FaceObservation) -> float:
    """How good a frame should be, before it is embedded: sharp, near, turned to the camera, eyes open, mouth closed."""
    shown, pose = observation.conditions, observation.pose
    turn = max(0.0, abs(pose.yaw) - 5.0) / 40.0 + max(0.0, abs(pose.pitch) - 15.0) / 60.0
    fault = (observation.hint != "good") + 0.5 * bool(advice(shown.expression))
    return shown.sharpness + min(shown.eye_distance, 80.0) / 160.0 - turn - fault


def _merged(model: str, vectors: Sequence[Vector], frames: Sequence[Rated]) -> Template:
    """The mean direction; its quality is the best frame's, with the length of the mean of the vectors as they came."""
    _, _, best = max(frames, key=lambda frame: frame[1].value)
    norms = [embedding.norm for embedding, _, _ in frames]
    quality = face_quality(mean_length(vectors, norms), best.pose, best.conditions)
    return Template(Modality.FACE, None, SampleKind.PORTRAIT, FORMAT, model, pack(mean_direction(vectors)), quality)
