"""Spending vouchers' codes and gift cards, each at most as often and as much as it is worth."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from asyncpg import UniqueViolationError

from db.rows import Row
from db.statements import Connection, Statement
from domain.vouchers import VoucherNotApplicable

ONCE_PER_CUSTOMER = "uq_voucher_redemptions_voucher_id_customer"


class UseRow(Row):
    """What an order took from a gift card, and what of it went back."""

    gift_card_id: int
    amount: Decimal
    returned_amount: Decimal


class VoucherRow(Row):
    """A voucher and one of its codes, as far as redeeming it goes."""

    id: int
    code_id: int
    once_per_customer: bool


LOCK_VOUCHER = Statement("""
    select voucher.id, code.id as code_id, voucher.once_per_customer
      from vouchers as voucher
      join voucher_codes as code on code.voucher_id = voucher.id
     where code.id = :code_id
       for update of voucher, code
""")
LOCK_CARDS = Statement("""
    select card.id
      from gift_cards as card
      join checkout_gift_cards as added on added.gift_card_id = card.id
     where added.checkout_id = :checkout_id
     order by card.id
       for update of card
""")
REDEEM = Statement("""
    with voucher as (
        update vouchers
           set used = used + 1
         where id = :voucher_id and (usage_limit is null or used < usage_limit)
     returning id, single_use
    ),
    code as (
        update voucher_codes as code
           set used = code.used + 1
          from voucher
         where code.id = :code_id
           and code.voucher_id = voucher.id
           and (not voucher.single_use or code.used = 0)
     returning code.id
    )
    insert into voucher_redemptions (voucher_id, voucher_code_id, order_id, customer, created_at)
    select voucher.id, code.id, :order_id, :customer, :now
      from voucher, code
""")
TAKE = Statement("""
    with wanted as (
        select given.card_id, given.amount
          from unnest(cast(:card_ids as bigint[]), cast(:amounts as numeric[])) as given (card_id, amount)
    ),
    spent as (
        update gift_cards as card
           set balance_amount = card.balance_amount - wanted.amount, last_used_at = :now, used_by = :email
          from wanted
         where card.id = wanted.card_id and card.balance_amount >= wanted.amount
     returning card.id, wanted.amount
    )
    insert into gift_card_uses (gift_card_id, order_id, amount, created_at)
    select id, :order_id, amount, :now
      from spent
""")

LOCK_REDEEMED = Statement("""
    select voucher.id
      from vouchers as voucher
      join voucher_redemptions as redeemed on redeemed.voucher_id = voucher.id
      join voucher_codes as code on code.id = redeemed.voucher_code_id
     where redeemed.order_id = :order_id
     order by voucher.id, code.id
       for update of voucher, code
""")
LOCK_USED_CARDS = Statement("""
    select card.id
      from gift_cards as card
      join gift_card_uses as used on used.gift_card_id = card.id
     where used.order_id = :order_id
     order by card.id
       for update of card
""")
UNREDEEM = Statement("""
    with gone as (
        delete from voucher_redemptions where order_id = :order_id returning voucher_id, voucher_code_id
    ),
    voucher as (
        update vouchers as voucher
           set used = voucher.used - gone.times
          from (select voucher_id, count(*) as times from gone group by voucher_id) as gone
         where voucher.id = gone.voucher_id
    )
    update voucher_codes as code
       set used = code.used - gone.times
      from (select voucher_code_id, count(*) as times from gone group by voucher_code_id) as gone
     where code.id = gone.voucher_code_id
""")
USES = Statement("""
    select gift_card_id, amount, returned_amount
      from gift_card_uses
     where order_id = :order_id
     order by gift_card_id
""")
PUT_BACK = Statement("""
    with owed as (
        select gift_card_id, amount - returned_amount as rest
          from gift_card_uses
         where order_id = :order_id and returned_amount < amount
    ),
    back as (
        update gift_card_uses as used
           set returned_amount = used.amount
          from owed
         where used.order_id = :order_id and used.gift_card_id = owed.gift_card_id
     returning used.gift_card_id, owed.rest
    )
    update gift_cards as card
       set balance_amount = card.balance_amount + back.rest
      from back
     where card.id = back.gift_card_id
""")
PUT_SOME_BACK = Statement("""
    with back as (
        update gift_card_uses
           set returned_amount = returned_amount + :amount
         where order_id = :order_id and gift_card_id = :gift_card_id and returned_amount + :amount <= amount
     returning gift_card_id
    )
    update gift_cards as card
       set balance_amount = card.balance_amount + :amount
      from back
     where card.id = back.gift_card_id
""")


async def lock_voucher(tx: Connection, code_id: int) -> VoucherRow | None:
    """The voucher of this code, held with the code until the transaction ends; None when the code is gone."""
    return await LOCK_VOUCHER.row(tx, VoucherRow, code_id=code_id)


async def lock_cards(tx: Connection, checkout_id: UUID) -> None:
    """Hold the checkout's gift cards until the transaction ends. Locked in the order of their ids."""
    await tx.fetch(LOCK_CARDS.text, *LOCK_CARDS.arguments({"checkout_id": checkout_id}))


async def redeem(tx: Connection, voucher: VoucherRow, order_id: UUID, customer: str, now: datetime) -> None:
    """Count one use of the code by this order. ``customer`` is the normalised e-mail address.

    Raises ``VoucherNotApplicable`` when that is one too many: of the voucher, its code, or the customer.
    """
    try:
        counted = await REDEEM.run(
            tx,
            voucher_id=voucher.id,
            code_id=voucher.code_id,
            order_id=order_id,
            customer=customer if voucher.once_per_customer else None,
            now=now,
        )
    except UniqueViolationError as clash:
        if clash.constraint_name != ONCE_PER_CUSTOMER:
            raise
        raise VoucherNotApplicable("You have used this code before.", field="voucherCode") from clash
    if counted == 0:
        raise VoucherNotApplicable("This code has been used up.", field="voucherCode")


async def take_from_cards(
    tx: Connection, uses: Sequence[tuple[int, Decimal]], order_id: UUID, email: str, now: datetime
) -> None:
    """Pay these amounts (card id, amount) of the order. The cards are locked and were found to hold them."""
    if not uses:
        return
    taken = await TAKE.run(
        tx,
        card_ids=[card_id for card_id, _ in uses],
        amounts=[amount for _, amount in uses],
        order_id=order_id,
        email=email,
        now=now,
    )
    assert taken == len(uses), "priced over cards that are locked"


async def lock_uses(tx: Connection, order_id: UUID) -> list[UseRow]:
    """What the order, which is locked, took from gift cards; these are held until the transaction ends.

    Locked in the order of their ids.
    """
    await tx.fetch(LOCK_USED_CARDS.text, *LOCK_USED_CARDS.arguments({"order_id": order_id}))
    return await USES.rows(tx, UseRow, order_id=order_id)


async def give_back(tx: Connection, order_id: UUID) -> None:
    """What the order, which is locked, has used of vouchers and gift cards may be used again.

    Exactly that, and once: what was given back before is not given back again. Locks vouchers and codes, then
    gift cards in the order of their ids.
    """
    await tx.fetch(LOCK_REDEEMED.text, *LOCK_REDEEMED.arguments({"order_id": order_id}))
    await lock_uses(tx, order_id)
    await UNREDEEM.run(tx, order_id=order_id)
    await PUT_BACK.run(tx, order_id=order_id)


async def give_some_back(tx: Connection, order_id: UUID, gift_card_id: int, amount: Decimal) -> bool:
    """Put this much of what the order took back onto the card, which is locked; False where it took less."""
    return (await PUT_SOME_BACK.run(tx, order_id=order_id, gift_card_id=gift_card_id, amount=amount)) == 1
