"""Headers of a request, read once; and where it came from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from starlette.types import Scope

LISTS: Final = (b"accept", b"accept-encoding", b"if-none-match")  # RFC 9110, 5.3: lines that are one list
READ: Final = "engine.headers"  # where a request's scope keeps them
TOLD: Final = "engine.told"  # where the server puts headers, as ASGI has them, that the answer is to bear


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Every header under its lower-case name, as ASGI gives them.

    Of one that is sent twice and is no list: the first. Starlette's ``Headers`` goes through all of them at
    each look, of which a request takes a dozen.
    """
    found: dict[str, str] | None = scope.get(READ)
    if found is None:
        found = scope[READ] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }
        if len(found) < len(scope["headers"]):  # rare
            found.update(_joined(scope["headers"]))
    return found


def address_of(scope: Scope) -> str:
    """The client's; empty where nobody knows, as behind a unix socket."""
    client = scope.get("client")
    return client[0] if client else ""


def _joined(headers: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """The lists among them."""
    for name in LISTS:
        lines = [value for named, value in headers if named == name]
        if lines:
            yield name.decode(), b", ".join(lines).decode("latin-1")
