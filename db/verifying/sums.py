"""Sums over whole tables, which show that a promise is kept without looking for what breaks it.

Whether one amount equals the sum of others, key by key, is asked without a join: on either side each amount
is multiplied by a number drawn for its key, and all are added up. Where the amounts of a key differ the two
totals differ too, but for a chance of about one in 2^31, and each run draws anew. A row that is wrong by
itself is counted on the way.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from db.statements import Connection, Statement
from db.verifying.broken import ORDER_LINES, ORDERS

DRAWN: Final = "cast(uuid_hash_extended({key}, :seed) as numeric)"
DRAWN_SMALL: Final = "(uuid_hash_extended({key}, :seed) & 2147483647)"  # keeps a number of units a bigint

CURRENCIES: Final = ("min(currency) as first_currency", "max(currency) as last_currency")


def _times(key: str, amounts: Mapping[str, str], drawn: str = DRAWN, *, only: str = "true") -> list[str]:
    """Sums of amounts, by their names, each multiplied by what is drawn for ``key``."""
    filtered = "" if only == "true" else f" filter (where {only})"
    number = drawn.format(key=key)
    return [f"coalesce(sum({amount} * {number}){filtered}, 0) as {name}" for name, amount in amounts.items()]


def _count(conditions: Mapping[str, str]) -> list[str]:
    return [f"count(*) filter (where {condition}) as {name}" for name, condition in conditions.items()]


def _select(table: str, columns: Sequence[str]) -> Statement:
    return Statement(f"select {', '.join(columns)} from {table}")


_UNITS = {"units": "quantity"}
STATEMENTS: Final[Mapping[str, Statement]] = {
    "order_lines": _select(
        "order_lines",
        [
            *_times("order_id", {"net": "total_net", "gross": "total_gross"}),
            *_times("id", {"settled": "quantity_fulfilled"}, DRAWN_SMALL, only="kind = 'PRODUCT'"),
            *_count(ORDER_LINES),
        ],
    ),
    "orders": _select(
        "orders",
        [
            *_times(
                "id",
                {
                    "subtotal_net": "subtotal_net",
                    "subtotal_gross": "subtotal_gross",
                    "by_cards": "gift_card_amount",
                    "granted": "granted_amount",
                    "charged": "charged_amount",
                    "authorized": "authorized_amount",
                    "refunded": "refunded_amount",
                },
            ),
            *_times(
                "id", {"placed": "1"}, DRAWN_SMALL, only="origin = 'CHECKOUT' and checkout_id is not null"
            ),
            *_count(ORDERS),
            *CURRENCIES,
        ],
    ),
    "fulfillment_lines": _select("fulfillment_lines", _times("order_line_id", _UNITS, DRAWN_SMALL)),
    "called_back": _select(
        """
        fulfillment_lines as packed
        join fulfillments as shipment on shipment.id = packed.fulfillment_id and shipment.status = 'CANCELED'
        """,
        _times("order_line_id", _UNITS, DRAWN_SMALL),
    ),
    "transactions": _select(
        "transactions",
        [
            *_times(
                "order_id",
                {
                    "charged": "charged_amount",
                    "authorized": "authorized_amount",
                    "refunded": "refunded_amount",
                },
            ),
            *CURRENCIES,
        ],
    ),
    "order_events": _select(
        "order_events where kind in ('PLACED', 'PLACED_AUTOMATICALLY_FROM_PAID_CHECKOUT')",
        _times("order_id", {"placed": "1"}, DRAWN_SMALL),
    ),
    "checkouts": _select("checkouts", CURRENCIES),
    "gift_card_uses": _select("gift_card_uses", _times("order_id", {"taken": "amount"})),
    "granted_refunds": _select(
        "granted_refunds", _times("order_id", {"granted": "amount"}, only="transaction_id is not null")
    ),
}
"""The longest first."""


def new_seed() -> int:
    return secrets.randbits(62)


async def add_up(connection: Connection, table: str, seed: int) -> dict[str, Any]:
    """The sums of one of ``STATEMENTS``; all that are to be compared are drawn with one ``seed``."""
    statement = STATEMENTS[table]
    (row,) = await connection.fetch(statement.text, *statement.arguments(_needed(statement, seed)))
    return {f"{table}.{name}": value for name, value in row.items()}


def completed(sums: Mapping[str, Any]) -> dict[str, Any]:
    """With those that follow from others."""
    packed = sums["fulfillment_lines.units"] - sums["called_back.units"]
    return {**sums, "packed.units": packed}


def _needed(statement: Statement, seed: int) -> Mapping[str, int]:
    return {"seed": seed} if "seed" in statement.names else {}
