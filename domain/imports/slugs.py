"""Slugs: what names become in an address."""

import re
import unicodedata
from collections.abc import Collection

MAX_LENGTH = 200
_APART = re.compile(r"[\W_]+")


def slug_of(text: str, otherwise: str = "item") -> str:
    """Lower case, without accents, words joined by hyphens; letters of other scripts stay.

    ``otherwise`` where nothing is left.
    """
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
    composed = unicodedata.normalize("NFC", plain).lower()
    return _APART.sub("-", composed).strip("-")[:MAX_LENGTH].rstrip("-") or otherwise


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` ... that is not taken."""
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
