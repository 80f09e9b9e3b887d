"""A shop with three of everything, and what may be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from graphql import GraphQLSchema

from commands.shop import Shop
from db.tables import checkouts
from domain.access import GUEST, Permission, Viewer
from schema.ids import to_global
from server.api import build_schema
from tests.architecture import test_budgets as worlds
from tests.clients import Client
from tests.differential.generating import Known
from tests.factory import Factory

KINDS = {
    "Address": "addresses",
    "Attribute": "attributes",
    "AttributeValue": "attribute_values",
    "Category": "categories",
    "Channel": "channels",
    "Checkout": "checkouts",
    "Collection": "collections",
    "Menu": "menus",
    "MenuItem": "menu_items",
    "Order": "orders",
    "Page": "pages",
    "PageType": "page_types",
    "Product": "products",
    "ProductMedia": "product_media",
    "ProductType": "product_types",
    "ProductVariant": "product_variants",
    "ShippingMethod": "shipping_methods",
    "User": "users",
    "Warehouse": "warehouses",
}
SLUGS = ("Category", "Channel", "Collection", "Menu", "Page", "Product")
SCALARS: Known = {
    "String": ["", "mug", "Mug 00", "web", "there", "size", "Large", "SKU-1", "no such thing"],
    "Int": [0, 1, 2, 7, 50],
    "Float": [0.5, 10.0],
    "Boolean": [True, False],
    "ID": ["nonsense"],
    "Date": ["2026-01-01", "2026-02-30"],
    "DateTime": ["2026-01-01T00:00:00+00:00", "2026-11-01T12:30:00Z"],
    "Decimal": ["10", "0.99", 3],
    "PositiveDecimal": ["10", "-1"],
    "PositiveInt": [1, 512],
    "Minute": [0, 30],
    "UUID": ["0195a5a0-0000-7000-8000-000000000000", "x"],
    "JSON": ["{}"],
    "JSONString": ["{}"],
    "Upload": ["0"],
    "Metadata": ["{}"],
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A shop whose clock stands, and who asks what of it."""

    shop: Shop
    viewers: Sequence[Viewer]
    known: Known


@pytest.fixture(scope="session")
def graphql() -> GraphQLSchema:
    return build_schema().graphql


@pytest.fixture
async def asked(client: Client, factory: Factory) -> Asked:
    world = worlds.World(factory, client, 3)
    await worlds.customer_orders(world)
    await worlds.pages(world)
    await _others(factory)
    (user,) = await factory.fetch("select * from users where not is_staff order by id limit 1")
    staff = await factory.staff()
    now = client.shop.clock()
    return Asked(
        replace(client.shop, clock=lambda: now),
        [
            GUEST,
            Viewer(user.id, user.email),
            Viewer(staff.id, staff.email, is_staff=True, permissions=frozenset(Permission)),
        ],
        await _known(factory),
    )


async def _others(factory: Factory) -> None:
    """A menu, a collection, a translation, and a cart with two lines."""
    (channel,) = await factory.fetch("select * from channels")
    await factory.menu_item(await factory.menu("there"), "News")
    made = await factory.fetch("select * from products order by id")
    await factory.collection(channel, products=made, slug="there")
    await factory.translation("Product", made[0], "pl", name="Kubek")
    address = await factory.address()
    cart = await factory.add(
        checkouts.Checkouts,
        channel_id=channel.id,
        email="ada@example.com",
        currency="USD",
        country="US",
        shipping_address_id=address.id,
    )
    for variant in await factory.fetch("select * from product_variants order by id limit 2"):
        await factory.add(checkouts.CheckoutLines, checkout_id=cart.id, variant_id=variant.id, quantity=1)


async def _known(factory: Factory) -> Known:
    ids: dict[str, Sequence[Any]] = {}
    slugs: dict[str, Sequence[Any]] = {}
    for kind, table in KINDS.items():
        rows = await factory.fetch(f"select * from {table}")  # noqa: S608  # a name from above
        ids[kind] = [to_global(kind, row.id) for row in rows]
        if kind in SLUGS:
            slugs[f"{kind}.slug"] = [*(row.slug for row in rows), *(row.slug for row in rows), "no-such"]
    return {
        **SCALARS,
        **ids,
        "sku": [row.sku for row in await factory.fetch("select sku from product_variants where sku > ''")],
        **slugs,
        "id": [one for several in ids.values() for one in several],
        "channel": [*["web"] * 20, "no-such"],
        "first": [1, 2, 3, 10],
        "last": [1, 2],
        "after": ["", "WzFd", "nonsense"],
        "before": ["", "WzJd"],
    }
