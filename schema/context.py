"""What a resolver is handed: the shop, who is asking, and the loaders of this execution."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, TypeVar

import strawberry

from commands.shop import Shop
from db.statements import Connection
from domain.access import Viewer
from engine.loading import Loading
from loaders.batching import Source

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """Made for one operation, or for one event of a subscription; never kept longer.

    ``address`` is the network address it came from; empty where there is none.
    """

    shop: Shop
    viewer: Viewer
    loading: Loading
    address: str = ""

    @classmethod
    def of(cls, shop: Shop, viewer: Viewer, address: str = "") -> "Context":
        """A context with loaders of its own."""
        return cls(shop, viewer, Loading(Source(shop.db, viewer)), address)

    def beside(self) -> "Context":
        """Another context of the same viewer, which shares what has been read."""
        return replace(self, loading=self.loading.beside())

    async def read(
        self, fetch: Callable[Concatenate[Connection, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """One read that no loader stands for: ``fetch`` on a connection of the pool."""
        async with self.shop.db.read() as connection:
            return await fetch(connection, *args, **kwargs)


def seconds_left(context: object) -> float | None:
    """How long the viewer's token is still good; null for a guest, who has none, and for an app."""
    if not isinstance(context, Context) or context.viewer.expires_at is None:
        return None
    return max(0.0, (context.viewer.expires_at - context.shop.clock()).total_seconds())


def viewer_name(context: object) -> str | None:
    """Who it is, user or app; null for a guest."""
    return context.viewer.name if isinstance(context, Context) else None


Info = strawberry.Info[Context, object]
