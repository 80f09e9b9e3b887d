"""Vouchers and their codes."""

from collections.abc import Sequence

from db.rows import Row
from db.statements import Connection, Statement


class VoucherRow(Row):
    """A voucher; ``code`` is the one it was asked for by, or its only one."""

    id: int
    voucher_code_id: int | None
    code: str | None
    name: str
    kind: str
    value_kind: str
    usage_limit: int | None
    used: int
    once_per_order: bool
    once_per_customer: bool
    single_use: bool
    meta: str
    private_meta: str


COLUMNS = """
    voucher.id, voucher.name, voucher.kind, voucher.value_kind, voucher.usage_limit, voucher.used,
    voucher.once_per_order, voucher.once_per_customer, voucher.single_use, voucher.meta, voucher.private_meta
"""
BY_IDS = Statement(f"""
    select {COLUMNS}, cast(null as bigint) as voucher_code_id,
           (select min(code.code) from voucher_codes as code
             where code.voucher_id = voucher.id having count(*) = 1) as code
      from vouchers as voucher
     where voucher.id = any(:ids)
""")
BY_CODE_IDS = Statement(f"""
    select {COLUMNS}, code.id as voucher_code_id, code.code
      from voucher_codes as code
      join vouchers as voucher on voucher.id = code.voucher_id
     where code.id = any(:code_ids)
""")
CODE_ID = Statement("select id from voucher_codes where upper(code) = upper(:code)")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[VoucherRow]:
    return await BY_IDS.rows(connection, VoucherRow, ids=ids)


async def by_code_ids(connection: Connection, code_ids: Sequence[int]) -> list[VoucherRow]:
    return await BY_CODE_IDS.rows(connection, VoucherRow, code_ids=code_ids)


async def code_id(connection: Connection, code: str) -> int | None:
    """The id of a voucher's code, whatever its case; None if there is no such code."""
    found: int | None = await CODE_ID.value(connection, code=code)
    return found
