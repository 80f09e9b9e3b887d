"""How long gateways that keep silent are asked again and again, before they are left alone for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

log = structlog.get_logger(__name__)

SILENCES: Final = 3
"""In a row: each may take as long as a gateway is waited for."""
FIRST_REST: Final = timedelta(minutes=2)
LONGEST_REST: Final = timedelta(minutes=16)


@dataclass(slots=True)
class _Record:
    """``silences`` are those in a row; at ``rests_until`` the gateway may be asked again."""

    silences: int = 0
    rest: timedelta = FIRST_REST
    rests_until: datetime | None = None


class Patience:
    """What one process knows of the gateways that its sweeps ask.

    One that has kept silent three times in a row is not asked for two minutes; then it is asked once, and if
    it still keeps silent, it rests twice as long as before, up to 16 minutes. An answer makes up for it all.
    """

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}

    def is_over(self, gateway: str, now: datetime) -> bool:
        """Whether the gateway is to be left alone at present."""
        record = self._records.get(gateway)
        return record is not None and record.rests_until is not None and now < record.rests_until

    def heard(self, gateway: str) -> None:
        """It has answered."""
        self._records.pop(gateway, None)

    def waited(self, gateway: str, now: datetime) -> None:
        """It has kept silent."""
        record = self._records.setdefault(gateway, _Record())
        record.silences += 1
        if record.silences >= SILENCES:
            record.rests_until = now + record.rest
            log.warning("gateway_rests", gateway=gateway, seconds=record.rest.total_seconds())
            record.rest = min(record.rest * 2, LONGEST_REST)
