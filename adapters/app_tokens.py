"""Tokens of apps: random, long-lived, and known here only by their hashes.

A token of a user is a signed text with dots in it; one of an app has none, so the two are never mixed up.
"""

import re
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

_BYTES: Final = 32  # nobody guesses as many, so a plain hash of them says nothing about them
_SHAPE: Final = re.compile(r"[\w-]{43}", re.ASCII)


def new_app_token() -> str:
    """A token that nobody has had before."""
    return token_urlsafe(_BYTES)


def is_app_token(token: str) -> bool:
    """Whether it is written as tokens of apps are."""
    return _SHAPE.fullmatch(token) is not None


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()
