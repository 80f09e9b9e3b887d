"""Pages of lists of products."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from db.conditions import rendered, statement
from db.product_extras import ExtendedProductRow, Extras, columns_of, joins_of
from db.product_orders import SortKey, read_key, sort_keys, write_key
from db.product_predicates import PREDICATES
from db.products import COLUMNS, LEAN_COLUMNS, ProductRow
from db.rows import Row
from db.statements import Connection, Statement
from domain.pages import Key, PageRequest, Slice, cut
from domain.products import OpenChannel, ProductList

R_co = TypeVar("R_co", bound=ProductRow, covariant=True)

# In a channel only what is listed there is seen, by staff too.
CHANNEL_ID = "cast(:channel_id as bigint)"
WANTED = f"(select {CHANNEL_ID} as channel_id, scope.id as scope_id) as wanted"
ID_OF_SLUG = "(select id from channels where slug = :channel and (is_active or :closed_too))"
IN_CHANNEL = f"""
    from {WANTED}
    join product_listings as listing on listing.channel_id = wanted.channel_id
    join products as product on product.id = listing.product_id
"""
ANYWHERE = f"""
    from {WANTED}
   cross join products as product
    left join product_listings as listing
      on listing.product_id = product.id and listing.channel_id = wanted.channel_id
"""
PAGES = """
    select scope.id as scope_id, page.*{more}
      from unnest(cast(:scope_ids as bigint[])) as scope (id)
     cross join lateral (
               select {columns}, {keys}
               {source}
                where {condition}{bounds}
                order by {order}
                limit cast(:size as int)
           ) as page
           {beside}
     order by {outer_order}
"""
COUNTS = """
    select scope.id as scope_id, (select count(*) {source} where {condition}) as number
      from unnest(cast(:scope_ids as bigint[])) as scope (id)
"""


class _CountRow(Row):
    scope_id: int | None
    number: int


async def pages(
    connection: Connection,
    wanted: ProductList,
    scope_ids: Sequence[int | None],
    request: PageRequest,
    *,
    lean: bool = False,
) -> dict[int | None, Slice[ProductRow]]:
    """The same page of each of several lists, by the category or collection whose products they are.

    A null stands for the list of all products. Raises ``InvalidCursor`` for a cursor of another order.
    """
    brought = _Brought(ProductRow, frozenset(), lean)
    return await _pages(connection, wanted, scope_ids, request, brought)


async def extended_pages(
    connection: Connection,
    wanted: ProductList,
    scope_ids: Sequence[int | None],
    request: PageRequest,
    *,
    extras: Extras,
    lean: bool = False,
) -> dict[int | None, Slice[ExtendedProductRow]]:
    """As ``pages``, with ``extras``."""
    brought = _Brought(ExtendedProductRow, extras, lean)
    return await _pages(connection, wanted, scope_ids, request, brought)


class _Brought(NamedTuple, Generic[R_co]):
    """What each row is to bring."""

    kind: type[R_co]
    extras: Extras
    lean: bool


async def _pages(
    connection: Connection,
    wanted: ProductList,
    scope_ids: Sequence[int | None],
    request: PageRequest,
    brought: _Brought[R_co],
) -> dict[int | None, Slice[R_co]]:
    keys = sort_keys(wanted.order)
    expressions = [key.expression(descending=wanted.order.descending) for key in keys]
    condition, values = rendered(wanted.condition, PREDICATES)
    bounds = ""
    for name, place, comes_later in (("after", request.after, True), ("before", request.before, False)):
        if place is not None:
            values |= {f"{name}_{at}": part for at, part in enumerate(read_key(keys, place))}
            bounds += _bound(name, keys, expressions, upward=comes_later != wanted.order.descending)
    way = "desc" if wanted.order.descending != request.backward else "asc"
    names = [f"sort_{at}" for at in range(len(keys))]
    sql = PAGES.format(
        columns=LEAN_COLUMNS if brought.lean else COLUMNS,
        more=columns_of(brought.extras),
        beside=joins_of(brought.extras, "page", "page.channel_id"),
        keys=", ".join(
            f"{expression} as {name}" for expression, name in zip(expressions, names, strict=True)
        ),
        source=_source(wanted),
        condition=condition,
        bounds=bounds,
        order=", ".join(f"{expression} {way}" for expression in expressions),
        outer_order=", ".join(f"page.{name} {way}" for name in names),
    )
    chosen = _statement(sql, wanted)
    rows = await chosen.rows(
        connection,
        brought.kind,
        **_used(chosen, wanted),
        **values,
        scope_ids=scope_ids,
        size=request.size + 1,
    )
    found: dict[int | None, list[R_co]] = {scope_id: [] for scope_id in scope_ids}
    for row in rows:
        found[row["scope_id"]].append(row)

    def key(row: ProductRow) -> Key:
        return write_key(keys, [row[name] for name in names])

    return {scope_id: cut(of_scope, key, request) for scope_id, of_scope in found.items()}


async def counts(
    connection: Connection, wanted: ProductList, scope_ids: Sequence[int | None]
) -> dict[int | None, int]:
    """How many there are on all pages of each list."""
    condition, values = rendered(wanted.condition, PREDICATES)
    chosen = _statement(COUNTS.format(source=_source(wanted), condition=condition), wanted)
    rows = await chosen.rows(connection, _CountRow, **_used(chosen, wanted), **values, scope_ids=scope_ids)
    return {row.scope_id: row.number for row in rows}


def _source(wanted: ProductList) -> str:
    return ANYWHERE if wanted.channel is None else IN_CHANNEL


def _statement(sql: str, wanted: ProductList) -> Statement:
    """``sql``, in which the channel's id is looked up where only its slug is known."""
    is_named = isinstance(wanted.channel, OpenChannel)
    return statement(sql.replace(CHANNEL_ID, ID_OF_SLUG) if is_named else sql)


def _used(chosen: Statement, wanted: ProductList) -> dict[str, Any]:
    """The list's own values, those that the statement asks for."""
    channel = wanted.channel
    own = {
        "channel_id": None if isinstance(channel, OpenChannel) else channel,
        "channel": channel.slug if isinstance(channel, OpenChannel) else None,
        "closed_too": isinstance(channel, OpenChannel) and channel.closed_too,
        "attribute_id": wanted.order.attribute_id,
        "search": wanted.search and wanted.search.text,
        "any_lexeme": wanted.search and wanted.search.any_lexeme,
    }
    return {name: value for name, value in own.items() if name in chosen.names}


def _bound(name: str, keys: list[SortKey], expressions: list[str], *, upward: bool) -> str:
    values = ", ".join(f"cast(:{name}_{at} as {key.kind.type})" for at, key in enumerate(keys))
    return f"\n       and ({', '.join(expressions)}) {'>' if upward else '<'} ({values})"
