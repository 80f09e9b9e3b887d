"""Signatures for the disk store's URLs: HMAC-SHA256 over everything the bearer is granted."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from adapters.files.store import Method


class SignatureRefused(Exception):
    """The URL was not signed here, was changed since (``INVALID``), or is too old (``EXPIRED``)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Grant:
    """What a signed URL allows, until its expiry. A download has neither a type nor a size."""

    method: Method
    key: str
    expires: datetime
    content_type: str | None = None
    size: int | None = None


def sign(secret: bytes, grant: Grant) -> str:
    """The query string of a URL that grants ``grant``. Its expiry is rounded down to the second."""
    query = {"expires": str(int(grant.expires.timestamp()))}
    if grant.content_type is not None:
        query["type"] = grant.content_type
    if grant.size is not None:
        query["size"] = str(grant.size)
    query["signature"] = _signature(secret, grant.method, grant.key, query)
    return urlencode(query)


def verify(secret: bytes, method: Method, key: str, query: Mapping[str, str], now: datetime) -> Grant:
    """What ``query`` grants to a request for ``method`` and ``key``. Raises ``SignatureRefused``."""
    expected = _signature(secret, method, key, query)
    if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode(errors="replace")):
        raise SignatureRefused("INVALID", "The signature does not fit this request.")

    # Signed here, so the figures are ours and parse.
    expires = datetime.fromtimestamp(int(query["expires"]), UTC)
    if now >= expires:
        raise SignatureRefused("EXPIRED", "This URL has expired.")
    size = query.get("size")
    return Grant(method, key, expires, query.get("type"), None if size is None else int(size))


def _signature(secret: bytes, method: str, key: str, query: Mapping[str, str]) -> str:
    # JSON, so that no field can run over into its neighbour; the first word keeps these signatures apart from
    # others made with the same secret.
    fields = ["files", method, key, query.get("expires"), query.get("type"), query.get("size")]
    return hmac.digest(secret, json.dumps(fields).encode(), "sha256").hex()
