"""Lists of orders: a page for each customer of a level, in one statement."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from db import orders
from db.orders import OrderRow
from domain.access import Permission
from domain.orders import place_in_list, read_place
from domain.pages import Key, PageRequest, cut
from loaders.orders import OrderLoaders
from schema.connections import ConnectionRow, connection, requested
from schema.context import Context
from schema.paging import After, Before, First, Last


class HasId(Protocol):
    @property
    def id(self) -> int: ...


async def customer_orders(
    rows: Sequence[HasId],
    context: Context,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[ConnectionRow]:
    """The orders of each user of ``rows``, drafts left out, the newest first.

    Raises ``Denied`` where the viewer is neither the user nor staff that looks after orders.
    """
    if any(row.id != context.viewer.user_id for row in rows):
        context.viewer.require(Permission.MANAGE_ORDERS)
    request = requested(first, after, last, before)
    user_ids = [row.id for row in rows]
    found: dict[int, list[OrderRow]] = {user_id: [] for user_id in user_ids}
    for order in await _read(context, user_ids, request):
        assert order.user_id is not None, "orders are found by their customer"
        found[order.user_id].append(order)
    return [_page(found[user_id], request, _counter(context, user_ids, user_id)) for user_id in user_ids]


async def _read(context: Context, user_ids: Sequence[int], request: PageRequest) -> list[OrderRow]:
    """One row more than asked for, in the direction of travel."""
    size = request.size + 1
    if request.backward:
        at, order_id = read_place(request.before)
        return await context.read(
            orders.oldest_by_user_ids, user_ids, size=size, before_at=at, before_id=order_id
        )
    at, order_id = read_place(request.after)
    return await context.read(orders.newest_by_user_ids, user_ids, size=size, after_at=at, after_id=order_id)


def _page(
    rows: Sequence[OrderRow], request: PageRequest, count: Callable[[], Awaitable[int]]
) -> ConnectionRow:
    return connection(cut(rows, _place, request), count)


def _place(row: OrderRow) -> Key:
    return place_in_list(row.created_at, row.id)


def _counter(context: Context, user_ids: Sequence[int], user_id: int) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        # The first of a level to be asked reads for all of them; the loader remembers.
        rows = await context.loading.load_many(OrderLoaders.count_of_customer, user_ids)
        return next((row.orders for row in rows if row is not None and row.user_id == user_id), 0)

    return count
