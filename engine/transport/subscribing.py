"""A socket's subscription, once a group tells its events."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Protocol

import orjson

from engine.live import Told
from engine.members import Member
from engine.requests import Response
from engine.transport.lines import Shortcut


class Carrier(Protocol):
    """What the subscription asks of its socket."""

    @property
    def shortcut(self) -> Shortcut: ...

    def encoded(self, response: Response) -> bytes:
        """The response's JSON."""

    def offer(self, operation_id: str, message: bytes, about: Hashable = None) -> None:
        """Send a message when the client takes it."""

    def pass_on(self, operation_id: str, head: bytes, told: Told) -> None:
        """Send what a group tells, behind the ``head`` of its message, when the client takes it."""

    def framed(self, head: bytes, told: Told) -> bytes:
        """The same as a frame for the shortcut, which ``told`` keeps with its head."""

    def over(self, operation_id: str, subscription: "Subscription") -> None:
        """Free the id."""


@lru_cache(1024)  # one object for all of the same id, so that they share frames
def head_of(operation_id: str) -> bytes:
    """How each message of the operation begins."""
    return b'{"id":%b,"type":"next","payload":' % orjson.dumps(operation_id)


class Subscription:
    """A follower: what its group tells becomes messages of its operation."""

    __slots__ = ("_head", "_id", "_shortcut", "_socket", "member")

    def __init__(self, socket: Carrier, operation_id: str) -> None:
        self._socket = socket
        self._id = operation_id
        self._shortcut = socket.shortcut
        self._head = head_of(operation_id)
        self.member: Member | None = None

    def said(self, response: Response) -> bytes:
        """The message with this answer."""
        return self._head + self._socket.encoded(response) + b"}"

    def tell(self, told: Told) -> None:
        # Ever so many listeners are told it: what costs is each object of theirs that is looked at.
        write = self._shortcut.write
        if write is None:
            self._socket.pass_on(self._id, self._head, told)
        elif told.head is self._head:
            write(told.frame)
        elif told.framed is not None and told.tail is not None:
            write(told.framed(self._head, told.tail))
        else:
            write(self._socket.framed(self._head, told))

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
