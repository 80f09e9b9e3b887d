"""Invoices, through the API."""

from uuid import UUID

import httpx2
import pytest

from commands.completing import complete
from commands.invoices import issue
from domain.access import Permission, Viewer
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market

INVOICES = (
    "query ($id: ID!) { order(id: $id) { id invoices { number status url createdAt metadata { key } } } }"
)
STAFF = Viewer(permissions=frozenset(Permission))


@pytest.fixture
async def ada(factory: Factory) -> AnyRow:
    return await factory.user()


async def ordered(client: Client, factory: Factory, user: AnyRow | None) -> UUID:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant(), 1), user=user)
    return await complete(client.shop, Viewer(user_id=user.id if user else None), checkout.id)


async def test_a_customer_reads_their_invoice_by_its_address(
    client: Client, factory: Factory, ada: AnyRow
) -> None:
    order_id = await ordered(client, factory, ada)
    before = await (await client.as_user(ada)).run(INVOICES, id=to_global("Order", order_id))
    await issue(client.shop, STAFF, order_id)

    answer = await (await client.as_user(ada)).run(INVOICES, id=to_global("Order", order_id))

    (paper,) = answer["order"]["invoices"]
    assert before["order"]["invoices"] == []
    assert (paper["number"], paper["status"], paper["metadata"]) == ("WEB-000001", "SUCCESS", [])
    async with httpx2.AsyncClient(transport=client.transport) as http:
        file = await http.get(paper["url"])
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert file.content.startswith(b"%PDF-")


async def test_knowing_a_guests_order_is_not_enough(client: Client, factory: Factory) -> None:
    one = to_global("Order", await ordered(client, factory, None))

    assert await client.refused(INVOICES, id=one) == ["PERMISSION_DENIED"]
    assert await (await client.as_staff([Permission.MANAGE_PRODUCTS])).refused(INVOICES, id=one) == [
        "PERMISSION_DENIED"
    ]
    clerk = await client.as_staff([Permission.MANAGE_ORDERS])
    assert (await clerk.run(INVOICES, id=one))["order"]["invoices"] == []
