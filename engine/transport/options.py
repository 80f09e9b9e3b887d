"""What a deployment decides about the carriers, and the origins it trusts."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from engine.explorer.page import Example

ConnectionParams = Mapping[str, Any]  # the payload of connection_init

# Given the request and, over a WebSocket, its connection_init payload: the context of one execution. What it
# raises is explained like any refusal; nothing is executed then.
MakeContext = Callable[[HTTPConnection, ConnectionParams | None], Awaitable[object]]


def endless(_context: object) -> float | None:
    """The lifetime of a socket that nothing but its ends ends."""
    return None


def nobody(_headers: Mapping[str, str]) -> bool:
    """Of a server that has to look whoever it is."""
    return False


def anybody(_context: object) -> Hashable:
    """The identity of callers that are not told apart."""
    return None


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """``origins`` are the sites whose pages may call us beside our own, as browsers send them; "*": all.

    ``lifetime`` says, of the context that ``connection_init`` was answered in, after how many seconds the
    socket is to be closed; null for never. ``anonymous`` says of a request's headers whether they leave no
    doubt that nobody is logged in: answers that are the same for everybody are then told without a context.
    ``identity`` says who a context's caller is: a stream that one reserved carries operations of no other.
    """

    path: str = "/graphql"
    origins: frozenset[str] = frozenset()
    explorer: bool = False  # GraphiQL, for browsers that open the path
    examples: tuple[Example, ...] = ()  # the operations that it offers
    max_body: int = 1 << 20  # bytes of a request's body, and characters of a WebSocket message
    max_upload: int = 20 << 20  # bytes of a body that brings files
    max_uploads: int = 200 << 20  # bytes of all such bodies that are on their way
    max_files: int = 10  # in one request
    compress_from: int | None = 2_048  # bytes of an answer; None never compresses
    keep_alive: float = 12.0  # seconds of silence before a comment on an event stream
    init_timeout: float = 10.0  # seconds a socket may stay open without connection_init
    operations_per_socket: int = 100
    close_timeout: float = 5.0  # seconds it may then take to be told that
    send_timeout: float = 30.0  # seconds a client may take to accept one message before its socket is closed
    lifetime: Callable[[object], float | None] = endless
    identity: Callable[[object], Hashable] = anybody
    anonymous: Callable[[Mapping[str, str]], bool] = nobody

    def trusts(self, headers: Mapping[str, str]) -> bool:
        """Whether a request comes from no page at all, from our own, or from an origin in ``origins``."""
        origin = headers.get("origin")
        return origin is None or self.allows(origin) or _host(origin) == headers.get("host")

    def allows(self, origin: str) -> bool:
        """Whether pages of another origin may read our answers."""
        return "*" in self.origins or origin in self.origins


def _host(origin: str) -> str | None:
    """Host and port of an origin; None for "null" and for what is no origin."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
