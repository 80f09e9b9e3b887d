"""Postal addresses: those of customers' books, and the copies that checkouts and orders keep."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from db.rows import Row
from db.statements import Connection, Statement
from domain.addresses import FIELDS, Address


class AddressRow(Row):
    """``user_id`` is null unless the address is in a customer's book; only there can it be a default."""

    id: int
    user_id: int | None
    first_name: str
    last_name: str
    company_name: str
    street_address_1: str
    street_address_2: str
    city: str
    city_area: str
    postal_code: str
    country: str
    country_area: str
    phone: str
    meta: str
    private_meta: str
    is_default_shipping_address: bool
    is_default_billing_address: bool


COLUMNS = """
    address.id, address.user_id, address.first_name, address.last_name, address.company_name,
    address.street_address_1, address.street_address_2, address.city, address.city_area, address.postal_code,
    address.country, address.country_area, address.phone, address.meta, address.private_meta,
    coalesce(person.default_shipping_address_id = address.id, false) as is_default_shipping_address,
    coalesce(person.default_billing_address_id = address.id, false) as is_default_billing_address
"""
BY_IDS = Statement(f"""
    select {COLUMNS}
      from addresses as address
      left join users as person on person.id = address.user_id
     where address.id = any(:ids)
""")
BY_USER_IDS = Statement(f"""
    select {COLUMNS}
      from addresses as address
      join users as person on person.id = address.user_id
     where address.user_id = any(:user_ids)
     order by address.user_id, address.id
""")
OF_BOOK = Statement(f"""
    select {COLUMNS}
      from addresses as address
      join users as person on person.id = address.user_id
     where address.id = :id and address.user_id = :user_id
""")
IN_BOOK = Statement("select count(*) from addresses where user_id = :user_id")
INSERT = Statement("""
    insert into addresses (
        user_id, first_name, last_name, company_name, street_address_1, street_address_2,
        city, city_area, postal_code, country_area, country, phone, meta
    )
    values (
        :user_id, :first_name, :last_name, :company_name, :street_address_1, :street_address_2,
        :city, :city_area, :postal_code, :country_area, :country, :phone, cast(:meta as jsonb)
    )
    returning id
""")
COPY = Statement("""
    insert into addresses (
        user_id, first_name, last_name, company_name, street_address_1, street_address_2,
        city, city_area, postal_code, country_area, country, phone, meta
    )
    select cast(:user_id as bigint), first_name, last_name, company_name, street_address_1, street_address_2,
           city, city_area, postal_code, country_area, country, phone, meta
      from addresses
     where id = :id
    returning id
""")
UPDATE = Statement("""
    update addresses
       set first_name = :first_name, last_name = :last_name, company_name = :company_name,
           street_address_1 = :street_address_1, street_address_2 = :street_address_2, city = :city,
           city_area = :city_area, postal_code = :postal_code, country_area = :country_area,
           country = :country, phone = :phone, meta = meta || cast(:meta as jsonb)
     where id = :id
""")
DELETE = Statement("delete from addresses where id = :id and user_id = :user_id")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[AddressRow]:
    return await BY_IDS.rows(connection, AddressRow, ids=ids)


async def by_user_ids(connection: Connection, user_ids: Sequence[int]) -> list[AddressRow]:
    """The books of these customers, each in the order it was filled."""
    return await BY_USER_IDS.rows(connection, AddressRow, user_ids=user_ids)


async def of_book(connection: Connection, user_id: int, id: int) -> AddressRow | None:
    """An address of this customer's book; None for any other, a checkout's or an order's copy among them."""
    return await OF_BOOK.row(connection, AddressRow, user_id=user_id, id=id)


async def in_book(connection: Connection, user_id: int) -> int:
    """How many addresses this customer's book has."""
    count: int = await IN_BOOK.value(connection, user_id=user_id)
    return count


async def insert(
    tx: Connection, address: Address, user_id: int | None = None, meta: Mapping[str, Any] | None = None
) -> int:
    """The id of a new address: in the book of ``user_id``, or in nobody's."""
    made: int = await INSERT.value(tx, user_id=user_id, meta=_json(meta), **asdict(address))
    return made


async def copy(tx: Connection, id: int, user_id: int | None = None) -> int:
    """The id of a new address like this one, public metadata included; in whose book as for ``insert``."""
    made: int | None = await COPY.value(tx, id=id, user_id=user_id)
    assert made is not None, "whoever holds an address's id keeps the address"
    return made


async def update(tx: Connection, id: int, address: Address, meta: Mapping[str, Any] | None = None) -> None:
    """Write the address anew; ``meta`` is added to its metadata."""
    await UPDATE.run(tx, id=id, meta=_json(meta), **asdict(address))


async def delete(tx: Connection, user_id: int, id: int) -> bool:
    """Whether this customer's book had the address. Where it was a default there is none afterwards."""
    return await DELETE.run(tx, user_id=user_id, id=id) == 1


def to_address(row: AddressRow) -> Address:
    """The row as the value that rules work on."""
    return Address(**{field: getattr(row, field) for field in FIELDS})


def _json(meta: Mapping[str, Any] | None) -> str:
    return orjson.dumps(dict(meta or {})).decode()
