"""The face as a modality: templates from live frames, and their comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

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
from handfast.face.embed import MODEL, FaceEmbedder
from handfast.face.merge import agreeing, mean_direction
from handfast.face.observe import FaceObserver
from handfast.face.quality import face_quality
from handfast.face.template import FORMAT, pack, unpack
from handfast.face.types import Embedding, FaceObservation
from handfast.models.store import ModelStore

COMPARATOR = "sface-cosine:1"

_CAUSES: dict[str, type[CaptureError]] = {
    "closer": FaceTooSmall,
    "further": FaceTooLarge,
    "turn-back": FaceTurned,
    "more-light": FaceDark,
    "less-light": FaceTooBright,
    "hold-still": FaceBlurred,
}


@dataclass(frozen=True, slots=True)
class FaceParameters:
    """Tuned numbers of acquisition."""

    frames: int = 4  # at most this many of the best frames are embedded
    least_quality: float = 20.0  # 0..100, below which a frame is not used
    turned: float = 15.0  # degrees of yaw from the best frame, from which a frame counts as turned
    same_when_turned: float = 0.3  # mean cosine of turned frames to the template; strangers stay below in 99 of 100


class FaceEngine:
    """Acquires and compares faces; fulfils ModalityEngine."""

    modality = Modality.FACE

    def __init__(self, models: ModelStore, parameters: FaceParameters = FaceParameters()) -> None:
        self.observer = FaceObserver(models)
        self._embedder = FaceEmbedder(models)
        self._parameters = parameters

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        """One template from pictures of one person, and a failure for each picture that gave nothing."""
        observations, failures = [], []
        for sample in samples:
            try:
                observations.append(self.observer.observe(sample.image))
            except CaptureError as error:
                failures.append(Failure(None, error))
        try:
            return Acquisition((self.template(observations),), tuple(failures))
        except CaptureError as error:
            return Acquisition((), tuple(failures) or (Failure(None, error),))

    def template(self, observations: Sequence[FaceObservation]) -> Template:
        """The mean of the best frames. Raises NoFaceFound, PoorFace (or a named kind of it) or FacesDiffer.

        Frames in which the head is turned must show the same face too, or a photo could look and its bearer turn.
        """
        if not observations:
            raise NoFaceFound("no frame shows a face")
        best = sorted(observations, key=_expected, reverse=True)[: self._parameters.frames]
        embedded = [self._embedder.embed(observation.aligned) for observation in best]
        pairs = zip(embedded, best, strict=True)
        rated = [(embedding, face_quality(embedding.norm, o.pose, o.conditions)) for embedding, o in pairs]
        good = [pair for pair in rated if pair[1].value >= self._parameters.least_quality]
        if not good:
            raise _CAUSES.get(best[0].hint, PoorFace)("no frame is good enough to compare")
        template = _merged(good)
        self._check_turned(template, best[0].pose.yaw, observations)
        return template

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """The cosine of the mean reference and the mean probe; nothing where one side has none."""
        if not references or not probes:
            return ()
        sides = [mean_direction([unpack(template.data) for template in side]) for side in (references, probes)]
        value = float(sides[0] @ sides[1])
        return (Score(Modality.FACE, None, COMPARATOR, references[0].kind, probes[0].kind, value),)

    def _check_turned(self, template: Template, ahead: float, observations: Sequence[FaceObservation]) -> None:
        """Raises FacesDiffer if the two least turned of the turned frames show somebody else."""
        p, vector = self._parameters, unpack(template.data)
        by_turn = sorted(observations, key=lambda observation: abs(observation.pose.yaw - ahead))
        turned = [o for o in by_turn if abs(o.pose.yaw - ahead) >= p.turned][:2]
        cosines = [float(self._embedder.embed(o.aligned).vector @ vector) for o in turned]
        if turned and sum(cosines) / len(cosines) < p.same_when_turned:
            raise FacesDiffer("the turned head is not of the person who looked")


def _expected(observation: FaceObservation) -> float:
    """How good a frame should be, before it is embedded: sharp, near, and turned to the camera."""
    shown, pose = observation.conditions, observation.pose
    turn = max(0.0, abs(pose.yaw) - 5.0) / 40.0 + max(0.0, abs(pose.pitch) - 15.0) / 60.0
    return shown.sharpness + min(shown.eye_distance, 80.0) / 160.0 - turn - (observation.hint != "good")


def _merged(rated: Sequence[tuple[Embedding, Quality]]) -> Template:
    kept = [rated[index] for index in agreeing([embedding.vector for embedding, _ in rated])]
    vector = mean_direction([embedding.vector for embedding, _ in kept])
    best = max((quality for _, quality in kept), key=lambda quality: quality.value)
    return Template(Modality.FACE, None, SampleKind.PORTRAIT, FORMAT, MODEL, pack(vector), best)
