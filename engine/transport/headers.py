"""Headers of a request, read once."""

from collections.abc import Mapping
from typing import Final

from starlette.types import Scope

READ: Final = "engine.headers"  # where a request's scope keeps them
TOLD: Final = "engine.told"  # where the server puts headers, as ASGI has them, that the answer is to bear


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Every header under its lower-case name, as ASGI gives them; the first where one is sent twice.

    Starlette's ``Headers`` goes through the list at each look, of which a request takes a dozen.
    """
    found: Mapping[str, str] | None = scope.get(READ)
    if found is None:
        found = scope[READ] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }
    return found
