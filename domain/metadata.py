"""Metadata: texts under keys, for whoever builds on the shop."""

import unicodedata
from collections.abc import Mapping

from domain.refusals import Invalid, Refusal, Required

MAX_KEY_LENGTH = 256
MAX_KEYS = 500


def metadata_problems(meta: Mapping[str, str], *, field: str = "metadata") -> list[Refusal]:
    """All that is wrong with it: keys are neither empty nor endless, and all is text that can be kept."""
    found: list[Refusal] = []
    for key, value in meta.items():
        if not key.strip():
            found.append(Required("A key of metadata cannot be empty.", field=field))
        elif len(key) > MAX_KEY_LENGTH or not _can_be_kept(key) or not _can_be_kept(value):
            found.append(Invalid(f"This cannot be kept under the key '{key[:80]}'.", field=field))
    return found


def check_number(keys: int) -> None:
    """Raise ``Invalid`` where one object has more keys than anybody needs."""
    if keys > MAX_KEYS:
        raise Invalid(f"An object may have {MAX_KEYS} keys of metadata.", field="input")


def _can_be_kept(text: str) -> bool:
    """Postgres takes no NUL, and no halves of characters."""
    return "\0" not in text and not any(unicodedata.category(character) == "Cs" for character in text)
