"""The messages of graphql-transport-ws, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from engine.errors import BAD_REQUEST, RequestRefused
from engine.requests import BATCHING_NOT_SUPPORTED, GraphQLRequest, holds_too_many, is_plain, too_many_values

SUBPROTOCOL = "graphql-transport-ws"

GOING_AWAY = 1001
MESSAGE_TOO_BIG = 1009
TRY_AGAIN_LATER = 1013  # clients take it for a break, and come back
INVALID_MESSAGE = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INITIALISATION_TIMEOUT = 4408
SUBSCRIBER_EXISTS = 4409
TOO_MANY_INITIALISATIONS = 4429
INTERNAL_ERROR = 4500

NO_REQUEST: Final = {BAD_REQUEST, BATCHING_NOT_SUPPORTED}  # codes of what is no request at all


class SocketClosed(Exception):
    """The socket must be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    payload: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    """What is a request, but cannot be served, is the refusal of its operation alone."""

    id: str
    request: GraphQLRequest | RequestRefused


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete


def read(text: str) -> Message:
    """The message in a text frame. Raises ``SocketClosed`` with 4400 for anything else."""
    body = text.encode(errors="replace")
    if holds_too_many(body):
        raise SocketClosed(INVALID_MESSAGE, str(too_many_values("A message holds")))
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise SocketClosed(INVALID_MESSAGE, "Messages are JSON.") from None
    if not isinstance(value, dict):
        raise SocketClosed(INVALID_MESSAGE, "Messages are JSON objects.")
    match value.get("type"):
        case "connection_init":
            return ConnectionInit(_payload(value) or {})
        case "ping":
            return Ping(_payload(value))
        case "pong":
            _payload(value)
            return Pong()
        case "subscribe":
            return Subscribe(_id(value), _request(value, looked_at=is_plain(body)))
        case "complete":
            return Complete(_id(value))
        case _:
            raise SocketClosed(INVALID_MESSAGE, "Unknown type of message.")


def _payload(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    payload = value.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise SocketClosed(INVALID_MESSAGE, "The payload must be a JSON object.")
    return payload


def _id(value: Mapping[str, Any]) -> str:
    found = value.get("id")
    if not isinstance(found, str) or not found:
        raise SocketClosed(INVALID_MESSAGE, "The id must be a string with something in it.")
    return found


def _request(value: Mapping[str, Any], *, looked_at: bool) -> GraphQLRequest | RequestRefused:
    try:
        return GraphQLRequest.parse(value.get("payload"), looked_at=looked_at)
    except RequestRefused as refusal:
        if refusal.errors[0]["extensions"]["code"] not in NO_REQUEST:
            return refusal  # its operation's own matter: those beside it go on
        raise SocketClosed(INVALID_MESSAGE, str(refusal)) from None
