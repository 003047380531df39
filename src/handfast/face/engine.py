"""The face as a modality: templates from live frames, and their comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    better: float = 0.1  # of what is expected, by which a frame must beat one that is embedded already
    least_quality: float = 20.0  # 0..100, below which a frame is not used
    turned: float = 15.0  # degrees of yaw from the best frame, from which a frame counts as turned
    turns_less: float = 5.0  # degrees, the same for the least turned of those
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

    def embedded(
        self, newest: FaceObservation, before: Sequence[FaceObservation], frames: int | None = None
    ) -> FaceObservation:
        """The newest frame of a step, with its vector where `templates` will likely want it.

        So when the last frame has come, little is left to do. `before` are the step's earlier frames, `frames` as for
        `templates`.
        """
        every = (*before, newest)
        best = self._best(every, frames)
        wanted = newest.hint == "good" and any(o is newest for o in best)
        if wanted or any(o is newest for o in self._turned(best[0], every)):
            return replace(newest, embedded=self._embedder.embed(newest.aligned))
        return newest

    def template(self, observations: Sequence[FaceObservation]) -> Template:
        """That of the newest model. Raises what `templates` raises."""
        return self.templates(observations)[0]

    def templates(self, observations: Sequence[FaceObservation], frames: int | None = None) -> tuple[Template, ...]:
        """The mean of the best frames by each model, the newest first; of so many frames at most.

        Raises NoFaceFound, PoorFace (or a named kind of it) or FacesDiffer.

        Frames in which the head is turned must show the same face too, or a photo could look and its bearer turn.
        """
        if not observations:
            raise NoFaceFound("no frame shows a face")
        best = self._best(observations, frames)
        pairs = zip(self._vectors(self._embedder, best), best, strict=True)
        rated = [(embedding, face_quality(embedding.norm, o.pose, o.conditions), o) for embedding, o in pairs]
        good = [frame for frame in rated if frame[1].value >= self._parameters.least_quality]
        if not good:
            raise _CAUSES.get(best[0].hint, PoorFace)("no frame is good enough to compare")
        kept = agreeing([embedding.vector for embedding, _, _ in good])
        chosen = [good[index] for index in kept]
        template = _merged(self._embedder.model, [embedding.vector for embedding, _, _ in chosen], chosen)
        self._check_turned(template, best[0], observations)
        shown = [o for _, _, o in chosen]
        older = [(e.model, [found.vector for found in self._vectors(e, shown)]) for e in self._embedders[1:]]
        return (template, *(_merged(model, vectors, chosen) for model, vectors in older))

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """The cosine of the mean reference and the mean probe, in the newest model that both sides have."""
        return self._comparer.compare(references, probes)

    def for_one_search(self) -> FaceComparer:
        """What compares faces, without the models."""
        return self._comparer.for_one_search()

    def _vectors(self, embedder: Embedder, shown: Sequence[FaceObservation]) -> list[Embedding]:
        """By one model; a single frame counts together with its mirror image, which adds nothing to several."""
        known = [o.embedded if embedder is self._embedder else None for o in shown]
        if len(shown) == 1:
            return [with_mirror(embedder, shown[0].aligned, known[0])]
        return [vector or embedder.embed(o.aligned) for vector, o in zip(known, shown, strict=True)]

    def _best(self, observations: Sequence[FaceObservation], frames: int | None) -> list[FaceObservation]:
        """Those that should compare best; one that is embedded stays until another is better by something."""
        better = self._parameters.better

        def rank(observation: FaceObservation) -> float:
            return _expected(observation) + (better if observation.embedded else 0.0)

        return sorted(observations, key=rank, reverse=True)[: frames or self._parameters.frames]

    def _turned(self, ahead: FaceObservation, observations: Sequence[FaceObservation]) -> list[FaceObservation]:
        """The two least turned of the frames that are turned; one that is embedded stays, as with the best."""
        p = self._parameters

        def turn(observation: FaceObservation) -> float:
            return abs(observation.pose.yaw - ahead.pose.yaw)

        def rank(observation: FaceObservation) -> float:
            return turn(observation) - (p.turns_less if observation.embedded else 0.0)

        return sorted((o for o in observations if turn(o) >= p.turned), key=rank)[:2]

    def _check_turned(
        self, template: Template, ahead: FaceObservation, observations: Sequence[FaceObservation]
    ) -> None:
        """Raises FacesDiffer if the turned frames show somebody else."""
        turned, vector = self._turned(ahead, observations), unpack(template.data)
        cosines = [float((o.embedded or self._embedder.embed(o.aligned)).vector @ vector) for o in turned]
        if turned and sum(cosines) / len(cosines) < self._parameters.same_when_turned:
            raise FacesDiffer("the turned head is not of the person who looked")


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
