"""Gift cards, and the checkouts they were added to."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement


class GiftCardRow(Row):
    """``checkout_id`` is the checkout it was asked for by, if it was."""

    id: int
    checkout_id: UUID | None
    last_characters: str
    currency: str
    initial_amount: Decimal
    balance_amount: Decimal
    is_active: bool
    expires_on: date | None
    created_at: datetime
    last_used_at: datetime | None
    meta: str
    private_meta: str


COLUMNS = """
    card.id, right(card.code, 4) as last_characters, card.currency, card.initial_amount, card.balance_amount,
    card.is_active, card.expires_on, card.created_at, card.last_used_at, card.meta, card.private_meta
"""
BY_IDS = Statement(f"""
    select {COLUMNS}, cast(null as uuid) as checkout_id from gift_cards as card where card.id = any(:ids)
""")
BY_CODE = Statement(f"""
    select {COLUMNS}, cast(null as uuid) as checkout_id
      from gift_cards as card
     where upper(card.code) = upper(:code)
""")
BY_CHECKOUT_IDS = Statement(f"""
    select {COLUMNS}, added.checkout_id
      from checkout_gift_cards as added
      join gift_cards as card on card.id = added.gift_card_id
     where added.checkout_id = any(:checkout_ids)
     order by added.checkout_id, added.position, card.id
""")
ADD = Statement("""
    insert into checkout_gift_cards (checkout_id, gift_card_id, position)
    select :checkout_id, :gift_card_id, coalesce(max(added.position), 0) + 1
      from checkout_gift_cards as added
     where added.checkout_id = :checkout_id
        on conflict do nothing
""")
REMOVE = Statement("""
    delete from checkout_gift_cards where checkout_id = :checkout_id and gift_card_id = :gift_card_id
""")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[GiftCardRow]:
    return await BY_IDS.rows(connection, GiftCardRow, ids=ids)


async def by_code(connection: Connection, code: str) -> GiftCardRow | None:
    """The card of a code, whatever its case."""
    return await BY_CODE.row(connection, GiftCardRow, code=code)


async def by_checkout_ids(connection: Connection, checkout_ids: Sequence[UUID]) -> list[GiftCardRow]:
    """In the order they were added."""
    return await BY_CHECKOUT_IDS.rows(connection, GiftCardRow, checkout_ids=checkout_ids)


async def add(tx: Connection, checkout_id: UUID, gift_card_id: int) -> None:
    """Put the card behind those that are there; one that is there already stays where it is."""
    await ADD.run(tx, checkout_id=checkout_id, gift_card_id=gift_card_id)


async def remove(tx: Connection, checkout_id: UUID, gift_card_id: int) -> bool:
    """Whether the checkout had the card."""
    return await REMOVE.run(tx, checkout_id=checkout_id, gift_card_id=gift_card_id) == 1
