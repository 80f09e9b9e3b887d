"""Carts as they are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

import orjson

from db.rows import Row
from db.statements import Connection, Statement


class CheckoutRow(Row):
    """``voucher_name`` and ``translated_voucher_name`` are null without a voucher, or where it has none."""

    id: UUID
    channel_id: int
    user_id: int | None
    email: str | None
    currency: str
    country: str
    language_code: str
    shipping_address_id: int | None
    billing_address_id: int | None
    save_shipping_address: bool
    save_billing_address: bool
    delivery_id: UUID | None
    collection_point_id: int | None
    voucher_code_id: int | None
    voucher_code: str | None
    voucher_name: str | None
    translated_voucher_name: str | None
    note: str
    version: int
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str


class Changes(TypedDict, total=False):
    """What a command may change of a checkout; what is left out stays."""

    user_id: int | None
    email: str | None
    country: str
    language_code: str
    shipping_address_id: int | None
    billing_address_id: int | None
    save_shipping_address: bool
    save_billing_address: bool
    delivery_id: UUID | None
    collection_point_id: int | None
    voucher_code_id: int | None
    note: str
    version: int


STORED = """
    id, channel_id, user_id, email, currency, country, language_code, shipping_address_id, billing_address_id,
    save_shipping_address, save_billing_address, delivery_id, collection_point_id, voucher_code_id, note,
    version, created_at, updated_at, meta, private_meta
"""
OWN = ", ".join(f"checkout.{name.strip()}" for name in STORED.split(","))
COLUMNS = f"""
    {OWN}, code.code as voucher_code, nullif(voucher.name, '') as voucher_name,
    (select translated.name from translations as translated
      where translated.kind = 'Voucher' and translated.object_id = voucher.id
        and translated.language = checkout.language_code) as translated_voucher_name
"""
VOUCHER = """
    left join voucher_codes as code on code.id = checkout.voucher_code_id
    left join vouchers as voucher on voucher.id = code.voucher_id
"""
BY_IDS = Statement(f"select {COLUMNS} from checkouts as checkout {VOUCHER} where checkout.id = any(:ids)")
BY_USER_IDS = Statement(f"""
    select {COLUMNS} from checkouts as checkout {VOUCHER}
     where checkout.user_id = any(:user_ids)
     order by checkout.updated_at desc, checkout.id
""")
LOCK = Statement(
    f"select {COLUMNS} from checkouts as checkout {VOUCHER} where checkout.id = :id for update of checkout"
)
INSERT = Statement(f"""
    with checkout as (
        insert into checkouts (
            id, channel_id, user_id, email, currency, country, language_code, shipping_address_id,
            billing_address_id, save_shipping_address, save_billing_address, created_at, updated_at, meta,
            private_meta
        ) values (
            :id, :channel_id, :user_id, :email, :currency, :country, :language_code, :shipping_address_id,
            :billing_address_id, :save_shipping_address, :save_billing_address, :now, :now,
            cast(:meta as jsonb), cast(:private_meta as jsonb)
        ) returning {STORED}
    )
    select {COLUMNS} from checkout {VOUCHER}
""")
UPDATE = Statement(f"""
    with checkout as (
        update checkouts
           set user_id = :user_id,
               email = :email,
               country = :country,
               language_code = :language_code,
               shipping_address_id = :shipping_address_id,
               billing_address_id = :billing_address_id,
               save_shipping_address = :save_shipping_address,
               save_billing_address = :save_billing_address,
               delivery_id = :delivery_id,
               collection_point_id = :collection_point_id,
               voucher_code_id = :voucher_code_id,
               note = :note,
               version = :version,
               updated_at = :now
         where id = :id
     returning {STORED}
    )
    select {COLUMNS} from checkout {VOUCHER}
""")
DISCARD_ADDRESSES = Statement("delete from addresses where id = any(:ids) and user_id is null")


async def by_ids(connection: Connection, ids: Sequence[UUID]) -> list[CheckoutRow]:
    return await BY_IDS.rows(connection, CheckoutRow, ids=ids)


async def by_user_ids(connection: Connection, user_ids: Sequence[int]) -> list[CheckoutRow]:
    """Latest change first."""
    return await BY_USER_IDS.rows(connection, CheckoutRow, user_ids=user_ids)


async def lock(tx: Connection, id: UUID) -> CheckoutRow | None:
    """The checkout, held until the transaction ends: whatever changes it, or makes an order of it, waits."""
    return await LOCK.row(tx, CheckoutRow, id=id)


async def insert(
    tx: Connection,
    *,
    channel_id: int,
    currency: str,
    country: str,
    language_code: str,
    user_id: int | None,
    email: str | None,
    shipping_address_id: int | None,
    billing_address_id: int | None,
    save_shipping_address: bool,
    save_billing_address: bool,
    meta: Mapping[str, str],
    private_meta: Mapping[str, str],
    now: datetime,
) -> CheckoutRow:
    """A new checkout, without lines."""
    row = await INSERT.row(
        tx,
        CheckoutRow,
        id=uuid4(),
        channel_id=channel_id,
        currency=currency,
        country=country,
        language_code=language_code,
        user_id=user_id,
        email=email,
        shipping_address_id=shipping_address_id,
        billing_address_id=billing_address_id,
        save_shipping_address=save_shipping_address,
        save_billing_address=save_billing_address,
        meta=orjson.dumps(meta).decode(),
        private_meta=orjson.dumps(private_meta).decode(),
        now=now,
    )
    assert row is not None, "an insert returns its row"
    return row


async def update(
    tx: Connection, checkout: CheckoutRow, now: datetime, **changes: Unpack[Changes]
) -> CheckoutRow:
    """The checkout after ``changes``; ``checkout`` has to be the row that this transaction locked."""
    kept: dict[str, Any] = {name: checkout[name] for name in Changes.__annotations__}
    row = await UPDATE.row(tx, CheckoutRow, id=checkout.id, now=now, **(kept | changes))
    assert row is not None, "a locked row stays"
    return row


async def discard_addresses(tx: Connection, ids: Sequence[int | None]) -> None:
    """Delete copies that a checkout no longer needs; nulls and addresses of customers' books are left out."""
    own = [id_ for id_ in ids if id_ is not None]
    if own:
        await DISCARD_ADDRESSES.run(tx, ids=own)
