"""Lists of products: everywhere the same arguments, filters and orders."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Annotated, Final

import strawberry

from db import product_lists as statements
from db.products import ProductRow
from domain import search as searches
from domain.conditions import both
from domain.pages import Slice
from domain.products import OpenChannel, Order, OrderName, ProductList, Scope, product_list, searched
from domain.refusals import Invalid
from schema import ids
from schema.channel_choice import Chosen, choose_channel
from schema.connections import ConnectionRow, connection, requested
from schema.context import Context
from schema.filters import OrderDirection
from schema.product_extras import Asked, prime
from schema.product_filters import ProductFilterInput, ProductWhereInput, filter_condition, where_condition


@strawberry.enum(description="What lists of products can be sorted by.")
class ProductOrderField(Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")
    RANK = strawberry.enum_value("RANK", description="By how well they fit a search; only with one.")
    PRICE = strawberry.enum_value("PRICE", description="By the lowest price before reductions.")
    MINIMAL_PRICE = strawberry.enum_value("MINIMAL_PRICE", description="By the lowest price asked now.")
    TYPE = strawberry.enum_value("TYPE", description="By the name of their type.")
    PUBLISHED = strawberry.enum_value(
        "PUBLISHED", description="By when they were published.", deprecation_reason="Use `PUBLISHED_AT`."
    )
    PUBLISHED_AT = strawberry.enum_value("PUBLISHED_AT", description="By when they were published.")
    LAST_MODIFIED_AT = strawberry.enum_value(
        "LAST_MODIFIED_AT", description="By when they were last changed."
    )
    COLLECTION = strawberry.enum_value("COLLECTION", description="As a collection has them; only in one.")
    RATING = strawberry.enum_value("RATING", description="By their rating.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="By when they were made.")


@strawberry.input(description="How to sort a list of products: by a field of theirs, or by an attribute.")
class ProductOrder:
    direction: OrderDirection = strawberry.field(description="Which way.")
    attribute_id: strawberry.ID | None = strawberry.field(
        description="The attribute whose value to sort by.", default=None
    )
    field: ProductOrderField | None = strawberry.field(description="The field to sort by.", default=None)


SortBy = Annotated[
    ProductOrder | None,
    strawberry.argument(
        description="How to sort; left out: by rank when searching, as a collection has them, or by name."
    ),
]
Filter = Annotated[
    ProductFilterInput | None, strawberry.argument(description="What the products have to be.")
]
Where = Annotated[ProductWhereInput | None, strawberry.argument(description="What the products have to be.")]
NOTHING: Final[Slice[ProductRow]] = Slice((), tuple, has_next=False, has_previous=False)
SAME = {ProductOrderField.PUBLISHED: OrderName.PUBLISHED_AT}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductArguments:
    """What every field with a list of products takes, besides the channel."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    sort_by: ProductOrder | None = None
    filter: ProductFilterInput | None = None
    where: ProductWhereInput | None = None
    search: str | None = None
    asked: Asked = field(default_factory=Asked)
    """What the document asks of the products: the page brings that along."""


async def product_connection(
    context: Context, channel: str | None, arguments: ProductArguments
) -> ConnectionRow:
    """A page of the products the viewer sees in a channel; empty where the channel shows nothing.

    Raises ``Required`` where a shopper has to name a channel, ``Invalid`` for arguments that do not fit each
    other, and ``InvalidCursor``.
    """
    if channel is not None:
        named = OpenChannel(channel, closed_too=context.viewer.sees_unpublished)
        (page,) = await _connections(context, named, None, [None], arguments)
        return page
    chosen = await choose_channel(context, channel)
    if chosen is None:
        return connection(NOTHING, _nothing)
    (page,) = await _connections(context, chosen.id, None, [None], arguments)
    return page


async def product_connections(
    context: Context,
    chosen: Chosen | None,
    scope: Scope,
    scope_ids: Sequence[int],
    arguments: ProductArguments,
) -> list[ConnectionRow]:
    """As ``product_connection``, for each of several categories or collections, in one statement."""
    if chosen is None:
        return [connection(NOTHING, _nothing) for _ in scope_ids]
    return await _connections(context, chosen.id, scope, scope_ids, arguments)


async def _connections(
    context: Context,
    channel: int | OpenChannel | None,
    scope: Scope | None,
    scope_ids: Sequence[int | None],
    given: ProductArguments,
) -> list[ConnectionRow]:
    request = requested(given.first, given.after, given.last, given.before)
    typed, within = searches.read(given.search), searches.read(given.filter.search if given.filter else None)
    wanted = product_list(
        context.viewer,
        channel,
        scope=scope,
        condition=both(filter_condition(given.filter), where_condition(given.where), searched(typed)),
        search=typed or within,
        order=_order(given.sort_by) if given.sort_by else None,
    )
    distinct = list(dict.fromkeys(scope_ids))
    pages: Mapping[int | None, Slice[ProductRow]]
    extras, lean = given.asked.extras(channel), given.asked.lean
    if extras:
        extended = await context.read(
            statements.extended_pages, wanted, distinct, request, extras=extras, lean=lean
        )
        for page in extended.values():
            prime(context, extras, page.rows)
        pages = extended
    else:
        pages = await context.read(statements.pages, wanted, distinct, request, lean=lean)
    count = _counting(context, wanted, distinct)
    return [connection(pages[scope_id], partial(count, scope_id)) for scope_id in scope_ids]


def _counting(
    context: Context, wanted: ProductList, scope_ids: Sequence[int | None]
) -> Callable[[int | None], Awaitable[int]]:
    """Counts all of the lists when the first of them is to be counted."""
    once = asyncio.Lock()
    found: dict[int | None, int] = {}

    async def count(scope_id: int | None) -> int:
        async with once:
            if not found:
                found.update(await context.read(statements.counts, wanted, scope_ids))
        return found[scope_id]

    return count


def _order(given: ProductOrder) -> Order:
    if (given.field is None) == (given.attribute_id is None):
        raise Invalid("Give either a field or an attribute to sort by.", field="sortBy")
    descending = given.direction is OrderDirection.DESC
    if given.field is None:
        key = ids.parse("Attribute", given.attribute_id or "", field="attributeId")
        return Order(OrderName.ATTRIBUTE, descending, key)
    return Order(SAME.get(given.field) or OrderName[given.field.name], descending)


async def _nothing() -> int:
    return 0
