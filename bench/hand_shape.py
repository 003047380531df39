"""Whether lengths of fingers could bond the hand beside the face with the fingers before the rear camera. Drawn hands.

    .venv/bin/python bench/hand_shape.py [--people 10]

Every drawn hand has the same proportions (only its size differs), so whatever a ratio of lengths varies by here is
error of measuring: landmarks of the open hand beside a face, and of four fingers in a still, two takes each. Printed
are mean and standard deviation of each ratio in either view. Index over ring differs by about 0.03 (one standard
deviation) among adults (Manning et al. 1998): a ratio that is measured worse than that tells nobody apart.
"""

import argparse

import numpy as np
from rich.console import Console
from rich.table import Table

from handfast.base.errors import CaptureError
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.base.settings import Settings
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.face.observe import FaceObserver
from handfast.finger.hand.landmarks import FINGER_BASES, LandmarkModel, Points
from handfast.finger.hand.location import SMALL_SIDE
from handfast.finger.hand.open_hand import HandObserver
from handfast.finger.preview import four_fingers
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.imaging.resize import fit
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore

HAND = Hand.RIGHT
BESIDE = Task(0, TaskKind.HAND, Camera.FRONT, HAND, (), 0, 0, 15)
NEAR = Task(1, TaskKind.FINGERS, Camera.REAR, HAND, FOUR_FINGERS[HAND], 1, 1, 60)
RATIOS = {"index : ring": (0, 2), "little : middle": (3, 1), "index : middle": (0, 1)}


def lengths(points: Points) -> Points:
    """(4,) from the middle joint to the tip: what both views show of index, middle, ring and little finger."""
    bones = [np.diff(points[base + 1 : base + 4], axis=0) for base in FINGER_BASES]
    return np.array([np.linalg.norm(bone, axis=1).sum() for bone in bones])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10)
    people = parser.parse_args().people
    store = ModelStore(Settings.from_environment().models_dir)
    portrait = decode((store.models_dir / "portraits" / "person_a_1.jpg").read_bytes())
    faces, hands, landmarks = FaceObserver(store), HandObserver(store), LandmarkModel(store)
    seen: dict[str, list[Points]] = {"beside the face": [], "before the camera": []}
    lost = 0
    for number in range(people):
        actor = Actor(portrait, Person(100 + number), store, seed=number)
        for image in list(actor.frames(BESIDE, 2.0, 2.0))[-2:]:
            try:
                seen["beside the face"].append(
                    lengths(hands.observe(image, faces.observe(image).face.box).pose.landmarks)
                )
            except CaptureError:
                lost += 1
        for take in range(2):
            small, _ = fit(actor.still(NEAR, None, take), SMALL_SIDE)
            points = four_fingers(small, HAND, NEAR.positions, landmarks, None)
            lost += points is None
            seen["before the camera"] += [] if points is None else [lengths(points)]
    table = Table("ratio", *seen, title=f"{people} drawn people, mean (standard deviation); {lost} looks lost")
    for name, (one, other) in RATIOS.items():
        told = [[float(each[one] / each[other]) for each in looks] for looks in seen.values()]
        table.add_row(name, *(f"{np.mean(values):.3f} ({np.std(values):.3f}), {len(values)}" for values in told))
    Console().print(table)


if __name__ == "__main__":
    main()
