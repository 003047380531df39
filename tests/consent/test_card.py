"""Attacks with cards."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.base.errors import NotACard
from handfast.consent.card import read_card, write_card
from handfast.storage.keys.opened import OpenSigner

SIGNER = OpenSigner("card", Ed25519PrivateKey.from_private_bytes(bytes(32)))
CARD = write_card("crd_1", SIGNER)


def test_a_card_of_this_server_is_read() -> None:
    assert read_card(f" {CARD}\n", SIGNER.public) == "crd_1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HF1",
        "HF1.crd_1",
        "HF1.crd_1.",
        "HF1.crd_1.not base64!",
        CARD.replace("crd_1", "crd_2"),
        CARD.replace("HF1", "HF2"),
        CARD[:-4],
        "é" * 50,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotACard):
        read_card(text, SIGNER.public)


def test_a_card_of_another_server_is_refused() -> None:
    stranger = OpenSigner("card", Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
    with pytest.raises(NotACard):
        read_card(CARD, stranger.public)
