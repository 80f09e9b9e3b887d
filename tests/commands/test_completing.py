"""Completing a checkout: what the order keeps, what is refused, and what goes with it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from adapters.mail import MailUndelivered, Message
from commands.completing import complete
from commands.shop import Shop
from db.tables import attributes
from domain.access import GUEST, Permission, Viewer
from domain.refusals import NotFound, Refused
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.worlds import CheapMail, Clock


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def order_of(factory: Factory, order_id: UUID) -> AnyRow:
    (row,) = await factory.fetch("select * from orders where id = $1", order_id)
    return row


async def refused(shop: Shop, checkout: AnyRow, viewer: Viewer = GUEST) -> list[str]:
    with pytest.raises(Refused) as several:
        await complete(shop, viewer, checkout.id)
    return [refusal.code for refusal in several.value.refusals]


async def test_an_order_keeps_every_figure_of_the_checkout(
    shop: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant("10"), 3), (await market.variant("4"), 1))

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    assert (order.subtotal_gross, order.subtotal_net) == (Decimal(34), Decimal("27.2"))
    assert (order.shipping_gross, order.shipping_net) == (Decimal(5), Decimal(4))
    assert (order.total_gross, order.total_net) == (Decimal(39), Decimal("31.2"))
    assert (order.undiscounted_total_gross, order.currency) == (Decimal(39), "USD")
    assert (order.shipping_method_name, order.shipping_tax_rate) == ("By post", Decimal("0.25"))
    assert (order.charge_status, order.authorize_status, order.status) == ("NONE", "NONE", "UNFULFILLED")
    assert order.checkout_id == checkout.id
    assert await factory.value("select count(*) from checkouts") == 0


async def test_lines_keep_their_names_in_the_shoppers_language(
    shop: Shop, factory: Factory, market: Market
) -> None:
    small, large = await market.variant(name="Small", sku="S"), await market.variant(name="Large", sku="L")
    await factory.add(
        attributes.Translations, kind="Product", object_id=market.product.id, language="PT", name="Caneca"
    )
    await factory.add(
        attributes.Translations, kind="ProductVariant", object_id=large.id, language="PT_BR", name="Grande"
    )
    checkout = await market.checkout((large, 1), (small, 2), language_code="PT_BR")

    order_id = await complete(shop, GUEST, checkout.id)

    first, second = await factory.fetch(
        "select * from order_lines where order_id = $1 order by position", order_id
    )
    assert (first.product_name, first.variant_name, first.sku, first.quantity) == ("Mug", "Large", "L", 1)
    assert (first.translated_product_name, first.translated_variant_name) == ("Caneca", "Grande")
    assert (second.variant_name, second.translated_variant_name, second.quantity) == ("Small", "", 2)
    assert (second.unit_gross, second.total_gross, second.total_net) == (10, 20, 16)
    assert second.tax_rate == Decimal("0.25")


async def test_metadata_of_the_checkout_and_its_lines_goes_over(
    shop: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout(
        (await market.variant(), 1), meta={"a": "1", "b": "1"}, private_meta={"p": "1"}, note="Ring twice"
    )
    await factory.fetch("""update checkout_lines set meta = '{"engraving": "Ada"}'""")

    order = await order_of(factory, await complete(shop, GUEST, checkout.id, meta={"b": "2"}))

    assert orjson.loads(order.meta) == {"a": "1", "b": "2"}
    assert orjson.loads(order.private_meta) == {"p": "1"}
    assert orjson.loads(await factory.value("select meta from order_lines")) == {"engraving": "Ada"}
    assert order.customer_note == "Ring twice"


async def test_units_are_promised_to_the_lines_and_no_longer_held(
    shop: Shop, factory: Factory, market: Market, clock: Clock
) -> None:
    variant = await market.variant(stock=5)
    checkout = await market.checkout((variant, 2), (variant, 2))
    await factory.fetch(
        """insert into reservations (checkout_id, stock_id, quantity, expires_at)
           select $1, id, 4, $2 from stocks""",
        checkout.id,
        clock().replace(year=2099),
    )

    await complete(shop, GUEST, checkout.id)

    assert await factory.value("select allocated from stocks") == 4
    assert [row.quantity for row in await factory.fetch("select quantity from allocations")] == [2, 2]
    assert await factory.value("select count(*) from reservations") == 0


async def test_the_same_variant_on_two_lines_counts_as_one(
    shop: Shop, factory: Factory, market: Market
) -> None:
    variant = await market.variant(stock=3)
    checkout = await market.checkout((variant, 2), (variant, 2))

    assert await refused(shop, checkout) == ["INSUFFICIENT_STOCK"]
    assert await factory.value("select allocated from stocks") == 0


async def test_units_that_are_held_for_somebody_else_are_not_sold(
    shop: Shop, factory: Factory, market: Market, clock: Clock
) -> None:
    variant = await market.variant(stock=1)
    theirs, ours = await market.checkout((variant, 1)), await market.checkout((variant, 1))
    await factory.fetch(
        """insert into reservations (checkout_id, stock_id, quantity, expires_at)
           select $1, id, 1, $2 from stocks""",
        theirs.id,
        clock().replace(year=2099),
    )

    assert await refused(shop, ours) == ["INSUFFICIENT_STOCK"]


async def test_everything_that_is_missing_is_told_at_once(shop: Shop, market: Market) -> None:
    nothing = await market.checkout(email=None, billing_address_id=None, delivery_id=None)
    unsent = await market.checkout(
        (await market.variant(stock=0), 1), shipping_address_id=None, delivery_id=None
    )

    assert await refused(shop, nothing) == ["NO_LINES", "EMAIL_NOT_SET", "BILLING_ADDRESS_NOT_SET"]
    assert await refused(shop, unsent) == [
        "SHIPPING_ADDRESS_NOT_SET",
        "SHIPPING_METHOD_NOT_SET",
        "INSUFFICIENT_STOCK",
    ]


CHANGES = {
    "CHANNEL_INACTIVE": "update channels set is_active = false",
    "UNAVAILABLE_VARIANT_IN_CHANNEL": "delete from variant_listings",
    "PRODUCT_NOT_PUBLISHED": "update product_listings set is_published = false",
    "PRODUCT_UNAVAILABLE_FOR_PURCHASE": "update product_listings set available_for_purchase_at = null",
    "DELIVERY_METHOD_NOT_APPLICABLE": "update shipping_methods set is_active = false",
    "VOUCHER_NOT_APPLICABLE": "update vouchers set ends_at = '2026-01-02'",
    "GIFT_CARD_NOT_APPLICABLE": "update gift_cards set is_active = false",
    "CHECKOUT_NOT_FULLY_PAID": "update channels set allow_unpaid_orders = false",
    "QUANTITY_GREATER_THAN_LIMIT": "update product_variants set quantity_limit = 1",
}


@pytest.mark.parametrize("code", CHANGES)
async def test_what_no_longer_holds_is_refused_and_nothing_changes(
    shop: Shop, factory: Factory, market: Market, code: str
) -> None:
    await factory.voucher(market.channel, "SAVE", "1")
    card = await factory.gift_card(amount="3")
    checkout = await market.checkout((await market.variant("10"), 2), code="SAVE", cards=[card])
    await factory.fetch(CHANGES[code])

    assert await refused(shop, checkout) == [code]
    assert await factory.value("select count(*) from orders") == 0
    assert await factory.value("select count(*) from checkouts") == 1
    assert await factory.value("select used from vouchers") == 0
    assert await factory.value("select balance_amount from gift_cards") == 3
    assert await factory.value("select count(*) from outbox") == 0


async def test_what_was_charged_becomes_the_orders(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory, allow_unpaid_orders=False)
    checkout = await market.checkout((await market.variant("10"), 1))
    payment = await market.pay(checkout, charged="15")

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    assert (order.charged_amount, order.authorized_amount) == (15, 0)
    assert (order.charge_status, order.authorize_status) == ("FULL", "FULL")
    assert await factory.value("select order_id from transactions where id = $1", payment.id) == order.id


async def test_a_promise_and_a_charge_together_cover_the_total(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory, allow_unpaid_orders=False)
    checkout = await market.checkout((await market.variant("10"), 1))
    await market.pay(checkout, charged="5")
    await market.pay(checkout, authorized="10")

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    assert (order.charged_amount, order.authorized_amount) == (5, 10)
    assert (order.charge_status, order.authorize_status) == ("PARTIAL", "FULL")


@pytest.mark.parametrize(("paid", "code"), [("14.99", "CHECKOUT_NOT_FULLY_PAID"), ("15.01", "PAYMENT_ERROR")])
async def test_another_sum_than_the_price_is_refused_with_both_figures(
    shop: Shop, factory: Factory, paid: str, code: str
) -> None:
    market = await Market.open(factory, allow_unpaid_orders=False)
    checkout = await market.checkout((await market.variant("10"), 1))
    await market.pay(checkout, charged=paid)

    with pytest.raises(Refused) as several:
        await complete(shop, GUEST, checkout.id)

    (refusal,) = several.value.refusals
    assert refusal.code == code
    assert f"it costs 15 USD, and {paid} USD was paid" in refusal.message


async def test_a_price_that_rose_after_the_payment_is_never_charged_silently(
    shop: Shop, factory: Factory
) -> None:
    market = await Market.open(factory, allow_unpaid_orders=False)
    checkout = await market.checkout((await market.variant("10"), 1))
    await market.pay(checkout, charged="15")
    await factory.fetch("update variant_listings set price_amount = 12, discounted_amount = 12")

    assert await refused(shop, checkout) == ["CHECKOUT_NOT_FULLY_PAID"]


async def test_what_costs_nothing_needs_no_payment(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory, allow_unpaid_orders=False)
    card = await factory.gift_card(amount="50")
    checkout = await market.checkout((await market.variant("10"), 1), cards=[card])

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    assert (order.total_gross, order.gift_card_amount, order.charge_status) == (0, 15, "FULL")
    assert await factory.value("select balance_amount from gift_cards") == 35
    assert await factory.value("select amount from gift_card_uses where order_id = $1", order.id) == 15


async def test_a_voucher_is_redeemed_and_told_in_the_order(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "TENTH", "10", value_kind="PERCENTAGE", name="A tenth off")
    checkout = await market.checkout((await market.variant("10"), 2), code="TENTH")

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    (discount,) = await factory.fetch("select * from order_discounts where order_id = $1", order.id)
    assert (discount.kind, discount.name, discount.amount) == ("VOUCHER", "A tenth off", 2)
    assert (order.voucher_code, order.total_gross, order.undiscounted_total_gross) == ("TENTH", 23, 25)
    assert await factory.value("select used from vouchers") == 1
    assert await factory.value("select used from voucher_codes") == 1
    line = (await factory.fetch("select * from order_lines"))[0]
    assert (line.unit_discount_amount, line.unit_discount_reason) == (1, "Voucher code: TENTH")


async def test_a_code_is_good_once_for_each_customer_however_the_address_is_written(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "ONCE", "1", once_per_customer=True)
    variant = await market.variant()
    first = await market.checkout((variant, 1), code="ONCE", email="ada@example.com")
    again = await market.checkout((variant, 1), code="ONCE", email="ada@example.com")
    other = await market.checkout((variant, 1), code="ONCE", email="eve@example.com")

    await complete(shop, GUEST, first.id)

    assert await refused(shop, again) == ["VOUCHER_NOT_APPLICABLE"]
    await complete(shop, GUEST, other.id)
    assert await factory.value("select count(*) from voucher_redemptions") == 2


async def test_a_channel_that_does_not_confirm_leaves_the_order_to_staff(
    shop: Shop, factory: Factory
) -> None:
    market = await Market.open(factory, automatically_confirm_orders=False)
    checkout = await market.checkout((await market.variant(), 1))

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    assert order.status == "UNCONFIRMED"
    assert [row.kind for row in await factory.fetch("select kind from order_events")] == ["PLACED"]


async def test_history_and_announcements_are_written_with_the_order(
    shop: Shop, factory: Factory, market: Market
) -> None:
    user = await factory.user()
    variant = await market.variant("10")
    checkout = await market.checkout((variant, 1), user=user)
    await market.pay(checkout, charged="15")

    order_id = await complete(shop, Viewer(user.id, user.email), checkout.id)

    history = await factory.fetch("select kind, user_id from order_events order by id")
    outbox = await factory.fetch("select kind, subject_id from outbox order by id")
    assert [row.kind for row in history] == ["PLACED", "CONFIRMED", "ORDER_FULLY_PAID"]
    assert {row.user_id for row in history} == {user.id}
    assert [(row.kind, row.subject_id) for row in outbox] == [
        ("OrderCreated", str(order_id)),
        ("OrderPaid", str(order_id)),
        ("StockChanged", str(variant.id)),
    ]


async def test_addresses_go_into_the_customers_book_once(
    shop: Shop, factory: Factory, market: Market
) -> None:
    user = await factory.user()
    variant = await market.variant()
    for _ in range(2):
        checkout = await market.checkout((variant, 1), user=user)
        order = await order_of(factory, await complete(shop, Viewer(user.id, user.email), checkout.id))
        assert (order.shipping_address_id, order.billing_address_id) == (
            checkout.shipping_address_id,
            checkout.billing_address_id,
        )

    book = await factory.fetch("select first_name from addresses where user_id = $1 order by 1", user.id)
    assert [row.first_name for row in book] == ["Ada", "Augusta"]


async def test_addresses_that_the_shopper_did_not_ask_to_keep_are_not_kept(
    shop: Shop, factory: Factory, market: Market
) -> None:
    user = await factory.user()
    checkout = await market.checkout(
        (await market.variant(), 1), user=user, save_shipping_address=False, save_billing_address=False
    )

    await complete(shop, Viewer(user.id, user.email), checkout.id)

    assert await factory.value("select count(*) from addresses where user_id is not null") == 0


async def test_goods_can_be_fetched_without_an_address_to_send_them_to(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.fetch(
        "update warehouses set collection = 'ALL', address_id = $1", (await factory.address()).id
    )
    checkout = await market.checkout(
        (await market.variant("10"), 1), shipping_address_id=None, collection_point_id=market.warehouse.id
    )

    order = await order_of(factory, await complete(shop, GUEST, checkout.id))

    assert (order.collection_point_id, order.shipping_method_id) == (market.warehouse.id, None)
    assert order.total_gross == 10


async def test_a_place_that_no_longer_hands_goods_over_is_refused(shop: Shop, market: Market) -> None:
    checkout = await market.checkout((await market.variant(), 1), collection_point_id=market.warehouse.id)

    assert await refused(shop, checkout) == ["DELIVERY_METHOD_NOT_APPLICABLE"]


async def test_the_confirmation_is_mailed_once(shop: Shop, market: Market, mail: CheapMail) -> None:
    checkout = await market.checkout((await market.variant("10", name="Small"), 2))

    for _ in range(2):
        await complete(shop, GUEST, checkout.id, redirect_url="https://shop.example/orders")

    (sent,) = mail.sent
    assert (sent.to, sent.subject) == ("guest@example.com", "Your order 1")
    assert "2 x Mug (Small): 20.00 USD" in sent.text
    assert "Total: 25.00 USD" in sent.text
    assert "https://shop.example/orders" in sent.text


class BrokenMail:
    async def send(self, message: Message) -> None:
        raise MailUndelivered(f"{message.to} does not answer", permanent=False)


@pytest.fixture
async def shop_without_mail(settings: Any, open_test_shop: Callable[..., Any]) -> Any:
    async with open_test_shop(settings) as opened:
        yield Shop(
            **{name: getattr(opened, name) for name in Shop.__slots__ if name != "mail"}, mail=BrokenMail()
        )


async def test_a_mail_that_fails_leaves_the_order_standing(
    shop_without_mail: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant(), 1))

    order = await order_of(factory, await complete(shop_without_mail, GUEST, checkout.id))

    assert order.status == "UNFULFILLED"


async def test_a_link_that_no_mail_may_carry_is_refused(shop: Shop, market: Market) -> None:
    checkout = await market.checkout((await market.variant(), 1))

    with pytest.raises(Refused) as several:
        await complete(shop, GUEST, checkout.id, redirect_url="ftp://shop.example")

    assert [(one.code, one.field) for one in several.value.refusals] == [("INVALID", "redirectUrl")]


async def test_a_checkout_of_a_customer_does_not_exist_for_anybody_else(
    shop: Shop, factory: Factory, market: Market
) -> None:
    owner, stranger = await factory.user(), await factory.user()
    checkout = await market.checkout((await market.variant(), 1), user=owner)

    for viewer in (GUEST, Viewer(stranger.id, stranger.email)):
        with pytest.raises(NotFound):
            await complete(shop, viewer, checkout.id)
    order_id = await complete(shop, Viewer(owner.id, owner.email), checkout.id)

    for viewer in (GUEST, Viewer(stranger.id, stranger.email)):
        with pytest.raises(NotFound):
            await complete(shop, viewer, checkout.id)
    staff = Viewer(99, is_staff=True, permissions=frozenset({Permission.HANDLE_CHECKOUTS}))
    assert await complete(shop, staff, checkout.id) == order_id


async def test_a_checkout_that_never_was_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await complete(shop, GUEST, uuid4())
