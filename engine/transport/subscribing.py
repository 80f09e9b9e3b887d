"""A socket's subscription, once a group tells its events."""

from collections.abc import Hashable
from typing import Any, Protocol

import orjson

from engine.live import Told
from engine.members import Member
from engine.requests import Response


class Carrier(Protocol):
    """What the subscription asks of its socket."""

    def encoded(self, response: Response) -> bytes:
        """The response's JSON."""

    def offer(self, operation_id: str, message: bytes, about: Hashable = None) -> None:
        """Send a message when the client takes it."""

    def pass_on(self, operation_id: str, head: bytes, told: Told) -> None:
        """Send what a group tells, behind the ``head`` of its message, when the client takes it."""

    def over(self, operation_id: str, subscription: "Subscription") -> None:
        """Free the id."""


class Subscription:
    """A follower: what its group tells becomes messages of its operation."""

    __slots__ = ("_head", "_id", "_socket", "member")

    def __init__(self, socket: Carrier, operation_id: str) -> None:
        self._socket = socket
        self._id = operation_id
        self._head = b'{"id":%b,"type":"next","payload":' % orjson.dumps(operation_id)
        self.member: Member | None = None

    def said(self, response: Response) -> bytes:
        """The message with this answer."""
        return self._head + self._socket.encoded(response) + b"}"

    def tell(self, told: Told) -> None:
        self._socket.pass_on(self._id, self._head, told)

    def end(self, response: Response | None) -> None:
        self._socket.over(self._id, self)
        message: dict[str, Any] = {"id": self._id, "type": "complete"}
        if response is not None:
            message = {"id": self._id, "type": "error", "payload": response.errors}
        self._socket.offer(self._id, orjson.dumps(message))

    def cancel(self) -> None:
        """The client wants to hear no more."""
        self.leave()

    def leave(self) -> None:
        if self.member is not None:
            self.member.leave()
