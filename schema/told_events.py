"""Announcements as the subscription ``event`` tells them: which is told as what, and who may hear of it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.access import Permission
from domain.events import Announcement


class Told(Announcement):
    """An announcement as one of the types below; each has a class of its own."""

    __slots__ = ()

    @property
    def uuid(self) -> UUID:
        return UUID(self.key)

    @property
    def number(self) -> int:
        return int(self.key)

    @property
    def channel_id(self) -> int | None:
        """The channel it happened in, where it happened in one."""
        found: int | None = self.facts.get("channel_id")
        return found

    @property
    def by(self) -> int | None:
        """The user who did it, where that is known."""
        found: int | None = self.facts.get("by")
        return found

    @property
    def by_app(self) -> int | None:
        """The app that did it, where one has."""
        found: int | None = self.facts.get("by_app")
        return found


@dataclass(frozen=True, slots=True)
class Kind:
    """What is recorded as ``kind`` of a ``subject``, and the permission to hear of it."""

    kind: str
    subject: str
    permission: Permission
    row: type[Told]

    def tell(self, event: Announcement) -> Told:
        return self.row(
            event.position, event.kind, event.subject, event.key, event.at, event.facts, event.also
        )


KINDS: Final[dict[str, Kind]] = {}
"""By the names of the types."""


def told_as(name: str, kind: str, subject: str, permission: Permission) -> type[Told]:
    """The class of row behind the type ``name``."""
    row = type(f"{name}Row", (Told,), {"__slots__": ()})
    KINDS[name] = Kind(kind, subject, permission, row)
    return row
