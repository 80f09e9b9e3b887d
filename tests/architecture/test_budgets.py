"""Statements per document: pinned, and the same for one row as for fifty."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.tables import attributes, catalog, checkouts, orders
from db.tables.attributes import MenuItems, Menus, Pages, PageTypes
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory

DOCUMENTS = Path(__file__).parent.parent / "documents"

# The most that each document may cost. Lower is welcome: lower it here then.
BUDGETS = {
    "categories": 3,
    "channels": 2,
    "checkout": 16,
    "collection": 4,
    "listing": 6,
    "menu": 7,
    "orders": 15,
    "pages": 5,
    "product": 15,
    "search": 2,
}
VARIABLES: dict[str, Any] = {
    "channel": "web",
    "first": 50,
    "slug": "there",
    "text": "mug",
}


@dataclass
class World:
    """A shop with the same number of everything."""

    factory: Factory
    client: Client
    rows: int
    variables: dict[str, Any] = field(default_factory=dict)


async def products(world: World) -> list[AnyRow]:
    """Products with a category, two pictures, a value of an attribute, and two variants with a size."""
    factory, rows = world.factory, world.rows
    channel = await factory.channel("web", "USD", "US")
    await factory.tax_rate("US", "0.08")
    warehouse = await factory.warehouse(channel)
    kind = await factory.product_type()
    size = await factory.attribute("Size")
    material = await factory.attribute("Material", "MULTISELECT")
    await factory.add(
        attributes.ProductTypeVariantAttributes,
        product_type_id=kind.id,
        attribute_id=size.id,
        variant_selection=True,
    )
    await factory.add(attributes.ProductTypeAttributes, product_type_id=kind.id, attribute_id=material.id)
    value = await factory.attribute_value(size, "Large")
    clay = await factory.attribute_value(material, "Clay")
    made = []
    for number in range(rows):
        category = await factory.category(f"Category {number}")
        product = await factory.product(
            channel,
            name=f"Mug {number:02}",
            slug=VARIABLES["slug"] if number == 0 else f"mug-{number}",
            product_type_id=kind.id,
            category_id=category.id,
        )
        await factory.add(attributes.ProductAttributeValues, product_id=product.id, value_id=clay.id)
        await factory.add(catalog.ProductMedia, product_id=product.id, file_key=f"products/{number}.webp")
        for _ in range(2 if number else rows):
            variant = await factory.variant(product, channel, stock=3, warehouse=warehouse)
            await factory.add(attributes.VariantAttributeValues, variant_id=variant.id, value_id=value.id)
        made.append(product)
    return made


async def collection(world: World) -> None:
    made = await products(world)
    (channel,) = await world.factory.fetch("select * from channels")
    await world.factory.collection(channel, products=made, slug=VARIABLES["slug"])


async def menu(world: World) -> None:
    factory = world.factory
    await factory.channel("web")
    row = await factory.add(Menus, name="Navigation", slug=VARIABLES["slug"])
    for number in range(world.rows):
        item = await factory.add(MenuItems, menu_id=row.id, name=f"Item {number}", position=number)
        category = await factory.category(f"Category {number}")
        await factory.add(
            MenuItems, menu_id=row.id, parent_id=item.id, level=1, name="Below", category_id=category.id
        )


async def pages(world: World) -> None:
    kind = await world.factory.add(PageTypes, name="Article", slug="article")
    note = await world.factory.attribute("Note", "PLAIN_TEXT", kind="PAGE_TYPE")
    await world.factory.add(attributes.PageTypeAttributes, page_type_id=kind.id, attribute_id=note.id)
    for number in range(world.rows):
        page = await world.factory.add(
            Pages, page_type_id=kind.id, title=f"Page {number}", slug=f"page-{number}", is_published=True
        )
        value = await world.factory.attribute_value(note, plain_text="Something")
        await world.factory.add(attributes.PageAttributeValues, page_id=page.id, value_id=value.id)


async def customer_orders(world: World) -> None:
    """Orders of one customer, each with two lines, a discount and a parcel."""
    factory = world.factory
    await products(world)
    (channel,) = await factory.fetch("select * from channels")
    variants = await factory.fetch("select * from product_variants order by id")
    user = await factory.user()
    await factory.address(user)
    method = await factory.shipping_method(await factory.shipping_zone(channel), channel)
    for _ in range(world.rows):
        address = await factory.address()
        order = await factory.add(
            orders.Orders,
            channel_id=channel.id,
            user_id=user.id,
            email=user.email,
            currency="USD",
            shipping_address_id=address.id,
            shipping_method_id=method.id,
            shipping_method_name="Standard",
        )
        parcel = await factory.add(orders.Fulfillments, order_id=order.id, number=1)
        await factory.add(
            orders.OrderDiscounts, order_id=order.id, value=Decimal(1), amount=Decimal(1), currency="USD"
        )
        for variant in (variants[0], variants[-1]):
            line = await factory.add(
                orders.OrderLines,
                order_id=order.id,
                variant_id=variant.id,
                product_name="Mug",
                quantity=1,
                currency="USD",
                **{
                    column: Decimal(10)
                    for column in (
                        "unit_net",
                        "unit_gross",
                        "undiscounted_unit_net",
                        "undiscounted_unit_gross",
                        "total_net",
                        "total_gross",
                        "undiscounted_total_net",
                        "undiscounted_total_gross",
                    )
                },
            )
            await factory.add(
                orders.FulfillmentLines, fulfillment_id=parcel.id, order_line_id=line.id, quantity=1
            )
    world.client = await world.client.as_user(user)


async def checkout(world: World) -> None:
    """A cart with addresses, a voucher, a gift card, and as many lines as there are rows."""
    factory = world.factory
    await products(world)
    (channel,) = await factory.fetch("select * from channels")
    voucher = await factory.voucher(channel, "TENTH", "10", value_kind="PERCENTAGE")
    (code,) = await factory.fetch("select * from voucher_codes where voucher_id = $1", voucher.id)
    shipping, billing = await factory.address(), await factory.address()
    row = await factory.add(
        checkouts.Checkouts,
        channel_id=channel.id,
        email="ada@example.com",
        currency="USD",
        country="US",
        shipping_address_id=shipping.id,
        billing_address_id=billing.id,
        voucher_code_id=code.id,
    )
    card = await factory.gift_card()
    await factory.add(checkouts.CheckoutGiftCards, checkout_id=row.id, gift_card_id=card.id)
    variants = await factory.fetch("select * from product_variants order by id limit $1", world.rows)
    for position, variant in enumerate(variants):
        await factory.add(
            checkouts.CheckoutLines,
            checkout_id=row.id,
            variant_id=variant.id,
            quantity=1,
            position=position,
        )
    world.variables["id"] = to_global("Checkout", row.id)


async def channels(world: World) -> None:
    for number in range(world.rows):
        await world.factory.shipping_zone(await world.factory.channel(f"channel-{number}"))


Furnish = Callable[[World], Awaitable[object]]
WORLDS: dict[str, Furnish] = {
    "categories": products,
    "channels": channels,
    "checkout": checkout,
    "collection": collection,
    "listing": products,
    "menu": menu,
    "orders": customer_orders,
    "pages": pages,
    "product": products,
    "search": products,
}


async def cost(world: World, name: str) -> int:
    """How many statements the document costs in this world."""
    document = (DOCUMENTS / f"{name}.graphql").read_text()
    wanted = {key: value for key, value in (VARIABLES | world.variables).items() if f"${key}:" in document}
    async with world.client.statements.recording() as sent:
        await world.client.run(document, **wanted)
    return len(sent)


def test_every_document_has_a_budget_and_a_world() -> None:
    names = {path.stem for path in DOCUMENTS.glob("*.graphql")}

    assert names == set(BUDGETS) == set(WORLDS)


@pytest.mark.parametrize("name", sorted(WORLDS))
@pytest.mark.parametrize("rows", [1, 50])
async def test_a_document_keeps_its_budget_however_many_rows_there_are(
    client: Client, factory: Factory, name: str, rows: int
) -> None:
    world = World(factory, client, rows)
    await WORLDS[name](world)

    assert await cost(world, name) == BUDGETS[name]
