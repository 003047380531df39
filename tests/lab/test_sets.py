"""A set's signed statement, and chimeric people."""

import json
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.base.errors import RequestError
from handfast.base.modality import Modality
from handfast.lab.chimeric import chimeric
from handfast.lab.ratios import Ratios
from handfast.lab.sets.statement import read_statement, state

KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)


def test_a_statement_is_of_exactly_the_pictures_that_were_there(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"one")
    text = state(tmp_path, "Dr. Okafor", "our own study, consent form 3", KEY)
    assert read_statement(text, tmp_path).pictures == 1
    (tmp_path / "notes.txt").write_text("not a picture")
    read_statement(text, tmp_path)
    (tmp_path / "2.png").write_bytes(b"two")
    with pytest.raises(RequestError, match="other pictures"):
        read_statement(text, tmp_path)


def test_a_statement_that_was_changed_is_refused_and_an_empty_one_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="needs pictures"):
        state(tmp_path, "Dr. Okafor", "our own study", KEY)
    (tmp_path / "1.png").write_bytes(b"one")
    text = state(tmp_path, "Dr. Okafor", "our own study", KEY)
    body = json.loads(text)
    body["statement"]["who"] = "somebody else"
    for wrong in (json.dumps(body), "", "{}", text.replace('"key": "', '"key": "AAAA')):
        with pytest.raises(RequestError, match="does not hold"):
            read_statement(wrong, tmp_path)


def ratios(modality: Modality, own: float, others: float) -> Ratios:
    people = 6
    pairs = [(a, b) for a in range(people) for b in range(a + 1) for _ in range(2)]
    left, right = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
    llr = np.where(left == right, own, others).astype(float)
    ids = tuple((f"p{a}.1", f"p{b}.2") for a, b in pairs)
    return Ratios(modality, tuple(f"p{n}" for n in range(people)), ids, left, right, llr)


def test_chimeric_sums_tell_whether_both_runs_add_up_the_right_way_round() -> None:
    face, finger = ratios(Modality.FACE, 2.0, -1.0), ratios(Modality.FINGER, 0.5, 0.2)
    sums = chimeric(face, finger)
    assert (sums.people, len(sums.mated), len(sums.nonmated)) == (6, 12, 30)
    assert sums.apart
    assert "do not overlap" in sums.words
    turned = ratios(Modality.FINGER, -2.0, 2.0)
    assert "overlap: 12 mated" in chimeric(face, turned).words
    with pytest.raises(RequestError):
        chimeric(face, face)
