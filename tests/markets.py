"""A shop that is ready to sell, and checkouts that are ready to become orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from db.tables import checkouts, orders
from tests.factory import AnyRow, Factory


@dataclass(frozen=True, slots=True)
class Market:
    """A channel with a warehouse and one way of shipping, at 5, to the US. Prices hold a tax of 25 %."""

    factory: Factory
    channel: AnyRow
    warehouse: AnyRow
    method: AnyRow
    product: AnyRow

    @classmethod
    async def open(cls, factory: Factory, **values: Any) -> "Market":
        """``values`` are the channel's; it takes orders that are not paid unless they say otherwise."""
        chosen: dict[str, Any] = {"slug": "web", "allow_unpaid_orders": True} | values
        channel = await factory.channel(**chosen)
        await factory.tax_rate("US", "0.25")
        zone = await factory.shipping_zone(channel, countries=["US"])
        method = await factory.shipping_method(zone, channel, "5", name="By post")
        warehouse = await factory.warehouse(channel, zones=[zone])
        return cls(factory, channel, warehouse, method, await factory.product(channel, name="Mug"))

    async def variant(self, price: str = "10", stock: int = 100, **values: Any) -> AnyRow:
        """A variant of the mug with so many units in the warehouse."""
        return await self.factory.variant(
            self.product, self.channel, price=price, stock=stock, warehouse=self.warehouse, **values
        )

    async def checkout(
        self,
        *lines: tuple[AnyRow, int],
        user: AnyRow | None = None,
        code: str | None = None,
        cards: Sequence[AnyRow] = (),
        **values: Any,
    ) -> AnyRow:
        """A checkout of these (variant, units) to which nothing is missing but perhaps the money."""
        factory = self.factory
        defaults: dict[str, Any] = {
            "channel_id": self.channel.id,
            "currency": self.channel.currency_code,
            "country": "US",
            "user_id": user.id if user else None,
            "email": user.email if user else "guest@example.com",
            "shipping_address_id": (await factory.address()).id,
            "billing_address_id": (await factory.address(first_name="Augusta")).id,
        }
        if code is not None:
            codes = await factory.fetch("select id from voucher_codes where code = $1", code)
            defaults["voucher_code_id"] = codes[0].id
        row = await factory.add(checkouts.Checkouts, **defaults | values)
        for position, (variant, quantity) in enumerate(lines, start=1):
            await factory.add(
                checkouts.CheckoutLines,
                checkout_id=row.id,
                variant_id=variant.id,
                quantity=quantity,
                position=position,
            )
        for position, card in enumerate(cards):
            await factory.add(
                checkouts.CheckoutGiftCards, checkout_id=row.id, gift_card_id=card.id, position=position
            )
        if "collection_point_id" not in values and "delivery_id" not in values:
            await self.deliver(row)
        return row

    async def deliver(self, checkout: AnyRow) -> None:
        """Choose the post."""
        offered = await self.factory.add(
            checkouts.CheckoutDeliveries,
            checkout_id=checkout.id,
            shipping_method_id=self.method.id,
            price_amount=Decimal(5),
            checkout_version=0,
        )
        await self.factory.fetch(
            "update checkouts set delivery_id = $2 where id = $1", checkout.id, offered.id
        )

    async def pay(self, checkout: AnyRow, charged: str = "0", authorized: str = "0") -> AnyRow:
        """A payment of the checkout that has come this far."""
        payment = await self.factory.add(
            orders.Transactions,
            checkout_id=checkout.id,
            gateway="matvis.dummy",
            idempotency_key=uuid4().hex,
            currency=self.channel.currency_code,
            charged_amount=Decimal(charged),
            authorized_amount=Decimal(authorized),
        )
        promised = Decimal(authorized) and Decimal(authorized) + Decimal(charged)
        for kind, amount in (("AUTHORIZATION", promised), ("CHARGE", Decimal(charged))):
            if amount:
                await self.factory.add(
                    orders.TransactionEvents,
                    transaction_id=payment.id,
                    kind=f"{kind}_SUCCESS",
                    reference=uuid4().hex,
                    amount=amount,
                    currency=payment.currency,
                )
        return payment
