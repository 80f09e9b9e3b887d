"""Which passwords are too weak to be taken."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from domain.common_passwords import COMMON_PASSWORDS
from domain.refusals import Refusal

MIN_LENGTH = 8
SIMILAR = 0.7  # share of letters in common, in order, at which a password gives its owner away
MIN_TELLING_LENGTH = 3  # shorter pieces of a name are in many good passwords by chance


class PasswordTooShort(Refusal):
    code = "PASSWORD_TOO_SHORT"


class PasswordEntirelyNumeric(Refusal):
    code = "PASSWORD_ENTIRELY_NUMERIC"


class PasswordTooCommon(Refusal):
    code = "PASSWORD_TOO_COMMON"


class PasswordTooSimilar(Refusal):
    code = "PASSWORD_TOO_SIMILAR"


def weaknesses(password: str, personal: Iterable[str] = (), *, field: str = "password") -> list[Refusal]:
    """All that is wrong with a password; nothing for a good one.

    ``personal`` is what is known of its owner: e-mail, first and last name. Empty ones are passed over.
    ``field`` is the input's name in the API.
    """
    found: list[Refusal] = []
    if len(password) < MIN_LENGTH:
        found.append(PasswordTooShort(f"A password needs at least {MIN_LENGTH} characters.", field=field))
    if password.isdigit():
        found.append(PasswordEntirelyNumeric("A password cannot be digits alone.", field=field))
    if password.strip().lower() in COMMON_PASSWORDS:
        found.append(
            PasswordTooCommon("This password is among the first that anybody would try.", field=field)
        )
    if any(_resembles(password, fact) for fact in personal):
        found.append(PasswordTooSimilar("This password is too much like your name or e-mail.", field=field))
    return found


def _resembles(password: str, fact: str) -> bool:
    """Whether the password is the fact, or a piece of it, but for a few characters."""
    folded = _folded(password)
    for piece in {_folded(fact), *re.split(r"[\W_]+", _folded(fact))}:
        if len(piece) < MIN_TELLING_LENGTH:
            continue
        matcher = SequenceMatcher(None, folded, piece, autojunk=False)
        # The first ratio only compares lengths, which keeps a very long password from costing its square.
        if (
            matcher.real_quick_ratio() >= SIMILAR
            and matcher.quick_ratio() >= SIMILAR
            and matcher.ratio() >= SIMILAR
        ):
            return True
    return False


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
