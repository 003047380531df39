from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from handfast.base.errors import CaptureError, NoFingerFound, NoHandFound, PoorFinger
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand, Modality, SampleKind
from handfast.base.sample import Acquisition, Sample
from handfast.finger.engine import FingerEngine
from handfast.finger.records.iso19794_2_2005 import decode
from handfast.finger.synth.contact import impression
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import Lens, guided_shot
from handfast.models.store import ModelStore

LEFT = FOUR_FINGERS[Hand.LEFT]
BLURRED = Lens(defocus=7.0)


@pytest.fixture(scope="module")
def engine(models_dir: Path) -> FingerEngine:
    return FingerEngine(ModelStore(models_dir))


@cache
def rendered(person: int, shot: int, lens: Lens | None) -> Image:
    fixed = {} if lens is None else {"lens": lens}
    return photo(Person(person), Hand.LEFT, guided_shot(shot, **fixed)).image


def hand_sample(person: int, shot: int, positions: Sequence[FingerPosition] = (), lens: Lens | None = None) -> Sample:
    return Sample(rendered(person, shot, lens), SampleKind.HAND, Hand.LEFT, tuple(positions))


@pytest.fixture(scope="module")
def first(engine: FingerEngine) -> Acquisition:
    return engine.acquire([hand_sample(7, 1)])


@pytest.mark.models
def test_a_guided_photo_gives_four_templates_in_order(first: Acquisition) -> None:
    assert tuple(template.position for template in first.templates) == LEFT
    assert first.failures == ()
    for template in first.templates:
        assert (template.modality, template.kind) == (Modality.FINGER, SampleKind.HAND)
        assert template.quality.value >= 50
        minutiae, position = decode(template.data)
        assert position is template.position
        assert 12 <= len(minutiae) <= 120


@pytest.mark.models
def test_a_photo_tells_its_prints_and_where_its_hand_is(engine: FingerEngine, first: Acquisition) -> None:
    prints, where = engine.acquire_hand(hand_sample(7, 1))
    assert [template.data for template in prints.templates] == [template.data for template in first.templates]
    assert where is not None
    assert where.seen
    tips = where.points[[8, 12, 16, 20]]
    assert list(tips[:, 0]) == sorted(tips[:, 0])  # a left hand's index finger is on the left
    assert engine.acquire_hand(hand_sample(7, 1, LEFT[:2]))[1] is None


@pytest.mark.models
def test_of_a_wall_no_hand_is_told(engine: FingerEngine) -> None:
    wall = Image(np.full((1008, 756, 3), 140, np.uint8))
    prints, where = engine.acquire_hand(Sample(wall, SampleKind.HAND, Hand.LEFT, LEFT))
    assert where is None
    assert [type(failure.error) for failure in prints.failures] == [NoHandFound]


@pytest.mark.models
def test_the_same_hand_scores_above_another_persons(engine: FingerEngine, first: Acquisition) -> None:
    again = engine.acquire([hand_sample(7, 2)]).templates
    other = engine.acquire([hand_sample(8, 3)]).templates
    mated = engine.compare(first.templates, again)
    non_mated = engine.compare(first.templates, other)
    assert [score.position for score in mated] == list(LEFT)
    assert sum(score.value for score in mated) > 3 * sum(score.value for score in non_mated)


@pytest.mark.models
def test_several_references_give_the_best_of_their_scores(engine: FingerEngine, first: Acquisition) -> None:
    other = engine.acquire([hand_sample(8, 3)]).templates
    alone = engine.compare(first.templates, first.templates)
    together = engine.compare((*other, *first.templates), first.templates)
    assert [score.value for score in together] == [score.value for score in alone]


@pytest.mark.models
def test_a_blurred_photo_is_refused_finger_by_finger(engine: FingerEngine) -> None:
    blurred = engine.acquire([hand_sample(7, 1, lens=BLURRED)])
    assert blurred.templates == ()
    assert [failure.position for failure in blurred.failures] == list(LEFT)
    assert all(isinstance(failure.error, PoorFinger) for failure in blurred.failures)


@pytest.mark.models
def test_a_finger_that_fails_in_one_still_is_mended_by_another(engine: FingerEngine) -> None:
    both = engine.acquire([hand_sample(7, 1, lens=BLURRED), hand_sample(7, 1)])
    assert tuple(template.position for template in both.templates) == LEFT
    assert both.failures == ()


@pytest.mark.models
def test_only_the_fingers_that_were_asked_for_are_read(engine: FingerEngine) -> None:
    two = (FingerPosition.LEFT_INDEX, FingerPosition.LEFT_MIDDLE)
    found = engine.acquire([hand_sample(7, 1, two)])
    assert tuple(template.position for template in found.templates) == two


@pytest.mark.models
@pytest.mark.parametrize(
    ("kind", "error"), [(SampleKind.HAND, NoHandFound), (SampleKind.FINGERTIP, NoFingerFound)], ids=str
)
def test_a_wall_gives_a_named_failure_and_no_template(
    engine: FingerEngine, kind: SampleKind, error: type[CaptureError]
) -> None:
    wall = Image(np.full((1008, 756, 3), 140, np.uint8))
    found = engine.acquire([Sample(wall, kind, Hand.LEFT, LEFT)])
    assert found.templates == ()
    assert [type(failure.error) for failure in found.failures] == [error]


@pytest.mark.models
def test_a_contact_print_scores_with_a_photo_of_the_same_finger(engine: FingerEngine, first: Acquisition) -> None:
    position = FingerPosition.LEFT_INDEX

    def contact(person: int) -> Sequence[float]:
        gray = impression(Person(person), position, seed=4, severity=0.3).image
        color = Image(np.repeat(gray.pixels[..., None], 3, axis=2), gray.ppi)
        prints = engine.acquire([Sample(color, SampleKind.CONTACT, positions=(position,))]).templates
        return [score.value for score in engine.compare(prints, first.templates)]

    (mated,), (non_mated,) = contact(7), contact(8)
    assert mated > 1.5 * non_mated


@pytest.mark.models
def test_different_fingers_are_never_compared(engine: FingerEngine, first: Acquisition) -> None:
    index, middle = first.templates[:1], first.templates[1:2]
    assert engine.compare(index, middle) == ()
