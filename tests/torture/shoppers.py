"""Shoppers on real connections, who do things in any order, at once, and sometimes hang up."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import httpx2

from schema.ids import to_global
from tests import promising
from tests.factory import AnyRow, Factory

PAY = """
mutation ($id: ID!, $data: JSON) {
  transactionInitialize(id: $id, paymentGateway: { id: "matvis.dummy", data: $data }) {
    transaction { id } errors { code }
  }
}
"""
PROCESS = "mutation ($id: ID!) { transactionProcess(id: $id) { errors { code } } }"
COMPLETE = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"
ADD_CODE = 'mutation ($id: ID!) { checkoutAddPromoCode(id: $id, promoCode: "FEW") { errors { code } } }'
DROP_CODE = 'mutation ($id: ID!) { checkoutRemovePromoCode(id: $id, promoCode: "FEW") { errors { code } } }'
ADD_LINE = """
mutation ($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) { errors { code } }
}
"""
LOOK = "query ($id: ID!) { checkout(id: $id) { totalPrice { gross { amount } } lines { quantity } } }"
Send = Callable[..., Coroutine[Any, Any, dict[str, Any] | None]]


class Shoppers:
    """Those who share a server at ``address``. ``codes`` counts the refusals that they were told.

    ``orders`` are those that somebody was told of.
    """

    def __init__(self, address: str, dice: random.Random) -> None:
        self.address = address
        self.dice = dice
        self.codes: Counter[str] = Counter()
        self.dropped = 0
        self.orders: set[str] = set()

    async def send(self, document: str, *, seconds: float = 60, **variables: Any) -> dict[str, Any] | None:
        """The root field's answer; None for whoever hung up after so many ``seconds``, or met no server."""
        try:
            async with httpx2.AsyncClient(timeout=seconds) as http:
                reply = await http.post(
                    f"{self.address}/graphql/", json={"query": document, "variables": variables}
                )
                answer: dict[str, Any] = reply.json()
        except httpx2.TransportError:
            self.dropped += 1
            return None
        self.codes.update(error["extensions"]["code"] for error in answer.get("errors", []))
        given: dict[str, Any] | None
        (given,) = (answer.get("data") or {"": None}).values()
        self.codes.update(error["code"] for error in (given or {}).get("errors", []))
        if given and given.get("order"):
            self.orders.add(given["order"]["id"])
        return given

    async def shop(self, checkout: AnyRow, variants: list[AnyRow]) -> None:
        """Do this and that with the checkout, then pay and complete it, hanging up now and then."""
        dice, one = self.dice, to_global("Checkout", checkout.id)
        for _ in range(dice.randint(2, 5)):
            patience = dice.choice([60, 60, 60, dice.uniform(0.005, 0.3)])
            await self._something(one, variants, patience)
        await self.send(PAY, id=one)
        await asyncio.gather(*(self.send(COMPLETE, id=one) for _ in range(dice.randint(1, 3))))

    async def _something(self, one: str, variants: list[AnyRow], patience: float) -> None:
        match self.dice.choice(["look", "code", "no code", "line", "pay", "card", "3ds", "complete"]):
            case "look":
                await self.send(LOOK, id=one, seconds=patience)
            case "code":
                await self.send(ADD_CODE, id=one, seconds=patience)
            case "no code":
                await self.send(DROP_CODE, id=one, seconds=patience)
            case "line":
                variant = to_global("ProductVariant", self.dice.choice(variants).id)
                line = {"variantId": variant, "quantity": self.dice.randint(1, 2), "forceNewLine": True}
                await self.send(ADD_LINE, id=one, lines=[line], seconds=patience)
            case "pay":
                await self.send(PAY, id=one, seconds=patience)
            case "card":
                await self.send(PAY, id=one, data={"card": "4000000000000002"}, seconds=patience)
            case "3ds":
                begun = await self.send(PAY, id=one, data={"card": "4000000000003220"}, seconds=patience)
                if begun and begun["transaction"]:
                    await self.send(PROCESS, id=begun["transaction"]["id"], seconds=patience)
            case _:
                await self.send(COMPLETE, id=one, seconds=patience)


OURS = {
    "a checkout became two orders": """
        select checkout_id from orders group by checkout_id having count(*) > 1
    """,
    "an order's money is not its payments'": """
        select orders.number
          from orders left join transactions on transactions.order_id = orders.id
         group by orders.id
        having orders.charged_amount <> coalesce(sum(transactions.charged_amount), 0)
    """,
    "an order was made that is not paid for": """
        select number from orders where charge_status not in ('FULL', 'OVERCHARGED')
    """,
    "a line is not all promised": """
        select line.id
          from order_lines as line left join allocations as promised on promised.order_line_id = line.id
         group by line.id having line.quantity <> coalesce(sum(promised.quantity), 0)
    """,
    "an order was not announced once": """
        select orders.id
          from orders
          left join outbox on outbox.kind = 'OrderCreated' and outbox.subject_id = orders.id::text
         group by orders.id having count(outbox.id) <> 1
    """,
    "a code was used too often": "select id from vouchers where used > usage_limit",
    "a voucher's use is nobody's": """
        select voucher.id
          from vouchers as voucher
          left join voucher_redemptions as redeemed on redeemed.voucher_id = voucher.id
         group by voucher.id having voucher.used <> count(redeemed.id)
    """,
    "a gift card's money is gone": """
        select card.id
          from gift_cards as card left join gift_card_uses as used on used.gift_card_id = card.id
         group by card.id
        having card.initial_amount - card.balance_amount
               <> coalesce(sum(used.amount - used.returned_amount), 0)
    """,
    "money is for nothing": """
        select id from transactions where charged_amount > 0 and order_id is null and checkout_id is null
    """,
}
"""What may never be, beside what ``./run verify`` looks for."""


async def breaches(factory: Factory) -> dict[str, list[Any]]:
    """Everything that breaks a promise of the shop, by the promise."""
    found = await promising.breaches(factory)
    for what, query in OURS.items():
        found[what] = [tuple(row) for row in await factory.fetch(query)]
    return {what: rows for what, rows in found.items() if rows}


async def forgotten(factory: Factory, crowd: Shoppers) -> set[str]:
    """Orders that somebody was told of, and that are not there."""
    kept = await factory.fetch("select id from orders")
    return crowd.orders - {to_global("Order", row.id) for row in kept}
