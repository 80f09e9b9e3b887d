"""What a server may lend of a connection, beyond what ASGI has words for."""

from typing import Any, Final, Protocol, cast

from starlette.types import Scope

LINE: Final = "matvis.line"  # among a scope's extensions


class Line(Protocol):
    """One connection of the server's."""

    @property
    def unsent(self) -> int:
        """Bytes that were written, and that the system has not taken yet."""

    def write_text(self, head: bytes, tail: bytes) -> bool:
        """Send the text made of two parts of UTF-8 at once; False where the client does not take it now."""

    def let_go(self) -> None:
        """The answer that is being given is the last. The connection ends soon, read to its end or not."""

    def abort(self) -> None:
        """End the connection now, whatever was written."""


def line_of(scope: Scope) -> Line | None:
    """None where the server lends nothing."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    return cast("Line | None", extensions.get(LINE))
