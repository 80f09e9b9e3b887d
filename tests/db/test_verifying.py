"""The queries that look for broken promises find them, and nothing on a sound shop."""

from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.completing import complete
from commands.payments.errands import ask_for
from commands.payments.sessions import Wish, initialize
from commands.shop import Shop
from db import verifying
from db.pool import PoolOptions, open_database
from db.statements import Statement
from db.tables import orders
from db.verifying.payments import FOLD
from domain.access import GUEST
from domain.payments import Action, Amounts, Event, EventKind, Subject, fold
from tests.db.test_verifying_papers import TAMPERINGS as PAPERS
from tests.factory import PAST, AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches

BACK = "No more of a payment goes back than was ever charged."
WAITING = "What happened is announced: nothing waits while what came minutes later has been told."

FOLDED = Statement(f"""
    {FOLD}
    select authorized, authorize_pending, charged, charge_pending, refunded, refund_pending, canceled,
           cancel_pending
      from folded where id = :id
""")  # noqa: S608 - of our own words
EVENTS = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        reference=st.sampled_from(["", "A", "B"]),
        amount=st.integers(0, 50).map(Decimal),
        at=st.integers(0, 5).map(lambda minute: PAST + timedelta(minutes=minute)),
        counts=st.booleans(),
    ),
    max_size=15,
    unique_by=lambda event: (event.kind, event.reference),
)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


@pytest.fixture
async def sound(shop: Shop, factory: Factory, market: Market) -> AnyRow:
    """An order in which a voucher, a gift card and a payment, partly refunded, have their parts."""
    await factory.voucher(market.channel, "SAVE", "1", once_per_customer=True)
    card = await factory.gift_card(amount="3")
    checkout = await market.checkout((await market.variant(stock=5), 2), code="SAVE", cards=[card])
    step = await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, Wish("matvis.dummy"))
    order_id = await complete(shop, GUEST, checkout.id)
    await ask_for(shop, GUEST, step.transaction_id, Action.REFUND, amount=Decimal(2))
    (order,) = await factory.fetch("select * from orders where id = $1", order_id)
    return order


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS)
async def test_payments_add_up_alike_in_sql(factory: Factory, events: list[Event]) -> None:
    payment = await factory.add(
        orders.Transactions, gateway="matvis.dummy", idempotency_key=str(id(events)), currency="USD"
    )
    for event in events:
        await factory.add(
            orders.TransactionEvents,
            transaction_id=payment.id,
            kind=event.kind.value,
            reference=event.reference,
            amount=event.amount,
            currency="USD",
            counts=event.counts,
            created_at=event.at,
        )

    async with factory.db.read() as connection:
        row = await FOLDED.row(connection, AnyRow, id=payment.id)
    await factory.fetch("delete from transactions where id = $1", payment.id)

    assert row is not None
    assert Amounts(**dict(row.items())) == fold(events)


async def test_a_sound_shop_breaks_none(sound: AnyRow, factory: Factory) -> None:
    assert (sound.charge_status, sound.gift_card_amount) == ("PARTIAL", 3)
    assert await breaches(factory) == {}


CHECKOUT = """
    insert into checkouts (id, channel_id, currency, country)
    select checkout_id, channel_id, 'USD', 'US' from orders
"""
TAMPERINGS = {
    """
    alter table stocks drop constraint ck_stocks_allocated_within_backorder_limit;
    update stocks set backorder_limit = 2, allocated = on_hand + 3
    """: "What is promised of a stock is there, or may yet come: 0 <= allocated <= on hand + backorders.",
    """
    alter table stocks drop constraint ck_stocks_not_below_zero;
    update stocks set on_hand = -1, backorder_limit = 5
    """: "Nothing is sent that was not there: on hand and backorder limit are not below 0.",
    """
    insert into checkouts (id, channel_id, currency, country)
    select gen_random_uuid(), id, 'USD', 'US' from channels;
    insert into reservations (checkout_id, stock_id, quantity, expires_at)
    select checkouts.id, stocks.id, 6, now() + interval '1 hour' from checkouts, stocks;
    update stocks set backorder_limit = 2
    """: "What is held for shoppers who pay is there, or on backorder, beside what is promised.",
    "update order_lines set quantity = 1": (
        "No more of an order line is promised and sent than was ordered."
    ),
    CHECKOUT: "A checkout that became an order is gone, and became no other.",
    """
    alter table voucher_redemptions drop constraint uq_voucher_redemptions_voucher_id_customer,
                                    drop constraint uq_voucher_redemptions_order_id_voucher_code_id;
    insert into voucher_redemptions (voucher_id, voucher_code_id, order_id, customer)
    select voucher_id, voucher_code_id, order_id, customer from voucher_redemptions;
    update vouchers set used = 2; update voucher_codes set used = 2
    """: "A voucher that is once per customer was redeemed once by each.",
    """
    delete from allocations; update stocks set allocated = 0;
    update gift_card_uses set returned_amount = amount; update orders set status = 'CANCELED'
    """: "An order that was called off has given its voucher back.",
    """
    update transactions set order_id = null, updated_at = now() - interval '1 day';
    update orders
       set charged_amount = 0, refunded_amount = 0, charge_status = 'NONE', authorize_status = 'NONE'
    """: "What was paid for a checkout that is gone goes back within hours, and no gateway is left unasked.",
    "update stocks set allocated = allocated + 1": (
        "A stock's allocated units are the sum of its allocations."
    ),
    "update stocks set on_hand = on_hand + 1": "A stock's units on hand are the sum of its movements.",
    "update order_lines set quantity_fulfilled = 1": (
        "A line's units that were sent or given up are those in its shipments."
    ),
    "update orders set status = 'CANCELED', checkout_id = null": (
        "An allocation is of a variant that its order line is for, and of an order that is not called off."
    ),
    "update orders set subtotal_gross = subtotal_gross + 1, shipping_gross = shipping_gross - 1": (
        "An order's subtotal is the sum of its lines, net and gross."
    ),
    "update orders set shipping_gross = shipping_gross + 1": (
        "An order's total is its subtotal and its shipping, less what gift cards paid."
    ),
    "update orders set total_net = total_gross + 1": (
        "Gross is never below net, and no figure of an order is below nothing."
    ),
    "update orders set undiscounted_total_net = undiscounted_total_net + 0.001": (
        "Every amount of an order that was placed here is of its currency's smallest units."
    ),
    "update order_lines set undiscounted_total_net = undiscounted_total_net + 0.001": (
        "Every amount of a line of such an order is of its currency's smallest units."
    ),
    "update order_lines set unit_net = -1": (
        "No order line goes below zero, and none is dearer with its discount than without."
    ),
    "delete from order_events": "An order has a history that begins with how it came to be.",
    "update transactions set refunded_amount = refunded_amount + 1": (
        "A payment's amounts are what its events add up to."
    ),
    "update orders set refunded_amount = 0": "An order's paid amounts are the sums of its payments.",
    "update orders set charge_status = 'FULL'": (
        "How far an order is paid follows from its total, its payments and what is granted back."
    ),
    "update transactions set currency = 'EUR'": "A payment is in the currency of what it pays for.",
    "update transactions set asked_until = now() - interval '1 day'": (
        "What was paid for a checkout that is gone goes back within hours, and no gateway is left unasked."
    ),
    "update vouchers set used = 0": (
        "A voucher is used as often as it was redeemed, and never beyond its limit."
    ),
    "update voucher_codes set used = 0": (
        "A voucher's code is used as often as it was redeemed, and once where that is all it is for."
    ),
    "update gift_cards set balance_amount = 2": (
        "A gift card's balance is what it began with, less what was taken and not given back."
    ),
    "update orders set gift_card_amount = 2, total_gross = total_gross + 1, charge_status = 'PARTIAL'": (
        "What gift cards paid of an order is what was taken from them for it."
    ),
    "update outbox set published_at = now() where id = (select max(id) from outbox)": (
        "What was announced has its place in the history, and an object's events stand in their order."
    ),
    "update outbox set position = 1000000 - id": (
        "What was announced has its place in the history, and an object's events stand in their order."
    ),
}


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_what_was_tampered_with_is_found(factory: Factory, tampering: str) -> None:
    for statement in tampering.split(";"):
        await factory.fetch(statement)

    broken = await breaches(factory)

    assert TAMPERINGS[tampering] in broken
    assert len(broken) <= 2, broken


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_sums_hide_nothing(factory: Factory, tampering: str) -> None:
    for statement in tampering.split(";"):
        await factory.fetch(statement)

    found = {}
    for promise in verifying.PROMISES:
        async with factory.db.read() as connection:
            found[promise.text] = [tuple(row) for row in await verifying.breaches(connection, promise)]

    assert {what: rows for what, rows in found.items() if rows} == await breaches(factory)


def test_every_promise_is_broken_by_a_test() -> None:
    tested = {*TAMPERINGS.values(), *PAPERS.values(), BACK, WAITING}

    assert [promise.text for promise in verifying.PROMISES if promise.text not in tested] == []


SUMMED = {
    "subtotal_net": "An order's subtotal is the sum of its lines, net and gross.",
    "gift_card_amount": "What gift cards paid of an order is what was taken from them for it.",
    "granted_amount": "What is granted back of an order's payments is the sum of its grants.",
    "charged_amount": "An order's paid amounts are the sums of its payments.",
}


@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_two_mistakes_make_up_for_each_other(
    factory: Factory, sound: AnyRow, data: st.DataObject
) -> None:
    """What one order has too much another has too little, and the whole is as it should be."""
    column = data.draw(st.sampled_from([*SUMMED]))
    by = data.draw(st.integers(1, 3).map(Decimal))
    (other,) = await factory.fetch(
        "insert into orders (id, channel_id, currency) select gen_random_uuid(), channel_id, currency"  # noqa: S608
        f" from orders where id = $1 returning id, {column}",
        sound.id,
    )
    await factory.fetch(f"update orders set {column} = {column} + $1 where id = $2", by, other.id)  # noqa: S608
    await factory.fetch(f"update orders set {column} = {column} - $1 where id = $2", by, sound.id)  # noqa: S608

    broken = await breaches(factory)

    await factory.fetch(f"update orders set {column} = {column} + $1 where id = $2", by, sound.id)  # noqa: S608
    await factory.fetch("delete from orders where id = $1", other.id)
    found = broken[SUMMED[column]]
    assert f"order {sound.number}" in {subject for subject, _ in found}
    assert len(found) == 2


async def test_all_is_looked_for_in_the_data_of_one_moment(factory: Factory, sound: AnyRow) -> None:
    async with factory.db.snapshot(3) as lent:
        await factory.fetch("update orders set email = 'later@example.com'")
        seen = [await one.fetchval("select email from orders") for one in lent]

    assert seen == [sound.email] * 3
    assert await factory.value("select email from orders") == "later@example.com"


async def test_a_snapshot_changes_nothing(factory: Factory) -> None:
    async with factory.db.snapshot(1) as (only,):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await only.execute("delete from orders")


@pytest.mark.usefixtures("sound")
async def test_several_connections_find_the_same(factory: Factory) -> None:
    await factory.fetch("update orders set subtotal_gross = subtotal_gross + 1")
    told: list[tuple[int, int]] = []

    found = await verifying.search(factory.db, 3, lambda done, of: told.append((done, of)))

    assert {one.promise.text for one in found if one.breaches} == {*await breaches(factory)}
    assert [one.promise for one in found] == [*verifying.PROMISES]
    assert told[0][0] == 1
    assert all(1 <= done <= of for done, of in told)


@pytest.mark.usefixtures("sound")
async def test_more_that_went_back_than_was_charged_is_found(factory: Factory) -> None:
    await factory.fetch("update transactions set refunded_amount = 99")

    assert BACK in await breaches(factory)


@pytest.mark.usefixtures("sound")
async def test_what_waits_while_later_news_was_told_is_found(factory: Factory) -> None:
    first = "(select min(id) from outbox)"
    await factory.fetch(f"update outbox set created_at = now() - interval '1 hour' where id = {first}")  # noqa: S608
    await factory.fetch(f"update outbox set published_at = now(), position = id where id > {first}")  # noqa: S608

    assert [*await breaches(factory)] == [WAITING]


async def test_a_read_only_connection_is_enough(database_url: str) -> None:
    async with open_database(database_url, PoolOptions(maximum=1, read_only=True)) as database:
        found = await verifying.search(database)

    assert len(found) == len(verifying.PROMISES)
    assert not any(finding.breaches for finding in found)
