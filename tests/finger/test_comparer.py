import pytest

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.finger.comparison.compare import compare_templates
from handfast.finger.comparison.comparer import FingerComparer
from handfast.finger.records.iso19794_2_2005 import FORMAT, encode
from handfast.finger.types import Minutiae
from support.prints import another_touch, scattered

INDEX, MIDDLE = FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE


def template(minutiae: Minutiae, position: FingerPosition = INDEX, kind: SampleKind = SampleKind.HAND) -> Template:
    data = encode(minutiae, position, 50)
    return Template(Modality.FINGER, position, kind, FORMAT, "leader:1", data, Quality(50))


def test_a_finger_scores_as_its_best_pair_does() -> None:
    stills = [template(scattered(1)), template(another_touch(scattered(1), 2))]
    probes = [template(another_touch(scattered(1), 3)), template(scattered(4)), template(scattered(5), MIDDLE)]
    (score,) = FingerComparer().compare(stills, probes)
    assert score.value == max(compare_templates(r, p).value for r in stills for p in probes[:2])
    assert score.position is INDEX


def test_only_the_first_references_kind_is_compared() -> None:
    here = scattered(1)
    stills = [template(scattered(2)), template(here, kind=SampleKind.CONTACT)]
    (score,) = FingerComparer().compare(stills, [template(here)])
    assert (score.reference_kind, score.value) == (SampleKind.HAND, compare_templates(stills[0], template(here)).value)


def test_in_a_search_everybody_scores_as_outside_of_one() -> None:
    probes = [template(scattered(1)), template(scattered(2), MIDDLE)]
    people = [[template(another_touch(scattered(n), n)), template(scattered(n + 1), MIDDLE)] for n in range(4)]
    comparer = FingerComparer().for_one_search()
    assert [comparer.compare(r, probes) for r in people] == [FingerComparer().compare(r, probes) for r in people]


def test_a_search_keeps_probes_and_never_a_reference() -> None:
    comparer = FingerComparer().for_one_search()
    probe = template(scattered(1))
    for n in range(3):
        comparer.compare([template(scattered(10 + n))], [probe])
    assert comparer._kept is not None
    assert [data for _, data in comparer._kept] == [probe.data]


def test_what_one_search_kept_another_has_not() -> None:
    whole = FingerComparer()
    first, second = whole.for_one_search(), whole.for_one_search()
    first.compare([template(scattered(1))], [template(scattered(2))])
    assert (whole._kept, second._kept) == (None, {})


def test_a_damaged_probe_is_refused_each_time() -> None:
    comparer = FingerComparer().for_one_search()
    damaged = Template(Modality.FINGER, INDEX, SampleKind.HAND, FORMAT, "leader:1", b"FMR\0 30\0", Quality(50))
    for _ in range(2):
        with pytest.raises(UnreadableTemplate):
            comparer.compare([template(scattered(1))], [damaged])
