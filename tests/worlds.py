"""Stand-ins for what is outside of us: the time, and a mailbox."""

import re
from datetime import UTC, datetime, timedelta

from adapters.mail import Message


class Clock:
    """The real time, until a test sets it forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, **amount: float) -> None:
        """Let time pass: ``clock.forward(minutes=6)``."""
        self._ahead += timedelta(**amount)


class CheapMail:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def token(self) -> str:
        """The token in the link of the latest mail."""
        found = re.search(r"token=([\w.-]+)", self.sent[-1].text)
        assert found is not None, f"no link with a token in: {self.sent[-1].text}"
        return found[1]
