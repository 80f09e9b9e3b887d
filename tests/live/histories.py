"""A history without a database."""

from collections.abc import Collection
from datetime import UTC, datetime

from domain.events import Announcement, Reach

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def said(topic: str, position: int) -> Announcement:
    """An event of the object that ``topic`` names."""
    subject, key = topic.split(":")
    return Announcement(position, "StockChanged", subject, key, NOON, {"by": 2})


class MemoryHistory:
    """What a test says has happened, in order."""

    def __init__(self) -> None:
        self.kept: list[Announcement] = []
        self.newest = 0

    def settle(self, *announcements: Announcement) -> None:
        """Keep these, the next ones."""
        self.kept += announcements
        self.newest = self.kept[-1].position

    def trim(self, number: int) -> None:
        """Keep only the last so many."""
        self.kept = self.kept[len(self.kept) - number :] if number else []

    async def reach(self) -> Reach:
        return Reach(self.kept[0].position if self.kept else self.newest + 1, self.newest)

    async def since(
        self, topics: Collection[str], after: int, number: int
    ) -> tuple[list[Announcement], Reach]:
        wanted = set(topics)
        found = [one for one in await self.everything_since(after, len(self.kept)) if wanted & {*one.topics}]
        return found[:number], await self.reach()

    async def everything_since(self, after: int, number: int) -> list[Announcement]:
        return [one for one in self.kept if one.position > after][:number]
