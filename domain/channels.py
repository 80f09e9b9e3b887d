"""How a channel sells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.events import Event
from domain.refusals import Invalid

LONGEST_DELAY: Final = 720
"""Minutes. After a day without an order the money goes back: until then several attempts are to fit in."""


@dataclass(frozen=True, slots=True)
class ChannelUpdated(Event):
    """What it is called, or how it sells, has changed."""

    subject = "Channel"


@dataclass(frozen=True, slots=True)
class AutomaticCompletion:
    """Whether what was paid and left becomes an order by itself, ``delay`` minutes after its shopper left.

    Only what was begun from ``cut_off`` on; null: whatever there is.
    """

    enabled: bool = True
    delay: int = 30
    cut_off: datetime | None = None

    def check(self) -> None:
        """Raise ``Invalid`` for a delay that is none."""
        if not 0 <= self.delay <= LONGEST_DELAY:
            raise Invalid(
                f"The delay has to be between 0 and {LONGEST_DELAY} minutes.",
                field="checkoutSettings.automaticCompletion.delay",
            )

    def may_complete(self, begun: datetime, touched: datetime, now: datetime) -> bool:
        """Whether a checkout that was last ``touched`` then is completed now, if it is paid for."""
        is_meant = self.enabled and (self.cut_off is None or begun >= self.cut_off)
        return is_meant and touched < now - timedelta(minutes=self.delay)
