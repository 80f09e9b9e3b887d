"""What a server may lend of a connection, beyond what ASGI has words for."""

from collections.abc import Callable
from typing import Any, Final, Protocol, cast

from starlette.types import Scope

LINE: Final = "matvis.line"  # among a scope's extensions


class Line(Protocol):
    """One connection of the server's."""

    @property
    def unsent(self) -> int:
        """Bytes that were written, and that the system has not taken yet."""

    def let_go(self) -> None:
        """The answer that is being given is the last. The connection ends soon, read to its end or not."""

    def abort(self) -> None:
        """End the connection now, whatever was written."""


class Shortcut:
    """The way of a text past ASGI, open while all that is sent is taken at once.

    One attribute, so that telling a listener asks one object. The server shuts it when the client takes no
    more, or leaves; whoever has something to send by another way shuts it as well, for the sake of order.
    """

    __slots__ = ("write",)

    def __init__(self) -> None:
        self.write: Callable[[bytes], object] | None = None
        """Sends a frame at once; null while the shortcut is shut."""

    def shut(self) -> None:
        self.write = None


class TextLine(Line, Protocol):
    """A WebSocket's."""

    @property
    def shortcut(self) -> Shortcut: ...

    def open(self) -> bool:
        """Open the shortcut; False where the client does not take what is sent now."""

    def framed(self, head: bytes, tail: bytes) -> bytes:
        """The text made of two parts of UTF-8, as any of the server's sockets sends it by its shortcut."""


def line_of(scope: Scope) -> Line | None:
    """None where the server lends nothing."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    return cast("Line | None", extensions.get(LINE))


def text_line_of(scope: Scope) -> TextLine | None:
    """As ``line_of``, for a WebSocket's scope."""
    return cast("TextLine | None", line_of(scope))
