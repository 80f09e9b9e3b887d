from collections.abc import Sequence
from decimal import Decimal

import pytest

from commands.imports.online_retail import Terms, bring_in
from commands.imports.places import ChannelUnknown, NewChannel
from commands.payments.refunds import grant, refund
from commands.shop import Shop
from db import refunds, verifying
from db.pool import Database
from domain.access import Permission, Viewer
from domain.imports.csv_rows import FileRefused
from domain.imports.online_retail import COLUMNS, read
from domain.imports.report import Report
from domain.refunds import Grant, GrantStatus, MoreThanAvailable, RefundDone
from tests.factory import Factory

STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS, Permission.HANDLE_PAYMENTS}), is_staff=True)
UK = Terms(channel="uk", new_channel=NewChannel("GBP", "GB"))
FIRST = (
    "536365,85123A,WHITE HEART,6,2011-01-10 08:26:00,2.55,17850.0,United Kingdom",
    "536365,85123a,WHITE HEART,2,2011-01-10 08:26:00,2.55,17850.0,United Kingdom",
    "536365,POST,POSTAGE,2,2011-01-10 08:26:00,18.00,17850.0,United Kingdom",
    "536366,PADS,PADS TO MATCH,1,2011-01-11 08:26:00,0.001,,Channel Islands",
    "536366,M,Manual,1,2011-01-11 08:26:00,4.00,,Channel Islands",
    "536367,22086,,-40,2011-01-12 08:26:00,0.0,,United Kingdom",
)
SECOND = (
    "C536400,85123A,WHITE HEART,-7,2011-02-01 10:00:00,2.55,17850.0,United Kingdom",
    "C536400,POST,POSTAGE,-1,2011-02-01 10:00:00,18.00,17850.0,United Kingdom",
    "C536401,D,Discount,-1,2011-02-02 10:00:00,50.00,17850.0,United Kingdom",
)


async def imported(shop: Shop, rows: Sequence[str], terms: Terms = UK) -> Report:
    lines = [f"{line}\n".encode() for line in (",".join(COLUMNS), *rows)]
    return await bring_in(shop, "sales.csv", list(read("sales.csv", lines)), terms)


async def check_promises(database: Database) -> None:
    async with database.read() as connection:
        broken = [
            row for promise in verifying.PROMISES for row in await verifying.breaches(connection, promise)
        ]
    assert not broken, [tuple(one) for one in broken]


async def test_an_invoice_becomes_a_paid_and_sent_order_of_its_customer(shop: Shop, factory: Factory) -> None:
    await imported(shop, FIRST)

    (order,) = await factory.fetch(
        """select orders.*, users.email as customer, addresses.country
             from orders join users on users.id = orders.user_id
             join addresses on addresses.id = orders.billing_address_id where number = '536365'"""
    )
    lines = await factory.fetch("select * from order_lines where order_id = $1 order by position", order.id)
    assert (order.status, order.origin, order.charge_status, order.customer, order.country) == (
        *("FULFILLED", "BULK_CREATE", "FULL"),
        *("customer-17850@online-retail.invalid", "GB"),
    )
    assert (order.subtotal_gross, order.shipping_gross, order.total_gross, order.charged_amount) == (
        *(Decimal("20.40"), Decimal("36.00")),
        *(Decimal("56.40"), Decimal("56.40")),
    )
    assert [(line.sku, line.quantity, line.quantity_fulfilled, line.total_gross) for line in lines] == [
        ("85123A", 6, 6, Decimal("15.30")),
        ("85123A", 2, 2, Decimal("5.10")),
    ]
    assert order.created_at.isoformat() == "2011-01-10T08:26:00+00:00"


async def test_an_order_without_a_customer_keeps_its_charges_and_the_country_it_names(
    shop: Shop, factory: Factory
) -> None:
    await imported(shop, FIRST)

    (order,) = await factory.fetch("select * from orders where number = '536366'")
    lines = await factory.fetch("select * from order_lines where order_id = $1 order by position", order.id)
    assert (order.user_id, order.email, order.total_gross) == (None, "", Decimal("4.001"))
    assert order.private_meta == '{"country": "Channel Islands"}'
    assert [(line.kind, line.sku, line.variant_id is None) for line in lines] == [
        ("PRODUCT", "PADS", False),
        ("CHARGE", "M", True),
    ]


async def test_products_are_listed_at_their_latest_price_with_the_stock_that_was_told(
    shop: Shop, factory: Factory
) -> None:
    await imported(shop, FIRST, Terms(channel="uk", new_channel=NewChannel("GBP", "GB"), stock=5))

    found = await factory.fetch(
        """select products.name, products.search_text, variant.sku, listing.price_amount, stocks.on_hand
             from products join product_variants as variant on variant.id = products.default_variant_id
             left join variant_listings as listing on listing.variant_id = variant.id
             join stocks on stocks.variant_id = variant.id order by sku"""
    )
    assert [tuple(row) for row in found] == [
        ("WHITE HEART", "white heart 85123a", "85123A", Decimal("2.55"), 5),
        ("PADS TO MATCH", "pads to match pads", "PADS", None, 5),
    ]


@pytest.mark.parametrize("files", [(FIRST + SECOND,), (FIRST, SECOND), (FIRST, FIRST + SECOND)])
async def test_goods_and_money_go_back_to_the_order_they_came_from(
    shop: Shop, factory: Factory, database: Database, files: tuple[Sequence[str], ...]
) -> None:
    for file in files:
        await imported(shop, file)

    (order,) = await factory.fetch("select * from orders where number = '536365'")
    parcels = await factory.fetch(
        """select fulfillments.status, array_agg(line.quantity order by line.quantity) as units
             from fulfillments join fulfillment_lines as line on line.fulfillment_id = fulfillments.id
            where order_id = $1 group by fulfillments.id order by number""",
        order.id,
    )
    paid = await factory.fetch(
        "select charged_amount, refunded_amount from transactions where order_id = $1", order.id
    )
    given_back = await factory.fetch(
        """select note.number, line.kind, line.quantity, line.total_amount, line.order_id is not null as known
             from credit_notes as note join credit_lines as line on line.credit_note_id = note.id
            order by note.number, line.position"""
    )
    assert (order.status, order.charged_amount, order.refunded_amount, order.charge_status) == (
        *("PARTIALLY_RETURNED", Decimal("20.55")),
        *(Decimal("35.85"), "FULL"),
    )
    assert [(parcel.status, sum(parcel.units)) for parcel in parcels] == [("FULFILLED", 1), ("RETURNED", 7)]
    assert [tuple(row) for row in paid] == [(Decimal("20.55"), Decimal("35.85"))]
    assert sorted(tuple(row) for row in given_back) == [
        ("C536400", "PRODUCT", 2, Decimal("5.10"), True),
        ("C536400", "PRODUCT", 5, Decimal("12.75"), True),
        ("C536400", "SHIPPING", 1, Decimal("18.00"), True),
        ("C536401", "DISCOUNT", 1, Decimal("50.00"), False),
    ]
    await check_promises(database)


async def test_what_all_comes_back_leaves_nothing_sent(shop: Shop, factory: Factory) -> None:
    back = "C536400,85123A,WHITE HEART,-8,2011-02-01 10:00:00,2.55,17850.0,United Kingdom"

    await imported(shop, [*FIRST, back])

    found = await factory.fetch(
        """select orders.status as order, parcel.status, parcel.number
             from orders join fulfillments as parcel on parcel.order_id = orders.id
            where orders.number = '536365'"""
    )
    assert [tuple(row) for row in found] == [("RETURNED", "RETURNED", 2)]


async def test_every_figure_of_the_report_is_what_the_shop_has(shop: Shop) -> None:
    report = await imported(shop, FIRST + SECOND)

    assert dict(report.figures) == {
        "Invoices new to the shop": "4",
        "Orders": "2",
        "Customers": "1",
        "Products": "2",
        "Credit notes": "2",
        "Returns of known orders' goods": "2",
        "Rows in the file": "9",
        "as lines of orders": "4",
        "as their shipping": "1",
        "in credit notes": "3",
        "set aside: stock note: units taken out, with no price and no customer": "1",
        "Price of orders' lines": "24.401",
        "Price of shipping": "+ 36.00",
        "Given back": "- 85.85",
        "of it to known orders": "35.85",
        "Worth of rows set aside": "+ 0.00",
        "In the shop": "-25.449",
        "In the file": "-25.449",
    }


async def test_a_second_run_adds_nothing(shop: Shop, factory: Factory) -> None:
    counted = """select (select count(*) from orders), (select count(*) from order_lines),
        (select count(*) from users), (select count(*) from products), (select count(*) from credit_lines),
        (select count(*) from rows_set_aside), (select count(*) from addresses),
        (select count(*) from transactions)"""
    first = await imported(shop, FIRST + SECOND)
    (before,) = await factory.fetch(counted)

    again = await imported(shop, FIRST + SECOND)

    (after,) = await factory.fetch(counted)
    assert tuple(after) == tuple(before) == (2, 4, 1, 2, 4, 1, 2, 2)
    assert [row for row in again.figures if row[0] != "Invoices new to the shop"] == [
        row for row in first.figures if row[0] != "Invoices new to the shop"
    ]


async def test_a_dry_run_reports_and_keeps_nothing(shop: Shop, factory: Factory) -> None:
    report = await imported(
        shop, FIRST, Terms(channel="uk", new_channel=NewChannel("GBP", "GB"), dry_run=True)
    )

    assert (report.dry, dict(report.figures)["Orders"]) == (True, "2")
    assert await factory.value("select (select count(*) from orders) + (select count(*) from channels)") == 0


async def test_an_invoice_that_has_changed_since_is_refused_and_nothing_changes(
    shop: Shop, factory: Factory
) -> None:
    await imported(shop, FIRST)
    dearer = [row.replace("2.55", "3.00") for row in FIRST]

    with pytest.raises(FileRefused, match=r"invoice 536365 comes to 60\.00 here and to 56\.40 in the shop"):
        await imported(shop, [*dearer, *SECOND])

    assert await factory.value("select count(*) from credit_notes") == 0


async def test_a_row_that_an_invoice_did_not_have_before_is_refused(shop: Shop) -> None:
    await imported(shop, FIRST)
    free = "536365,22086,LAMP,1,2011-01-10 08:26:00,0.0,17850.0,United Kingdom"

    with pytest.raises(FileRefused, match=r"it has 7 rows worth 60\.401, and the shop 6 worth 60\.401"):
        await imported(shop, [*FIRST, free])


async def test_a_number_that_another_order_has_is_refused(shop: Shop, factory: Factory) -> None:
    channel = await factory.channel("uk", "GBP", "GB")
    await factory.fetch(
        """insert into orders (id, number, channel_id, currency)
           values (gen_random_uuid(), '536366', $1, 'GBP')""",
        channel.id,
    )

    with pytest.raises(
        FileRefused, match="invoice 536366 cannot be brought in: another order has its number"
    ):
        await imported(shop, FIRST)


async def test_new_orders_get_numbers_beyond_the_imported_ones(shop: Shop, factory: Factory) -> None:
    await imported(shop, FIRST)

    assert await factory.value("select nextval('order_numbers')") == 536367


async def test_the_channel_has_to_be_there_and_to_sell_in_pounds(shop: Shop, factory: Factory) -> None:
    await factory.channel("us", "USD")

    with pytest.raises(ChannelUnknown, match=r"There is no channel 'uk'\. There are: us\."):
        await imported(shop, FIRST, Terms(channel="uk"))
    with pytest.raises(FileRefused, match="its prices are in GBP, and channel us sells in USD"):
        await imported(shop, FIRST, Terms(channel="us"))


async def test_a_file_is_in_one_channel_only(shop: Shop) -> None:
    await imported(shop, FIRST)

    with pytest.raises(FileRefused, match="invoices of this file are in channel uk already"):
        await imported(shop, FIRST, Terms(channel="gb", new_channel=NewChannel("GBP", "GB")))


async def test_what_went_back_is_granted_and_was_paid_out(
    shop: Shop, factory: Factory, database: Database
) -> None:
    """Each by its own credit note: the name that its money went back under says what came of it."""
    third = "C536402,85123A,WHITE HEART,-1,2011-02-03 10:00:00,2.55,17850.0,United Kingdom"
    await imported(shop, [*FIRST, *SECOND, third])
    (order,) = await factory.fetch("select id from orders where number = '536365'")

    async with database.read() as connection:
        granted = await refunds.by_order_ids(connection, [order.id])
        told = await refunds.events_by_ids(connection, [one.id for one in granted])

    assert [(one.reason, one.amount, one.status) for one in granted] == [
        ("C536400", Decimal("35.85"), GrantStatus.SUCCESS),
        ("C536402", Decimal("2.55"), GrantStatus.SUCCESS),
    ]
    assert [(one.granted_refund_id, one.kind, one.reference, one.amount) for one in told] == [
        (one.id, "REFUND_SUCCESS", one.reason, one.amount) for one in granted
    ]


async def test_what_went_back_before_is_neither_paid_out_nor_granted_again(
    shop: Shop, factory: Factory, database: Database
) -> None:
    await imported(shop, [*FIRST, *SECOND])
    (granted,) = await factory.fetch("select * from granted_refunds")
    left = await factory.value(
        "select charged_amount from transactions where id = $1", granted.transaction_id
    )
    too_much = Grant(amount=left + Decimal("0.01"))

    with pytest.raises(RefundDone):
        await refund(shop, STAFF, granted.id)
    with pytest.raises(MoreThanAvailable):
        await grant(shop, STAFF, granted.order_id, granted.transaction_id, too_much)
    await grant(shop, STAFF, granted.order_id, granted.transaction_id, Grant(amount=left))

    assert await factory.value("select sum(amount) from granted_refunds") == Decimal("56.40")
    await check_promises(database)
