"""A mutation that is sent again under the same key is done once, and hears its first answer twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import ClassVar

from domain.refusals import Refusal

KEPT = timedelta(hours=24)
"""How long an answer is to be heard again."""
LEASE = timedelta(seconds=30)
"""How long after its last sign of life a process is taken to be at work."""
PATIENCE = timedelta(seconds=60)
"""How long the second to ask waits for the answer to the first."""
LONGEST = 255  # characters of a key


class BadKey(Refusal):
    code: ClassVar[str] = "IDEMPOTENCY_KEY_INVALID"


class KeyOfAnother(Refusal):
    """The key came before, with another request."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for another request. Nothing was done.")


class StillRunning(Refusal):
    """Nobody knows the answer yet. The same may be asked again, under the same key."""

    code: ClassVar[str] = "IDEMPOTENCY_IN_PROGRESS"

    def __init__(self) -> None:
        super().__init__("The first request under this idempotency key has no answer yet. Ask again.")


class AnswerLost(Refusal):
    """It was done, or a part of it, by a process that died before it could keep the answer."""

    code: ClassVar[str] = "IDEMPOTENCY_ANSWER_LOST"

    def __init__(self) -> None:
        super().__init__(
            "This was done, wholly or in part, and its answer was lost. Look at what it changed before you"
            " ask for it under another key."
        )


class Standing(Enum):
    """What to make of a key that came before."""

    ANSWERED = auto()
    RUNNING = auto()
    LEFT = auto()
    """Whoever was at work is gone, and nothing was done."""
    FORGOTTEN = auto()
    """It came so long ago that it counts as new."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A key that came before. ``committed``: something was changed under it."""

    fingerprint: str
    held_until: datetime
    committed: bool
    is_answered: bool
    created_at: datetime


def check_key(key: str) -> None:
    """Raise ``BadKey`` unless it can be kept: printable, and not too long."""
    if not 1 <= len(key) <= LONGEST or not key.isprintable():
        raise BadKey(f"An idempotency key has 1 to {LONGEST} printable characters.")


def standing(kept: Kept, fingerprint: str, now: datetime, *, repeatable: bool) -> Standing:
    """How a key stands. ``repeatable``: the request does nothing twice by itself.

    Raises ``KeyOfAnother``, and ``AnswerLost`` where something was done, and nobody will ever answer.
    """
    if kept.created_at <= now - KEPT:
        return Standing.FORGOTTEN
    if kept.fingerprint != fingerprint:
        raise KeyOfAnother
    if kept.is_answered:
        return Standing.ANSWERED
    if kept.held_until > now:
        return Standing.RUNNING
    if kept.committed and not repeatable:
        raise AnswerLost
    return Standing.LEFT
