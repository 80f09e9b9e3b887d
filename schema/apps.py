"""Apps: programs that work with the shop on their own account."""

from dataclasses import dataclass
from typing import ClassVar

import strawberry

from engine.words import attribute
from schema.ids import global_id
from schema.metadata import Node


@dataclass(frozen=True, slots=True)
class AppRow:
    """``identifier`` is the app's own name for itself."""

    id: int
    identifier: str | None
    is_active: bool


@strawberry.type(description="A program that works with the shop on its own account.")
class App(Node):
    represents: ClassVar[type] = AppRow

    id: strawberry.ID = global_id("App")
    identifier: str | None = attribute("What the app calls itself.")
    is_active: bool | None = attribute("Whether it may do anything.")
