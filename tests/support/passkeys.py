"""Chromium's virtual authenticator: a passkey in a page, and the same passkey carried to another page."""

from typing import Any

from playwright.sync_api import Page

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Keyring:
    """The authenticator of one page; one passkey is in it at a time, as a person has one finger on it."""

    def __init__(self, page: Page) -> None:
        self._client = page.context.new_cdp_session(page)
        self._client.send("WebAuthn.enable")
        self._id = self._add()

    def passkey(self) -> Any:
        """The passkey that was made here."""
        (made,) = self._client.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"]
        return made

    def lend(self, passkey: Any) -> None:
        """Somebody else's passkey instead of what is in it."""
        self._client.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self._id})
        self._id = self._add()
        self._client.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": passkey})

    def _add(self) -> str:
        told = self._client.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
        return str(told["authenticatorId"])
