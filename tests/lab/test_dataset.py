from pathlib import Path

import pytest

from handfast.base.errors import RequestError
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand, SampleKind
from handfast.lab.sets.captures import Capture, Grouping, Role, make_captures, pairs
from handfast.lab.sets.dataset import read_dataset
from support.pictures import write_people

PLAIN = r"p(?P<person>\d+)/(?P<sample>\d+)"


def captures_of(folder: Path, grouping: Grouping) -> tuple[Capture, ...]:
    return make_captures(read_dataset(folder, PLAIN, SampleKind.PORTRAIT), grouping)


def compared(captures: tuple[Capture, ...]) -> list[tuple[Capture, Capture]]:
    return [(captures[i], captures[j]) for i, j in pairs(captures)]


def test_a_picture_without_a_label_is_not_read(tmp_path: Path) -> None:
    write_people(tmp_path, 2, 2)
    write_people(tmp_path, 1, 1, "crowd.png")
    dataset = read_dataset(tmp_path, PLAIN, SampleKind.PORTRAIT)
    assert (len(dataset.pictures), dataset.unlabelled) == (4, 1)


@pytest.mark.parametrize(
    ("pattern", "kind", "words"),
    [
        (r"p(?P<person>\d+)", SampleKind.PORTRAIT, r"named group sample"),
        (r"(?P<sample>\d+)", SampleKind.PORTRAIT, r"named group person"),
        (PLAIN, SampleKind.HAND, r"named group hand"),
        (r"(?P<person", SampleKind.PORTRAIT, r"no regular expression"),
        (r"nobody(?P<person>)(?P<sample>)", SampleKind.PORTRAIT, r"no picture of 4"),
    ],
)
def test_a_pattern_that_cannot_label_is_refused(tmp_path: Path, pattern: str, kind: SampleKind, words: str) -> None:
    write_people(tmp_path, 2, 2)
    with pytest.raises(RequestError, match=words):
        read_dataset(tmp_path, pattern, kind)


def test_hands_and_fingers_are_read_from_the_name(tmp_path: Path) -> None:
    write_people(tmp_path, 1, 1, "{person}_left_{sample}_ring.png")
    pattern = r"(?P<person>\d+)_(?P<hand>left|right)_(?P<sample>\d+)"
    (hand,) = read_dataset(tmp_path, pattern, SampleKind.HAND).pictures
    assert (hand.hand, hand.positions) == (Hand.LEFT, FOUR_FINGERS[Hand.LEFT])
    (finger,) = read_dataset(tmp_path, pattern + r"_(?P<finger>\w+)\.", SampleKind.FINGERTIP).pictures
    assert finger.positions == (FingerPosition.LEFT_RING,)
    (unknown,) = read_dataset(tmp_path, pattern, SampleKind.CONTACT).pictures
    assert unknown.positions == (FingerPosition.UNKNOWN,)


def test_samples_sort_by_number_and_not_by_letter(tmp_path: Path) -> None:
    write_people(tmp_path, 1, 11)
    pictures = read_dataset(tmp_path, PLAIN, SampleKind.PORTRAIT).pictures
    assert [picture.sample for picture in pictures] == [str(n) for n in range(11)]


def test_every_pair_of_captures_is_compared_once(tmp_path: Path) -> None:
    write_people(tmp_path, 3, 4)
    both = compared(captures_of(tmp_path, Grouping()))
    assert len(both) == 12 * 11 // 2
    assert len({frozenset((a.pictures[0].path, b.pictures[0].path)) for a, b in both}) == len(both)


def test_two_templates_that_share_a_picture_are_never_compared(tmp_path: Path) -> None:
    write_people(tmp_path, 3, 10)
    for grouping in (Grouping(3, 3, splits=4), Grouping(3, 1, splits=4)):
        for reference, probe in compared(captures_of(tmp_path, grouping)):
            assert not {p.path for p in reference.pictures} & {p.path for p in probe.pictures}
            assert (len(reference.pictures), len(probe.pictures)) == (3, grouping.probe_frames)


def test_a_reference_of_more_frames_is_never_a_probe(tmp_path: Path) -> None:
    write_people(tmp_path, 3, 5)
    both = compared(captures_of(tmp_path, Grouping(3, 1)))
    assert {reference.role for reference, _ in both} == {Role.REFERENCE}
    assert {probe.role for _, probe in both} == {Role.PROBE}
    assert len(both) == 3 * 3 * 2


def test_the_same_seed_gives_the_same_captures_and_another_seed_others(tmp_path: Path) -> None:
    write_people(tmp_path, 3, 9)
    first = captures_of(tmp_path, Grouping(3, 3, seed=1))
    assert first == captures_of(tmp_path, Grouping(3, 3, seed=1))
    assert first != captures_of(tmp_path, Grouping(3, 3, seed=2))


def test_a_person_with_one_picture_takes_no_part(tmp_path: Path) -> None:
    write_people(tmp_path, 2, 3)
    write_people(tmp_path, 1, 1, "p9/{sample}.png")
    assert len({capture.person for capture in captures_of(tmp_path, Grouping())}) == 2


def test_the_same_number_in_two_groups_is_two_people(tmp_path: Path) -> None:
    write_people(tmp_path, 2, 2, "a/{person}_{sample}.png")
    write_people(tmp_path, 2, 2, "b/{person}_{sample}.png")
    pattern = r"(?P<group>[ab])/(?P<person>\d+)_(?P<sample>\d+)"
    captures = make_captures(read_dataset(tmp_path, pattern, SampleKind.PORTRAIT), Grouping())
    assert len({capture.person for capture in captures}) == 4


def test_a_left_hand_is_never_compared_with_a_right_one(tmp_path: Path) -> None:
    for hand in ("left", "right"):
        write_people(tmp_path, 2, 2, "{person}_" + hand + "_{sample}.png")
    pattern = r"(?P<person>\d+)_(?P<hand>left|right)_(?P<sample>\d+)"
    captures = make_captures(read_dataset(tmp_path, pattern, SampleKind.HAND), Grouping())
    assert all(a.slot == b.slot for a, b in compared(captures))
    assert len(compared(captures)) == 2 * (4 * 3 // 2)


def test_one_sample_a_person_is_nothing_to_compare(tmp_path: Path) -> None:
    write_people(tmp_path, 3, 1)
    with pytest.raises(RequestError, match="nothing to compare"):
        captures_of(tmp_path, Grouping())
