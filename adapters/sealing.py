"""Sealing what is kept for a client with a word that only the client has."""

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes


class Unreadable(Exception):
    """It was sealed with another word or by another shop, or somebody has changed it."""


class Seal:
    """Made of a client's word, such as its idempotency key, and of the shop's own secret.

    ``name`` says which word it is without telling the word: equal for equal ones.
    """

    def __init__(self, secret: str, scope: str, word: str) -> None:
        said = f"{scope}\0{word}".encode()
        self.name = _derived(secret, b"name", said).hex()
        self._cipher = AESGCM(_derived(secret, b"seal", said))

    def close(self, content: bytes) -> bytes:
        """``content``, for nobody to read but through ``open``."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, content, None)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises ``Unreadable``."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except InvalidTag as wrong:
            raise Unreadable from wrong


def _derived(secret: str, purpose: bytes, said: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose + b"\0" + said, sha256)
