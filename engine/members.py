"""A listener's place in a group of those who are shown the same."""

import asyncio
from collections import deque
from dataclasses import replace
from typing import Protocol

from engine.charging import Account
from engine.live import NAME, Follower, Told
from engine.requests import Response
from engine.running import MakeContext

PENDING = 256  # events kept for a member that is told what it missed; one more, and it is told again


class Joined(Protocol):
    """What a member knows of its group."""

    cursor: str

    def drop(self, member: "Member") -> None:
        """Tell it nothing more."""


class Member:
    """A listener's place in a group. It is told nothing before ``go_on``."""

    __slots__ = (
        "_account", "_end", "_follower", "_group", "_heard", "_overflown", "_pending", "_timer", "cursor",
        "make_context", "returned",
    )  # fmt: skip  # there are many of them

    def __init__(
        self,
        group: Joined,
        follower: Follower,
        make_context: MakeContext,
        account: Account | None = None,
    ) -> None:
        self.make_context = make_context
        self.cursor = group.cursor
        """Everything after it is told."""
        self.returned = False
        """Whether the next event is to say that all was recovered."""
        self._group: Joined | None = group
        self._follower = follower
        self._heard = -1
        self._pending: deque[Told] | None = deque()
        self._overflown = False
        self._end: tuple[Response | None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._account = account
        if account is not None:
            account.join(self)

    @property
    def goes_on(self) -> bool:
        """Whether the group tells it what happens."""
        return self._pending is None

    @property
    def listens(self) -> bool:
        """Whether it has neither left nor been let go."""
        return self._group is not None

    def ended(self) -> Response | None:
        """The refusal with which its listening has ended before it went on."""
        return self._end[0] if self._end else None

    def end_after(self, seconds: float, refusal: Response) -> None:
        """Let the listener go then, with these words."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self.end, refusal)

    def go_on(self, after: int | None) -> bool:
        """Tell what comes after a place (everything, where null), from what has waited here on.

        False where too much has happened meanwhile: all after that place has to be read once more.
        """
        pending, self._pending = self._pending, deque()
        overflown, self._overflown = self._overflown, False
        if overflown or pending is None:
            return False
        self._pending = None
        self._heard = -1 if after is None else after
        for answer in pending:
            self.hear(answer)
        if self._end is not None:
            self.end(*self._end)
        return True

    def hear(self, answer: Told) -> None:
        """Pass on what the group says, unless it was heard before."""
        if self._pending is None:
            if answer.place > self._heard:
                self._follower.tell(self._own(answer) if self.returned else answer)
                if self._account is not None:
                    self._account.charge(answer.cost)
        elif len(self._pending) < PENDING:
            self._pending.append(answer)
        else:
            self._overflown = True

    def _own(self, answer: Told) -> Told:
        """With the word that nothing was lost."""
        self.returned = False
        response = answer.response
        said = response.extensions.get(NAME, {})
        said = {**said, "recovered": said.get("recovered", True)}
        own = Told(replace(response, extensions={**response.extensions, NAME: said}))
        own.place = answer.place
        return own

    def end(self, response: Response | None) -> None:
        """Nothing more comes, after what still waits here."""
        self.leave()
        if self._pending is None:
            self._follower.end(response)
        else:
            self._end = (response,)

    def leave(self) -> None:
        """Hear no more."""
        if self._timer is not None:
            self._timer.cancel()
        account, self._account = self._account, None
        if account is not None:
            account.leave(self)
        group, self._group = self._group, None
        if group is not None:
            group.drop(self)
