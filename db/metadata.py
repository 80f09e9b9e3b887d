"""Metadata of whatever carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from db.rows import Row
from db.statements import Connection, Statement


class OwnerRow(Row):
    """``user_id`` is whose it is, null for nobody's."""

    user_id: int | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """The table of a kind, whose a row is (an expression over it), and whether it says when it changed."""

    table: str
    owner: str = "cast(null as bigint)"
    dated: bool = False


KEPT: Mapping[str, _Kept] = {
    "Address": _Kept("addresses", "user_id"),
    "App": _Kept("apps"),
    "Attribute": _Kept("attributes"),
    "Category": _Kept("categories", dated=True),
    "Channel": _Kept("channels"),
    "Checkout": _Kept("checkouts", "user_id", dated=True),
    "CheckoutLine": _Kept(
        "checkout_lines", "(select cart.user_id from checkouts as cart where cart.id = checkout_id)"
    ),
    "Collection": _Kept("collections", dated=True),
    "Fulfillment": _Kept("fulfillments"),
    "GiftCard": _Kept("gift_cards"),
    "Invoice": _Kept("invoices", dated=True),
    "Menu": _Kept("menus"),
    "MenuItem": _Kept("menu_items"),
    # A draft is the staff's: no user has the id 0.
    "Order": _Kept("orders", "case when status = 'DRAFT' then 0 else user_id end", dated=True),
    "OrderLine": _Kept("order_lines"),
    "Page": _Kept("pages"),
    "PageType": _Kept("page_types"),
    "Product": _Kept("products", dated=True),
    "ProductMedia": _Kept("product_media"),
    "ProductType": _Kept("product_types"),
    "ProductVariant": _Kept("product_variants", dated=True),
    "TransactionItem": _Kept("transactions", dated=True),
    "User": _Kept("users", "id"),
    "Voucher": _Kept("vouchers"),
    "Warehouse": _Kept("warehouses"),
}
COLUMNS = {False: "meta", True: "private_meta"}


def _change(kept: _Kept, column: str, value: str) -> Statement:
    dated = ", updated_at = now()" if kept.dated else ""
    return Statement(f"""
        update {kept.table} set {column} = {value}{dated} where id = :id
        returning (select count(*) from jsonb_object_keys({column}))
    """)


LOCK = {
    kind: Statement(f"select {kept.owner} as user_id from {kept.table} where id = :id for update")
    for kind, kept in KEPT.items()
}
PUT = {
    (kind, private): _change(kept, column, f"{column} || cast(:meta as jsonb)")
    for kind, kept in KEPT.items()
    for private, column in COLUMNS.items()
}
REMOVE = {
    (kind, private): _change(kept, column, f"{column} - cast(:keys as text[])")
    for kind, kept in KEPT.items()
    for private, column in COLUMNS.items()
}


async def lock(tx: Connection, kind: str, id: int | UUID) -> OwnerRow | None:
    """Whose it is; held until the transaction ends."""
    return await LOCK[kind].row(tx, OwnerRow, id=id)


async def put(tx: Connection, kind: str, id: int | UUID, meta: Mapping[str, str], *, private: bool) -> int:
    """Put these values under their keys and leave the other keys; gives how many keys there are then."""
    number: int = await PUT[kind, private].value(tx, id=id, meta=orjson.dumps(meta).decode())
    return number


async def remove(tx: Connection, kind: str, id: int | UUID, keys: Sequence[str], *, private: bool) -> None:
    await REMOVE[kind, private].value(tx, id=id, keys=keys)
