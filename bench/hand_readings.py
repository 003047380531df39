"""One drawn photo as the engine and as a naive chain read it; what was read stays beside the photo."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from hand_sweep import HAND, Entry, draw, load
from naive_chain import naive_prints
from PIL import Image as Picture

from handfast.base.errors import CaptureError, HandfastError
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition
from handfast.finger.comparison.prints import Prints
from handfast.finger.hand.landmarks import LandmarkModel
from handfast.finger.photo import fingertip_print, photo_fingertips
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.quality import finger_quality, too_poor
from handfast.finger.types import Minutiae
from handfast.models.store import ModelStore

MOST_MINUTIAE = 120
MODELS = Path("models")
NAIVE = "naive"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the engine made of one fingertip, refused or not.

    refused   the gate's reason, or None
    right     share of the mask that is that finger's last phalanx; whole: how much of the phalanx the mask covers
    """

    minutiae: Minutiae
    quality: float
    parts: Mapping[str, float]
    refused: str | None
    right: float
    whole: float


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One photo as both systems read it; failed: why the engine found no fingers at all."""

    engine: Mapping[FingerPosition, Reading]
    failed: str | None
    naive: Mapping[FingerPosition, Prints]


@lru_cache
def _parts(models: Path) -> tuple[LandmarkModel, MinutiaExtractor]:
    cv2.setNumThreads(1)
    store = ModelStore(models)
    return LandmarkModel(store), MinutiaExtractor(store)


def read(entry: Entry, folder: Path, system: str) -> Readings:
    """Draw where needed, then read one photo by one system; what it read stays in the folder."""
    kept = folder / system / f"{entry.name}.pkl"
    if kept.exists():
        return Readings(**pickle.loads(kept.read_bytes()))  # noqa: S301 - a file that this script wrote
    draw(entry, folder)
    photo, (landmarks, extractor) = load(entry, folder), _parts(MODELS)
    if system == NAIVE:
        found = Readings({}, None, dict(naive_prints(photo, HAND, extractor)))
    else:
        truth = np.asarray(Picture.open(folder / f"{entry.name}.png"), np.uint8)
        found = _by_engine(photo, truth, landmarks, extractor)
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(pickle.dumps({name: getattr(found, name) for name in Readings.__slots__}))
    return found


def _by_engine(photo: Image, truth: np.ndarray, landmarks: LandmarkModel, extractor: MinutiaExtractor) -> Readings:
    found: dict[FingerPosition, Reading] = {}
    try:
        for position, tip in photo_fingertips(photo, HAND, landmarks).items():
            if isinstance(tip, Fingertip):
                found[position] = _reading(tip, position, truth, extractor)
    except CaptureError as error:
        return Readings({}, error.code, {})
    return Readings(found, None, {})


def _reading(tip: Fingertip, position: FingerPosition, truth: np.ndarray, extractor: MinutiaExtractor) -> Reading:
    fingerprint, measures = fingertip_print(tip, position)
    minutiae = extractor.extract(fingerprint.image, fingerprint.mask).strongest(MOST_MINUTIAE)
    quality = finger_quality(measures, minutiae)
    problem: HandfastError | None = too_poor(quality)
    right, whole = against_truth(tip, position, truth)
    return Reading(minutiae, quality.value, dict(quality.parts), problem.code if problem else None, right, whole)


def against_truth(tip: Fingertip, position: FingerPosition, truth: np.ndarray) -> tuple[float, float]:
    """The crop's mask against the known phalanges, which are a quarter as large as the photo."""
    height, width = tip.mask.shape
    ends = np.array([(0, 0), (width, 0), (0, height)], np.float32)
    to_crop = cv2.getAffineTransform((tip.corners[[0, 1, 3]] / 4).astype(np.float32), ends)
    labels = cv2.warpAffine(truth, to_crop, (width, height), flags=cv2.INTER_NEAREST)
    label = 1 + FOUR_FINGERS[HAND].index(position)
    area = abs(float(np.linalg.det(to_crop[:, :2]))) * float((truth == label).sum())
    hit = float((labels[tip.mask] == label).sum())
    return hit / max(1.0, float(tip.mask.sum())), hit / max(1.0, area)
