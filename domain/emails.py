"""E-mail addresses: the one spelling they are kept and compared in, and which are addresses at all."""

import re
import string

import idna

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets, less its brackets
MAX_LOCAL_LENGTH = 64

# Only ASCII letters are folded here. `str.lower` turns the Kelvin sign into a k, and one customer's address
# into another's.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def normalize(email: str) -> str:
    """The spelling to store and to look up by: trimmed, lower case, the domain in its ASCII form.

    Normalizing twice changes nothing. What cannot be an address comes back trimmed and lowered, for
    ``is_valid`` to refuse.
    """
    text = email.strip().translate(_LOWER)
    local, at, domain = text.rpartition("@")
    if not at or domain.isascii() or len(domain) > MAX_LENGTH:
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return text


def is_valid(email: str) -> bool:
    """Whether a normalized ``email`` can receive mail from anywhere: a plain local part at a full domain.

    Quoted local parts, addresses by number (``a@[127.0.0.1]``) and domains of a single label are refused.
    """
    local, _, domain = email.rpartition("@")
    labels = domain.split(".")
    return (
        len(email) <= MAX_LENGTH
        and len(local) <= MAX_LOCAL_LENGTH
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
