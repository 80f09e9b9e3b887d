"""Media types: what a client accepts, and what a body claims to be."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from engine.errors import RequestRefused
from engine.parts import Form

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"
HTML = "text/html"

VERSIONS: Final = {form.value.lower().partition("=")[0] for form in Form}


@lru_cache(256)  # clients send few different ones, with every request
def negotiate(accept: str | None, offers: tuple[str, ...]) -> str:
    """The offer a client likes best; among equals the one it names most exactly, first, or we offer first.

    No header, or an empty one, accepts anything. Raises ``RequestRefused`` with 406.
    """
    ranges = list(_ranges(accept or "*/*"))
    best: tuple[float, int, int, int] | None = None
    chosen = offers[0]
    for place, offer in enumerate(offers):
        quality, exactness, position = _liking(offer, ranges)
        rank = (quality, exactness, -position, -place)
        if quality > 0 and (best is None or rank > best):
            best, chosen = rank, offer
    if best is None:
        message = f"None of the accepted media types can be served; offered are {', '.join(offers)}."
        raise RequestRefused.because(message, "NOT_ACCEPTABLE", 406)
    return chosen


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            yield name, _quality(parameters)


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0.0 <= quality <= 1.0 else 0.0
    return 1.0


def _liking(offer: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int, int]:
    """Quality, exactness and position of the most exact range that covers the offer."""
    exactness = {"*/*": 0, f"{offer.partition('/')[0]}/*": 1, offer: 2}
    covering = [
        (exactness[name], quality, position)
        for position, (name, quality) in enumerate(ranges)
        if name in exactness
    ]
    if not covering:
        return 0.0, 0, 0
    exact, quality, position = max(covering, key=lambda found: found[0])
    return quality, exact, position


@lru_cache(256)
def reads_events(accept: str | None) -> bool:
    """Whether the header names the media type of event streams, however little it likes it."""
    return any(name == EVENT_STREAM and quality > 0 for name, quality in _ranges(accept or ""))


class Asked(NamedTuple):
    """How a client would have an answer in parts."""

    media: str
    form: Form
    named: bool  # whether the client named the form, and is to hear so


@lru_cache(256)
def asked_in_parts(accept: str | None) -> Asked | None:
    """How, if the header names a media type for it: a wildcard is no wish for parts.

    Who names no form reads that of 2022: those who read only the other one say so.
    """
    best: tuple[float, bool, int] | None = None
    chosen: Asked | None = None
    for position, part in enumerate((accept or "").split(",")):
        media, *parameters = (piece.strip().replace('"', "") for piece in part.lower().split(";"))
        rank = _quality(parameters), media == MULTIPART, -position
        named = [form for form in Form if form.value.lower() in parameters]
        unknown = not named and any(piece.partition("=")[0] in VERSIONS for piece in parameters)
        if media not in {MULTIPART, EVENT_STREAM} or not rank[0] or unknown:
            continue
        if best is None or rank > best:
            best, chosen = rank, Asked(media, named[0] if named else Form.PLACED, bool(named))
    return chosen


@lru_cache(256)
def check_json(content_type: str | None, content_encoding: str | None) -> None:
    """Raise ``RequestRefused`` with 415 unless the body is plain JSON in UTF-8.

    A page of another site cannot send this type without a preflight, which is what keeps its forms out.
    """
    if (content_type or "").partition(";")[0].strip().lower() != JSON:
        raise RequestRefused.because(f"Send {JSON} in UTF-8.", "UNSUPPORTED_MEDIA_TYPE", 415)
    check_charset(content_type)
    if (content_encoding or "identity").lower() != "identity":
        raise RequestRefused.because("Send the body uncompressed.", "UNSUPPORTED_MEDIA_TYPE", 415)


@lru_cache(256)
def check_charset(content_type: str | None) -> None:
    """Raise ``RequestRefused`` with 415 where the header names a charset that is not UTF-8."""
    parameters = [piece.strip().lower() for piece in (content_type or "").split(";")[1:]]
    charsets = [piece.partition("=")[2].strip('" ') for piece in parameters if piece.startswith("charset")]
    if any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise RequestRefused.because("Send the body in UTF-8.", "UNSUPPORTED_MEDIA_TYPE", 415)


@lru_cache(256)
def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether the answer may be compressed; "*" speaks of gzip where nothing else does."""
    named = dict(_ranges(accept_encoding or ""))
    return named.get("gzip", named.get("*", 0.0)) > 0
