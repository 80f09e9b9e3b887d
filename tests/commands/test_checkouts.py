"""Carts, changed by commands."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from commands.checkouts import addresses, creating, customer, delivery, lines, promo_codes
from commands.checkouts.creating import NewCheckout
from commands.checkouts.lines import LineEdit
from commands.shop import Shop
from db.carts import carts
from db.pool import Database
from domain.access import GUEST, Permission, Viewer
from domain.addresses import Address
from domain.carts import PricedCart
from domain.checkouts import AddressWish, NewLine
from domain.languages import LanguageCode
from domain.pricing import price
from domain.refusals import Denied, NotFound, Refusal, Refused, Unauthenticated
from tests.factory import Factory
from tests.markets import Market

HANDLER = Viewer(permissions=frozenset({Permission.HANDLE_CHECKOUTS}))
US = Address("Ada", "Byron", "", "1 Main Street", "", "New York", "", "10001", "NY", "US")
PL = Address("Ada", "Byron", "", "ul. Tęczowa 7", "", "Wrocław", "", "53-030", "", "PL")


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def codes(asked: Awaitable[object]) -> list[str]:
    """The codes that a command refuses with."""
    try:
        await asked
    except Refused as several:
        return [refusal.code for refusal in several.refusals]
    except Refusal as refusal:
        return [refusal.code]
    return []


async def content(factory: Factory, checkout_id: UUID) -> list[tuple[int, int]]:
    """(variant, units) of each line, in order."""
    rows = await factory.fetch(
        "select * from checkout_lines where checkout_id = $1 order by position", checkout_id
    )
    return [(row.variant_id, row.quantity) for row in rows]


async def priced(database: Database, checkout_id: UUID) -> PricedCart:
    async with database.read() as connection:
        (cart,) = await carts(connection, [checkout_id])
    return price(cart)


async def events(factory: Factory) -> list[str]:
    return [row.kind for row in await factory.fetch("select kind from outbox order by id")]


async def test_a_cart_may_be_made_empty_in_the_only_active_channel(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.channel("closed", is_active=False)

    row = await creating.create(shop, GUEST, NewCheckout())

    assert (row.channel_id, row.currency, row.country, row.version) == (market.channel.id, "USD", "US", 0)
    assert await events(factory) == ["CheckoutCreated"]


async def test_a_channel_has_to_be_named_known_and_active(shop: Shop, factory: Factory) -> None:
    await factory.channel("one")
    await factory.channel("two")
    await factory.channel("closed", is_active=False)

    assert await codes(creating.create(shop, GUEST, NewCheckout())) == ["MISSING_CHANNEL_SLUG"]
    assert await codes(creating.create(shop, GUEST, NewCheckout(channel="three"))) == ["NOT_FOUND"]
    assert await codes(creating.create(shop, GUEST, NewCheckout(channel="closed"))) == ["CHANNEL_INACTIVE"]


async def test_lines_of_a_variant_are_merged_when_a_cart_is_made(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug, lamp = await market.variant(), await market.variant()
    wanted = [NewLine(mug.id, 1), NewLine(lamp.id, 2), NewLine(mug.id, 3), NewLine(mug.id, 5, alone=True)]

    row = await creating.create(shop, GUEST, NewCheckout(lines=wanted))

    assert await content(factory, row.id) == [(mug.id, 4), (lamp.id, 2), (mug.id, 5)]


async def test_a_customers_cart_begins_with_their_e_mail_and_default_addresses(
    shop: Shop, factory: Factory, market: Market
) -> None:
    user = await factory.user("ada@example.com")
    home = await factory.address(user, country="PL", city="Home", country_area="")
    await factory.fetch("update users set default_shipping_address_id = $1", home.id)
    viewer = Viewer(user_id=user.id, email=user.email)

    row = await creating.create(shop, viewer, NewCheckout(channel=market.channel.slug))

    (copy,) = await factory.fetch("select * from addresses where id = $1", row.shipping_address_id)
    assert (row.user_id, row.email, row.country) == (user.id, "ada@example.com", "PL")
    assert (copy.city, copy.user_id, row.billing_address_id) == ("Home", None, None)
    assert copy.id != home.id


async def test_everything_wrong_with_a_new_cart_is_told_at_once(shop: Shop) -> None:
    bad = AddressWish(Address(country="US"))
    wanted = NewCheckout(
        email="nobody", shipping_address=bad, billing_address=bad, lines=[NewLine(1, 0)], meta={"": "x"}
    )

    with pytest.raises(Refused) as several:
        await creating.create(shop, GUEST, wanted)

    fields = {(refusal.field, refusal.facts.get("address_type")) for refusal in several.value.refusals}
    assert {("email", None), ("quantity", None), ("metadata", None)} < fields
    assert {("city", "SHIPPING"), ("city", "BILLING")} < fields


async def test_only_staff_sets_prices_private_metadata_and_addresses_that_are_not_checked(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug = await market.variant("10")
    wanted = NewCheckout(
        lines=[NewLine(mug.id, 2, Decimal(3), "friend")],
        private_meta={"erp": "1"},
        shipping_address=AddressWish(Address(country="US"), unchecked=True),
    )

    with pytest.raises(Denied):
        await creating.create(shop, GUEST, NewCheckout(lines=wanted.lines))
    with pytest.raises(Denied):
        await creating.create(shop, GUEST, NewCheckout(private_meta=wanted.private_meta))
    with pytest.raises(Denied):
        await creating.create(shop, GUEST, NewCheckout(shipping_address=wanted.shipping_address))
    row = await creating.create(shop, HANDLER, wanted)

    assert (await factory.value("select price_override from checkout_lines"), row.country) == (
        Decimal(3),
        "US",
    )


async def test_adding_a_variant_again_adds_to_its_line(shop: Shop, factory: Factory, market: Market) -> None:
    mug = await market.variant()
    checkout = await market.checkout((mug, 2))

    row = await lines.add(shop, GUEST, checkout.id, [NewLine(mug.id, 3, meta={"wrap": "yes"})])

    assert await content(factory, checkout.id) == [(mug.id, 5)]
    assert await factory.value("select meta ->> 'wrap' from checkout_lines") == "yes"
    assert row.version == checkout.version + 1
    assert await events(factory) == ["CheckoutUpdated"]


async def test_a_variant_in_two_lines_gets_a_third(shop: Shop, factory: Factory, market: Market) -> None:
    mug = await market.variant()
    checkout = await market.checkout((mug, 1), (mug, 1))

    await lines.add(shop, GUEST, checkout.id, [NewLine(mug.id, 3)])

    assert await content(factory, checkout.id) == [(mug.id, 1), (mug.id, 1), (mug.id, 3)]


async def test_a_variant_on_several_lines_counts_as_one(shop: Shop, factory: Factory, market: Market) -> None:
    mug = await market.variant(stock=5, quantity_limit=4)
    checkout = await market.checkout((mug, 2))
    more = [NewLine(mug.id, 1), NewLine(mug.id, 2, alone=True)]

    assert await codes(lines.add(shop, GUEST, checkout.id, more)) == ["QUANTITY_GREATER_THAN_LIMIT"]
    await factory.fetch("update product_variants set quantity_limit = null")
    assert await codes(lines.add(shop, GUEST, checkout.id, [*more, NewLine(mug.id, 1)])) == [
        "INSUFFICIENT_STOCK"
    ]
    await lines.add(shop, GUEST, checkout.id, more)

    assert await content(factory, checkout.id) == [(mug.id, 3), (mug.id, 2)]


async def test_every_line_that_cannot_be_bought_is_refused_at_once_and_nothing_changes(
    shop: Shop, factory: Factory, market: Market
) -> None:
    good, scarce = await market.variant(), await market.variant(stock=1)
    hidden = await factory.variant(
        await factory.product(market.channel, listing={"is_published": False}), market.channel, stock=9
    )
    later = await factory.variant(
        await factory.product(market.channel, listing={"available_for_purchase_at": None}),
        market.channel,
        stock=9,
    )
    elsewhere = await factory.variant(await factory.product(market.channel))
    checkout = await market.checkout((good, 1))
    wanted = [NewLine(variant.id, 2) for variant in (good, scarce, hidden, later, elsewhere)]

    with pytest.raises(Refused) as several:
        await lines.add(shop, GUEST, checkout.id, [*wanted, NewLine(10**9, 2)])

    assert [(refusal.code, refusal.facts["variants"]) for refusal in several.value.refusals] == [
        ("NOT_FOUND", [10**9]),
        ("UNAVAILABLE_VARIANT_IN_CHANNEL", [elsewhere.id]),
        ("PRODUCT_NOT_PUBLISHED", [hidden.id]),
        ("PRODUCT_UNAVAILABLE_FOR_PURCHASE", [later.id]),
        ("INSUFFICIENT_STOCK", [scarce.id]),
    ]
    assert await content(factory, checkout.id) == [(good.id, 1)]
    assert await events(factory) == []


async def test_lines_are_changed_by_id_or_variant_and_removed_by_a_quantity_of_zero(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug, lamp, rug = await market.variant(), await market.variant(), await market.variant()
    checkout = await market.checkout((mug, 1), (lamp, 1))
    line_ids = [row.id for row in await factory.fetch("select id from checkout_lines order by position")]

    await lines.update(
        shop,
        GUEST,
        checkout.id,
        [
            LineEdit(line_id=line_ids[0], quantity=7),
            LineEdit(variant_id=lamp.id, quantity=0),
            LineEdit(variant_id=rug.id, quantity=2),
        ],
    )

    assert await content(factory, checkout.id) == [(mug.id, 7), (rug.id, 2)]


async def test_edits_that_cannot_be_understood_are_refused(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug, lamp = await market.variant(), await market.variant()
    checkout = await market.checkout((mug, 1), (mug, 1), (lamp, 1))
    lamp_line = await factory.value("select id from checkout_lines where variant_id = $1", lamp.id)

    async def refused(*edits: LineEdit) -> list[str]:
        return await codes(lines.update(shop, GUEST, checkout.id, edits))

    assert await refused(LineEdit(quantity=1)) == ["INVALID"]
    assert await refused(LineEdit(line_id=uuid4(), variant_id=mug.id)) == ["INVALID"]
    assert await refused(LineEdit(variant_id=mug.id, quantity=2)) == ["INVALID"]
    assert await refused(LineEdit(line_id=uuid4(), quantity=2)) == ["NOT_FOUND"]
    assert await refused(LineEdit(variant_id=lamp.id, quantity=-1)) == ["ZERO_QUANTITY"]
    assert await refused(
        LineEdit(variant_id=lamp.id, quantity=1), LineEdit(line_id=lamp_line, quantity=2)
    ) == ["INVALID"]
    assert await refused(LineEdit(variant_id=lamp.id, price_reason="why")) == [
        "PRICE_OVERRIDE_REASON_WITHOUT_OVERRIDE"
    ]


async def test_staffs_price_can_be_set_and_taken_back(shop: Shop, database: Database, market: Market) -> None:
    mug = await market.variant("10")
    checkout = await market.checkout((mug, 1))
    cheaper = LineEdit(variant_id=mug.id, sets_price=True, price=Decimal(3), price_reason="friend")

    with pytest.raises(Denied):
        await lines.update(shop, GUEST, checkout.id, [cheaper])
    await lines.update(shop, HANDLER, checkout.id, [cheaper])
    lowered = await priced(database, checkout.id)
    await lines.update(shop, HANDLER, checkout.id, [LineEdit(variant_id=mug.id, sets_price=True)])

    assert lowered.subtotal.gross == Decimal(3)
    assert (await priced(database, checkout.id)).subtotal.gross == Decimal(10)


async def test_only_lines_of_the_cart_can_be_deleted_from_it(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug = await market.variant()
    mine, other = await market.checkout((mug, 1), (mug, 2)), await market.checkout((mug, 3))
    of_other = await factory.value("select id from checkout_lines where checkout_id = $1", other.id)
    (first, _) = await factory.fetch(
        "select id from checkout_lines where checkout_id = $1 order by position", mine.id
    )

    assert await codes(lines.delete(shop, GUEST, mine.id, [of_other])) == ["NOT_FOUND"]
    await lines.delete(shop, GUEST, mine.id, [first.id])

    assert await content(factory, mine.id) == [(mug.id, 2)]
    assert await content(factory, other.id) == [(mug.id, 3)]


async def test_adding_and_removing_a_line_and_a_code_gives_the_same_figures(
    shop: Shop, factory: Factory, database: Database, market: Market
) -> None:
    mug, lamp = await market.variant("9.99"), await market.variant("0.07")
    await factory.voucher(market.channel, "TENTH", "10", value_kind="PERCENTAGE")
    checkout = await market.checkout((mug, 3))
    before = await priced(database, checkout.id)

    await lines.add(shop, GUEST, checkout.id, [NewLine(lamp.id, 5)])
    await promo_codes.add(shop, GUEST, checkout.id, "tenth")
    between = await priced(database, checkout.id)
    await lines.update(shop, GUEST, checkout.id, [LineEdit(variant_id=lamp.id, quantity=0)])
    await promo_codes.remove(shop, GUEST, checkout.id, code="TENTH")

    assert (between.discount.amount, between.subtotal.gross) == (Decimal("3.03"), Decimal("27.29"))
    assert await priced(database, checkout.id) == before


async def test_twenty_who_add_at_once_are_all_counted(shop: Shop, factory: Factory, market: Market) -> None:
    mug = await market.variant(stock=15)
    checkout = await market.checkout((mug, 1))

    answers = await asyncio.gather(
        *(codes(lines.add(shop, GUEST, checkout.id, [NewLine(mug.id, 1)])) for _ in range(20))
    )

    assert sorted(answers, key=len) == [[]] * 14 + [["INSUFFICIENT_STOCK"]] * 6
    assert await content(factory, checkout.id) == [(mug.id, 15)]


async def test_a_code_is_found_in_any_case_and_another_takes_its_place(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "Spring")
    await factory.voucher(market.channel, "SUMMER")
    checkout = await market.checkout((await market.variant(), 1))

    first = await promo_codes.add(shop, GUEST, checkout.id, " sPRING ")
    again = await promo_codes.add(shop, GUEST, checkout.id, "SPRING")
    second = await promo_codes.add(shop, GUEST, checkout.id, "summer")

    assert [row.voucher_code for row in (first, again, second)] == ["Spring", "Spring", "SUMMER"]


async def test_codes_that_cannot_be_used_are_refused_and_change_nothing(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "BIG", minimum="1000")
    await factory.gift_card("EMPTY-CARD", balance_amount=Decimal(0))
    await factory.gift_card("EURO-CARD", currency="EUR")
    checkout = await market.checkout((await market.variant(), 1))

    async def refused(code: str) -> list[str]:
        return await codes(promo_codes.add(shop, GUEST, checkout.id, code))

    assert await refused("BIG") == ["VOUCHER_NOT_APPLICABLE"]
    assert await refused("EMPTY-CARD") == ["GIFT_CARD_NOT_APPLICABLE"]
    assert await refused("EURO-CARD") == ["GIFT_CARD_NOT_APPLICABLE"]
    assert [await refused(code) for code in ("NOBODY", "", "\0")] == [["INVALID"]] * 3
    (row,) = await factory.fetch("select * from checkouts")
    assert (row.voucher_code_id, row.version) == (None, 0)
    assert await factory.value("select count(*) from checkout_gift_cards") == 0


async def test_gift_cards_are_added_once_each_beside_a_voucher(
    shop: Shop, factory: Factory, database: Database, market: Market
) -> None:
    first, second = await factory.gift_card("CARD-A", "7"), await factory.gift_card("CARD-B", "100")
    await factory.voucher(market.channel, "SAVE", "10")
    checkout = await market.checkout((await market.variant("20"), 1))

    for code in ("card-a", "CARD-B", "CARD-A", "SAVE"):
        await promo_codes.add(shop, GUEST, checkout.id, code)
    cart = await priced(database, checkout.id)
    await promo_codes.remove(shop, GUEST, checkout.id, gift_card_id=first.id)
    await promo_codes.remove(shop, GUEST, checkout.id, code="card-b")

    assert cart.gift_cards == [(first.id, Decimal(7)), (second.id, Decimal(8))]
    assert (cart.total.gross, cart.to_pay.gross) == (Decimal(15), Decimal(0))
    assert (await priced(database, checkout.id)).to_pay.gross == Decimal(15)


async def test_only_codes_of_the_cart_can_be_removed_from_it(
    shop: Shop, factory: Factory, market: Market
) -> None:
    voucher = await factory.voucher(market.channel, "SAVE")
    card = await factory.gift_card()
    checkout = await market.checkout((await market.variant(), 1))

    def remove(**values: Any) -> Awaitable[object]:
        return promo_codes.remove(shop, GUEST, checkout.id, **values)

    for values in (
        {"code": "SAVE"},
        {"voucher_id": voucher.id},
        {"gift_card_id": card.id},
        {"code": card.code},
    ):
        assert await codes(remove(**values)) == ["NOT_FOUND"]
    await promo_codes.add(shop, GUEST, checkout.id, "SAVE")
    assert await codes(remove(voucher_id=voucher.id)) == []


async def test_a_code_that_stops_being_good_takes_nothing_off(
    shop: Shop, factory: Factory, database: Database, market: Market
) -> None:
    await factory.voucher(market.channel, "SAVE", "5", minimum="20")
    mug = await market.variant("10")
    checkout = await market.checkout((mug, 2))
    row = await promo_codes.add(shop, GUEST, checkout.id, "SAVE")

    good = await priced(database, checkout.id)
    row = await lines.update(shop, GUEST, checkout.id, [LineEdit(variant_id=mug.id, quantity=1)])

    assert (good.discount.amount, (await priced(database, checkout.id)).discount.amount) == (
        Decimal(5),
        Decimal(0),
    )
    assert row.voucher_code == "SAVE"


async def test_a_shipping_address_moves_the_cart_to_its_country(
    shop: Shop, factory: Factory, database: Database, market: Market
) -> None:
    await factory.tax_rate("PL", "0.23")
    checkout = await market.checkout((await market.variant("12.30"), 1))

    row = await addresses.set_shipping(
        shop, GUEST, checkout.id, AddressWish(PL, {"door": "left"}), save=False
    )

    cart = await priced(database, checkout.id)
    (address,) = await factory.fetch("select * from addresses where id = $1", row.shipping_address_id)
    assert (row.country, row.save_shipping_address, address.postal_code) == ("PL", False, "53-030")
    assert cart.subtotal.net == Decimal("10.00")
    assert (
        await factory.value("select count(*) from addresses where id = $1", checkout.shipping_address_id) == 0
    )


async def test_an_address_is_read_as_strictly_as_was_asked(
    shop: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant(), 1))
    partly = Address(postal_code="53-030", country="PL")

    assert await codes(addresses.set_billing(shop, GUEST, checkout.id, AddressWish(partly))) == [
        "REQUIRED",
        "REQUIRED",
    ]
    await addresses.set_billing(shop, GUEST, checkout.id, AddressWish(partly, required=False))
    with pytest.raises(Denied):
        await addresses.set_billing(shop, GUEST, checkout.id, AddressWish(partly, unchecked=True))
    await addresses.set_shipping(
        shop, HANDLER, checkout.id, AddressWish(Address(country="PL"), unchecked=True)
    )

    (row,) = await factory.fetch("select * from checkouts")
    assert (row.country, row.billing_address_id is None) == ("PL", False)


async def test_deliveries_are_the_zones_methods_cheapest_first(
    shop: Shop, factory: Factory, market: Market
) -> None:
    zone = await factory.shipping_zone(market.channel, countries=["US", "CA"])
    abroad = await factory.shipping_zone(market.channel, countries=["PL"])
    rest = await factory.shipping_zone(market.channel, countries=[], is_default=True)
    courier = await factory.shipping_method(zone, market.channel, "3", name="Courier")
    await factory.shipping_method(zone, market.channel, "1", listing={"minimum_order_amount": Decimal(100)})
    await factory.shipping_method(zone, market.channel, "1", is_active=False)
    await factory.shipping_method(abroad, market.channel, "1")
    world = await factory.shipping_method(rest, market.channel, "30")
    checkout = await market.checkout((await market.variant("10"), 1))

    home = await delivery.calculate(shop, GUEST, checkout.id)
    japan = Address("Ada", "Byron", "", "1-1", "", "Chiyoda", "", "100-0001", "Tokyo", "JP")
    wish = AddressWish(japan, required=False, format=False)
    await addresses.set_shipping(shop, GUEST, checkout.id, wish)
    there = await delivery.calculate(shop, GUEST, checkout.id)

    assert [(row.shipping_method_id, row.price_amount) for row in home] == [
        (courier.id, Decimal(3)),
        (market.method.id, Decimal(5)),
    ]
    assert [(row.shipping_method_id, row.price_amount) for row in there] == [(world.id, Decimal(30))]


async def test_weight_bounds_count_every_unit(shop: Shop, factory: Factory, market: Market) -> None:
    zone = await factory.shipping_zone(market.channel, countries=["US"])
    light = await factory.shipping_method(
        zone, market.channel, "1", kind="WEIGHT", maximum_weight=Decimal(1000)
    )
    await factory.fetch("update product_types set weight = 100")
    mug, heavy = await market.variant(), await market.variant(weight=Decimal(700))
    checkout = await market.checkout((mug, 3), (heavy, 1))

    within = await delivery.calculate(shop, GUEST, checkout.id)
    await lines.add(shop, GUEST, checkout.id, [NewLine(mug.id, 1)])
    beyond = await delivery.calculate(shop, GUEST, checkout.id)

    assert [row.shipping_method_id for row in within] == [light.id, market.method.id]
    assert [row.shipping_method_id for row in beyond] == [market.method.id]


async def test_nothing_can_be_chosen_without_an_address_or_with_nothing_to_ship(
    shop: Shop, factory: Factory, market: Market
) -> None:
    kind = await factory.product_type(is_shipping_required=False)
    song = await factory.variant(
        await factory.product(market.channel, product_type_id=kind.id), market.channel
    )
    nowhere = await market.checkout((await market.variant(), 1), shipping_address_id=None)
    unshipped = await market.checkout((song, 1))

    assert await delivery.calculate(shop, GUEST, nowhere.id) == []
    assert await delivery.calculate(shop, GUEST, unshipped.id) == []
    chosen = [
        await codes(delivery.choose(shop, GUEST, cart.id, method_id=market.method.id))
        for cart in (nowhere, unshipped)
    ]
    assert chosen == [["SHIPPING_ADDRESS_NOT_SET"], ["SHIPPING_NOT_REQUIRED"]]


async def test_a_delivery_is_chosen_by_its_own_id_or_its_methods_and_has_todays_price(
    shop: Shop, factory: Factory, database: Database, market: Market
) -> None:
    mug = await market.variant("10")
    mine, other = await market.checkout((mug, 1)), await market.checkout((mug, 1))
    (offered,) = await delivery.calculate(shop, GUEST, mine.id)
    await delivery.clear(shop, GUEST, mine.id)
    await factory.fetch("update shipping_method_listings set price_amount = 7")

    row = await delivery.choose(shop, GUEST, mine.id, delivery_id=offered.id)
    same = await delivery.choose(shop, GUEST, mine.id, method_id=market.method.id)

    assert (row.delivery_id, same.delivery_id) == (offered.id, offered.id)
    assert (await priced(database, mine.id)).shipping.gross == Decimal(7)
    assert await codes(delivery.choose(shop, GUEST, other.id, delivery_id=offered.id)) == ["NOT_FOUND"]
    assert await codes(delivery.choose(shop, GUEST, mine.id, method_id=10**9)) == [
        "DELIVERY_METHOD_NOT_APPLICABLE"
    ]


async def test_goods_are_fetched_where_they_lie_and_taxed_there(
    shop: Shop, factory: Factory, market: Market
) -> None:
    place = await factory.address(country="PL", city="Kraków", country_area="")
    point = await factory.warehouse(market.channel, collection="LOCAL", address_id=place.id)
    mug = await market.variant()
    checkout = await market.checkout((mug, 2))
    assert await codes(delivery.collect(shop, GUEST, checkout.id, point.id)) == [
        "DELIVERY_METHOD_NOT_APPLICABLE"
    ]
    await factory.stock(mug, point, 2)

    row = await delivery.collect(shop, GUEST, checkout.id, point.id)
    moved = await codes(addresses.set_shipping(shop, GUEST, checkout.id, AddressWish(US)))
    chosen = await codes(delivery.choose(shop, GUEST, checkout.id, method_id=market.method.id))
    cleared = await delivery.clear(shop, GUEST, checkout.id)

    assert (row.collection_point_id, row.delivery_id, row.country) == (point.id, None, "PL")
    assert (moved, chosen) == (["SHIPPING_CHANGE_FORBIDDEN"], ["SHIPPING_ADDRESS_NOT_SET"])
    assert (cleared.collection_point_id, cleared.shipping_address_id) == (None, None)
    assert await factory.value("select city from addresses where id = $1", place.id) == "Kraków"


async def test_e_mail_language_and_note_leave_the_price_alone(shop: Shop, market: Market) -> None:
    checkout = await market.checkout((await market.variant(), 1))

    row = await customer.set_email(shop, GUEST, checkout.id, " Ada@Example.COM ")
    await customer.set_language(shop, GUEST, checkout.id, LanguageCode.PL)
    noted = await customer.set_note(shop, GUEST, checkout.id, "Ring twice.")

    assert (row.email, noted.language_code, noted.note) == ("ada@example.com", "PL", "Ring twice.")
    assert noted.version == checkout.version
    assert await codes(customer.set_email(shop, GUEST, checkout.id, "nobody")) == ["INVALID"]


async def test_a_cart_becomes_somebodys_and_nobodys_again(
    shop: Shop, factory: Factory, market: Market
) -> None:
    user = await factory.user("ada@example.com")
    viewer = Viewer(user_id=user.id, email=user.email)
    checkout = await market.checkout((await market.variant(), 1))

    with pytest.raises(Unauthenticated):
        await customer.attach(shop, GUEST, checkout.id)
    attached = await customer.attach(shop, viewer, checkout.id)
    again = await customer.attach(shop, viewer, checkout.id)
    detached = await customer.detach(shop, viewer, checkout.id)

    assert (attached.user_id, attached.email, again.user_id) == (user.id, "ada@example.com", user.id)
    assert detached.user_id is None


async def test_staff_cannot_make_a_customers_cart_their_own(
    shop: Shop, factory: Factory, market: Market
) -> None:
    customer_row, staff = await factory.user(), await factory.staff()
    checkout = await market.checkout((await market.variant(), 1), user=customer_row)
    viewer = Viewer(user_id=staff.id, email=staff.email, is_staff=True, permissions=HANDLER.permissions)

    with pytest.raises(Denied):
        await customer.attach(shop, viewer, checkout.id)

    assert await factory.value("select user_id from checkouts") == customer_row.id


COMMANDS: dict[str, Callable[[Shop, Viewer, UUID], Awaitable[object]]] = {
    "add lines": lambda shop, viewer, id_: lines.add(shop, viewer, id_, [NewLine(1, 1)]),
    "update lines": lambda shop, viewer, id_: lines.update(shop, viewer, id_, []),
    "delete lines": lambda shop, viewer, id_: lines.delete(shop, viewer, id_, []),
    "ship": lambda shop, viewer, id_: addresses.set_shipping(shop, viewer, id_, AddressWish(US)),
    "bill": lambda shop, viewer, id_: addresses.set_billing(shop, viewer, id_, AddressWish(US)),
    "e-mail": lambda shop, viewer, id_: customer.set_email(shop, viewer, id_, "eve@example.com"),
    "language": lambda shop, viewer, id_: customer.set_language(shop, viewer, id_, LanguageCode.DE),
    "note": lambda shop, viewer, id_: customer.set_note(shop, viewer, id_, "Mine."),
    "attach": customer.attach,
    "detach": customer.detach,
    "calculate": delivery.calculate,
    "choose": lambda shop, viewer, id_: delivery.choose(shop, viewer, id_, method_id=1),
    "collect": lambda shop, viewer, id_: delivery.collect(shop, viewer, id_, 1),
    "clear": delivery.clear,
    "add code": lambda shop, viewer, id_: promo_codes.add(shop, viewer, id_, "SAVE"),
    "remove code": lambda shop, viewer, id_: promo_codes.remove(shop, viewer, id_, code="SAVE"),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_stranger_cannot_tell_somebodys_cart_from_none(
    shop: Shop, factory: Factory, market: Market, name: str
) -> None:
    owner, stranger = await factory.user(), await factory.user()
    checkout = await market.checkout((await market.variant(), 1), user=owner)
    eve = Viewer(user_id=stranger.id, email=stranger.email)

    with pytest.raises(NotFound) as theirs:
        await COMMANDS[name](shop, eve, checkout.id)
    with pytest.raises(NotFound) as nobodys:
        await COMMANDS[name](shop, eve, uuid4())

    assert theirs.value.message == nobodys.value.message
    (row,) = await factory.fetch("select * from checkouts")
    assert (row.version, row.user_id, row.email, row.note) == (0, owner.id, owner.email, "")
    assert await events(factory) == []
