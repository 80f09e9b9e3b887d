"""How often an errand may be tried for one e-mail address, whether it is anybody's or not.

Each try is counted before it is made, so many at once are held up like many in a row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.refusals import Refusal


class LoginDelayed(Refusal):
    code = "LOGIN_ATTEMPT_DELAYED"

    def __init__(self) -> None:
        super().__init__("There were too many wrong passwords. Please wait a little before the next one.")


class ResetAlreadyRequested(Refusal):
    code = "PASSWORD_RESET_ALREADY_REQUESTED"

    def __init__(self) -> None:
        super().__init__("This was asked for a moment ago. Please wait a little.", field="email")


class Errand(StrEnum):
    """What is tried. The letters are those that anybody can have sent to an address of their choice."""

    PASSWORD = "PASSWORD"  # noqa: S105 - the name of an errand
    RESET_LETTER = "RESET_LETTER"
    REGISTRATION_LETTER = "REGISTRATION_LETTER"
    EMAIL_CHANGE_LETTER = "EMAIL_CHANGE_LETTER"
    DELETION_LETTER = "DELETION_LETTER"


@dataclass(frozen=True, slots=True)
class Patience:
    """``free`` tries without a wait, then ``first``, twice that, and so on up to ``longest``."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, tries: int) -> timedelta:
        """How long the next try has to wait after this many."""
        if tries <= self.free:
            return timedelta()
        doublings = min(tries - self.free - 1, 32)
        return min(self.first * (1 << doublings), self.longest)


LETTERS = Patience(free=0, first=timedelta(minutes=1), longest=timedelta(hours=1))
PATIENCE: dict[Errand, Patience] = {
    Errand.PASSWORD: Patience(free=4, first=timedelta(seconds=2), longest=timedelta(minutes=10)),
    Errand.RESET_LETTER: LETTERS,
    Errand.REGISTRATION_LETTER: LETTERS,
    Errand.EMAIL_CHANGE_LETTER: LETTERS,
    Errand.DELETION_LETTER: LETTERS,
}
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempts:
    """The tries so far, when the latest was, and from when on another may be made."""

    tries: int
    last_at: datetime
    open_at: datetime


def another(errand: Errand, so_far: Attempts, now: datetime) -> Attempts | None:
    """The count with one try more; none when it is too early for one. A quiet day clears the count.

    Of several at once the last to be counted may have read the clock first: that alone is not too early.
    """
    if now < so_far.open_at and PATIENCE[errand].wait(so_far.tries):
        return None
    tries = 1 if now - so_far.last_at > FORGOTTEN else so_far.tries + 1
    return Attempts(tries, now, now + PATIENCE[errand].wait(tries))
