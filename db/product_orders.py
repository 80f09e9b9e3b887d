"""What lists of products can be sorted by, and how a place in such a list is written into a cursor."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.pages import InvalidCursor, Key
from domain.products import Order, OrderName

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sort key. Nulls go last: they count as ``highest`` upward and as ``lowest`` downward."""

    type: str
    lowest: str
    highest: str
    read: Callable[[Any], Any]
    write: Callable[[Any], str | int]


def _text(part: Any) -> str:
    if not isinstance(part, str) or "\0" in part:
        raise ValueError(part)
    return part


def _number(part: Any) -> Decimal:
    number = Decimal(_text(part))
    if not number.is_finite():
        raise ValueError(part)
    return number


def _moment(part: Any) -> dt.datetime:
    moment = dt.datetime.fromisoformat(_text(part))
    if moment.tzinfo is None:
        raise ValueError(part)
    return moment


def _whole(part: Any) -> int:
    if type(part) is not int or not -LARGEST_ID <= part <= LARGEST_ID:
        raise ValueError(part)
    return part


TEXT = Kind("text", "''", "chr(1114111)", _text, str)
NUMBER = Kind("numeric", "-1e18", "1e18", _number, str)
MOMENT = Kind("timestamptz", "'0002-01-01Z'", "'9998-01-01Z'", _moment, dt.datetime.isoformat)
WHOLE = Kind("bigint", "-1", "9223372036854775807", _whole, int)


@dataclass(frozen=True, slots=True)
class SortKey:
    """An expression over ``product`` and its ``listing``."""

    sql: str
    kind: Kind
    nullable: bool = False

    def expression(self, *, descending: bool) -> str:
        """Never null."""
        if not self.nullable:
            return self.sql
        stand_in = self.kind.lowest if descending else self.kind.highest
        return f"coalesce({self.sql}, cast({stand_in} as {self.kind.type}))"


ID = SortKey("product.id", WHOLE)
OF_ATTRIBUTE = """
    (
        select {of}
          from product_attribute_values as held
          join attribute_values as value on value.id = held.value_id
         where held.product_id = product.id and value.attribute_id = cast(:attribute_id as bigint)
    )
"""
# How near the name is to what was typed counts twice as much as how often the words occur. Rounded, because a
# cursor has to hold it exactly.
RANK = """
    round(cast(
        ts_rank(product.search_vector, to_tsquery('english', cast(:any_lexeme as text)))
        + 2 * word_similarity(cast(:search as text), lower(product.name)) as numeric
    ), 4)
"""
POSITION = """
    (
        select member.position
          from collection_products as member
         where member.product_id = product.id and member.collection_id = wanted.scope_id
    )
"""
TYPE_NAME = "(select kind.name from product_types as kind where kind.id = product.product_type_id)"
ORDERS: Mapping[OrderName, Sequence[SortKey]] = {
    OrderName.NAME: [SortKey("lower(product.name)", TEXT)],
    OrderName.RANK: [SortKey(RANK, NUMBER)],
    OrderName.PRICE: [SortKey("listing.lowest_amount", NUMBER, nullable=True)],
    OrderName.MINIMAL_PRICE: [SortKey("listing.lowest_discounted_amount", NUMBER, nullable=True)],
    OrderName.TYPE: [SortKey(TYPE_NAME, TEXT)],
    OrderName.PUBLISHED_AT: [SortKey("listing.published_at", MOMENT, nullable=True)],
    OrderName.LAST_MODIFIED_AT: [SortKey("product.updated_at", MOMENT)],
    OrderName.COLLECTION: [SortKey(POSITION, WHOLE, nullable=True)],
    OrderName.RATING: [SortKey("product.rating", NUMBER, nullable=True)],
    OrderName.CREATED_AT: [SortKey("product.created_at", MOMENT)],
    OrderName.ATTRIBUTE: [
        SortKey(OF_ATTRIBUTE.format(of="min(value.numeric)"), NUMBER, nullable=True),
        SortKey(OF_ATTRIBUTE.format(of="min(value.name)"), TEXT, nullable=True),
    ],
}


def sort_keys(order: Order) -> list[SortKey]:
    """What the order compares, the id last: no two products are equal."""
    return [*ORDERS[order.name], ID]


def read_key(keys: Sequence[SortKey], key: Key) -> list[Any]:
    """The values in a cursor, one for each of ``keys``. Raises ``InvalidCursor``."""
    try:
        return [sort.kind.read(part) for sort, part in zip(keys, key, strict=True)]
    except (ValueError, InvalidOperation, OverflowError):
        raise InvalidCursor("This is not a cursor of this list.") from None


def write_key(keys: Sequence[SortKey], values: Sequence[Any]) -> Key:
    """A row's own values, as a cursor holds them."""
    return tuple(sort.kind.write(value) for sort, value in zip(keys, values, strict=True))
