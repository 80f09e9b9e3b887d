"""Papers of record: numbered without gaps, said once, and kept where nobody else reads them."""

import asyncio
import errno
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from adapters.files.store import KeyRefused
from commands.completing import complete
from commands.invoices import credit, issue
from commands.orders.cancelling import cancel
from commands.payments.refunds import grant
from commands.payments.sessions import Wish, initialize
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.papers import NotReady
from domain.payments import Subject
from domain.refunds import Grant
from domain.refusals import Denied, NotFound
from tests.factory import Factory
from tests.markets import Market
from tests.promising import breaches
from tests.worlds import Clock

WAITS = """
    select exists (
        select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
    )
"""
STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS}), is_staff=True)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def ordered(shop: Shop, market: Market, **values: Any) -> UUID:
    """An order of two mugs at 10, a cup at 4, and their post."""
    mug, cup = await market.variant("10", name="Große Tasse"), await market.variant("4", name="Чашка")
    checkout = await market.checkout((mug, 2), (cup, 1), **values)
    await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, Wish("matvis.dummy"))
    return await complete(shop, GUEST, checkout.id)


async def text_of(shop: Shop, factory: Factory, paper_id: int) -> str:
    """What the file says."""
    key = await factory.value("select file_key from invoices where id = $1", paper_id)
    pages = PdfReader(BytesIO(await shop.files.get(key))).pages
    return "\n".join(page.extract_text() for page in pages)


async def test_an_invoice_says_what_was_sold_to_whom(
    shop: Shop, factory: Factory, market: Market, clock: Clock
) -> None:
    shop = replace(shop, seller=("Matvis Łódź", "1 Long Lane"))
    card = await factory.gift_card(amount="9")
    address = await factory.address(first_name="Αδα", last_name="Byron", company_name="Analytical ⅓ Ltd")
    order_id = await ordered(shop, market, cards=[card], billing_address_id=address.id)

    text = await text_of(shop, factory, await issue(shop, STAFF, order_id))

    number = await factory.value("select number from orders")
    assert text.splitlines()[:4] == [
        "Invoice WEB-000001",
        f"Date: {clock().date().isoformat()}",
        f"Order: {number}",
        "From:",
    ]
    for said in (
        *("Matvis Łódź", "1 Long Lane", "Αδα Byron", "Analytical ⅓ Ltd", "guest@example.com"),
        *("Mug (Große Tasse)", "Mug (Чашка)", "By post", "25 %", "20.00 USD", "16.00 USD"),
        *("Net: 23.20 USD", "Tax 25 %: 5.80 USD", "Total: 29.00 USD"),
        *("Paid by gift card: 9.00 USD", "Remaining: 20.00 USD"),
    ):
        assert said in text


async def test_issued_again_it_is_the_same_paper(shop: Shop, factory: Factory, market: Market) -> None:
    order_id = await ordered(shop, market)

    issued = await asyncio.gather(*(issue(shop, STAFF, order_id) for _ in range(5)))
    await factory.fetch("update order_lines set product_name = 'Else'")

    assert len({*issued, await issue(shop, STAFF, order_id)}) == 1
    assert "Else" not in await text_of(shop, factory, issued[0])
    assert await factory.value("select count(*) from order_events where kind = 'INVOICE_GENERATED'") == 1


async def test_numbers_of_a_channel_have_no_gaps_though_some_are_refused(
    shop: Shop, factory: Factory, market: Market
) -> None:
    order_ids = [await ordered(shop, market) for _ in range(8)]
    called_off = order_ids[3]
    await cancel(shop, STAFF, called_off)

    ends = await asyncio.gather(*(issue(shop, STAFF, one) for one in order_ids), return_exceptions=True)

    assert [type(end) for end in ends if not isinstance(end, int)] == [NotReady]
    numbers = [row.number for row in await factory.fetch("select number from invoices order by serial")]
    assert numbers == [f"WEB-00000{serial}" for serial in range(1, 8)]
    assert await breaches(factory) == {}


async def test_a_credit_note_gives_back_what_was_granted_with_its_tax(
    shop: Shop, factory: Factory, market: Market
) -> None:
    order_id = await ordered(shop, market)
    payment = await factory.value("select id from transactions")
    line = await factory.value("select id from order_lines where position = 1")
    await issue(shop, STAFF, order_id)
    one = await grant(
        shop, STAFF, order_id, payment, Grant(units={line: 1}, shipping=True, reason="Zerkratzt")
    )
    other = await grant(shop, STAFF, order_id, payment, Grant(Decimal("1.01")))

    first = await text_of(shop, factory, await credit(shop, STAFF, one))
    second = await text_of(shop, factory, await credit(shop, STAFF, other))

    assert first.startswith("Credit note WEB-C000001")
    for said in ("For invoice: WEB-000001", "Total: 15.00 USD", "Tax 25 %: 3.00 USD", "Zerkratzt"):
        assert said in first
    assert "Total: 1.01 USD" in second
    assert await credit(shop, STAFF, one) == await credit(shop, STAFF, one)


async def test_a_credit_note_waits_for_whoever_changes_the_grant(
    shop: Shop, factory: Factory, market: Market
) -> None:
    order_id = await ordered(shop, market)
    payment = await factory.value("select id from transactions")
    one = await grant(shop, STAFF, order_id, payment, Grant(Decimal(9)))

    async with shop.db.transaction() as tx:
        await tx.fetch("select from orders for update")
        issued = asyncio.create_task(credit(shop, STAFF, one))
        while not await factory.value(WAITS):  # noqa: ASYNC110 - a lock tells nobody
            await asyncio.sleep(0)
        await tx.fetch("update granted_refunds set amount = 2")

    assert "Total: 2.00 USD" in await text_of(shop, factory, await issued)


async def test_only_whoever_has_a_signed_address_reads_it(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await issue(shop, STAFF, await ordered(shop, market))
    key: str = await factory.value("select file_key from invoices")

    with pytest.raises(KeyRefused, match="private"):
        shop.files.public_url(key)


async def test_a_full_disk_costs_no_number(
    shop: Shop, factory: Factory, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await ordered(shop, market)

    async def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(type(shop.files), "put", full)
        with pytest.raises(OSError, match="No space"):
            await issue(shop, STAFF, order_id)
    waiting = await factory.fetch("select number, file_key from invoices")
    await issue(shop, STAFF, order_id)

    assert [tuple(row) for row in waiting] == [("WEB-000001", None)]
    assert "Invoice WEB-000001" in await text_of(
        shop, factory, await factory.value("select id from invoices")
    )


async def test_only_staff_issues_papers(shop: Shop) -> None:
    with pytest.raises(Denied):
        await issue(shop, GUEST, uuid4())
    with pytest.raises(Denied):
        await credit(shop, GUEST, 1)
    with pytest.raises(NotFound):
        await issue(shop, STAFF, uuid4())
    with pytest.raises(NotFound):
        await credit(shop, STAFF, 1)
