"""Products, through the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.tables import catalog
from db.tables.attributes import Translations
from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client, GraphQLFailed
from tests.factory import AnyRow, Factory
from tests.statements import Statements

PRODUCT = "query ($slug: String, $channel: String) { product(slug: $slug, channel: $channel) { name } }"
LIST = """
{ products(first: 24, channel: "us") { edges { node {
    id name slug description isAvailable
    pricing {
      onSale priceRange { start { gross { amount currency } } stop { gross { amount } } }
      discount { gross { amount } }
    }
    category { id name slug }
    productType { slug }
    thumbnail(size: 256, format: WEBP) { url alt }
    productVariants(first: 10) { edges { node {
      id name sku quantityAvailable
      pricing { price { gross { amount } } priceUndiscounted { gross { amount } } }
      attributes(variantSelection: VARIANT_SELECTION) { attribute { slug name } values { name slug } }
    } } }
} } } }
"""
TOMORROW = datetime.now(UTC) + timedelta(days=1)


async def seen(client: Client, slug: str, channel: str | None = "us") -> str | None:
    product = (await client.run(PRODUCT, slug=slug, channel=channel))["product"]
    return product and str(product["name"])


async def test_shoppers_see_what_is_published_in_the_channel_and_staff_sees_everything(
    client: Client, factory: Factory
) -> None:
    us, eu = await factory.channel("us"), await factory.channel("eu", "EUR", "DE")
    await factory.product(us, name="Mug", slug="mug")
    await factory.product(us, name="Draft", slug="draft", listing={"is_published": False})
    await factory.product(us, name="Later", slug="later", listing={"published_at": TOMORROW})
    await factory.product(eu, name="Elsewhere", slug="elsewhere")
    staff = await client.as_staff()

    shown = [await seen(client, slug) for slug in ("mug", "draft", "later", "elsewhere")]
    shown_to_staff = [await seen(staff, slug) for slug in ("mug", "draft", "later", "elsewhere")]

    assert shown == ["Mug", None, None, None]
    assert shown_to_staff == ["Mug", "Draft", "Later", "Elsewhere"]


async def test_a_channel_that_is_unknown_or_closed_shows_nothing(client: Client, factory: Factory) -> None:
    closed = await factory.channel("us", is_active=False)
    await factory.product(closed, slug="mug")
    document = '{ products(channel: "us") { totalCount edges { node { id } } } }'

    assert await seen(client, "mug") is None
    assert await seen(client, "mug", "nowhere") is None
    assert await client.run(document) == {"products": {"totalCount": 0, "edges": []}}


async def test_the_only_channel_need_not_be_named_but_one_of_two_has_to(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us")
    await factory.product(us, name="Mug", slug="mug")
    await factory.channel("closed", is_active=False)
    alone = await seen(client, "mug", None)
    await factory.channel("eu")

    with pytest.raises(GraphQLFailed) as failed:
        await client.run(PRODUCT, slug="mug")

    assert alone == "Mug"
    assert failed.value.errors[0]["extensions"] == {"code": "REQUIRED", "field": "channel"}
    assert await seen(await client.as_staff(), "mug", None) == "Mug"


async def test_a_product_is_found_by_its_id_its_reference_and_its_slug_in_a_language(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us")
    row = await factory.product(us, slug="mug", external_reference="erp-1")
    await factory.add(Translations, kind="Product", object_id=row.id, language="PT", slug="caneca")
    document = """
    query ($id: ID) {
      id: product(id: $id) { slug }
      reference: product(externalReference: "erp-1") { slug }
      translated: product(slug: "caneca", slugLanguageCode: PT_BR) { slug }
      untranslated: product(slug: "mug", slugLanguageCode: PT_BR) { slug }
      missing: product(slug: "caneca") { slug }
    }
    """

    answer = await client.run(document, id=to_global("Product", row.id))

    assert answer.pop("missing") is None
    assert set(answer) == {"id", "reference", "translated", "untranslated"}
    assert all(one == {"slug": "mug"} for one in answer.values())


async def test_a_product_is_asked_for_in_exactly_one_way(client: Client, factory: Factory) -> None:
    await factory.channel("us")

    assert await client.refused("{ product { id } }") == ["INVALID"]
    assert await client.refused('{ productVariant(id: "x", sku: "y") { id } }') == ["INVALID"]


@pytest.mark.parametrize(
    ("listing", "stock", "available"),
    [
        ({}, 1, True),
        ({}, 0, False),
        ({"available_for_purchase_at": TOMORROW}, 1, False),
        ({"available_for_purchase_at": None}, 1, False),
    ],
)
async def test_a_product_is_available_when_it_is_for_sale_and_in_stock(
    client: Client, factory: Factory, listing: dict[str, Any], stock: int, *, available: bool
) -> None:
    us = await factory.channel("us")
    product = await factory.product(us, slug="mug", listing=listing)
    await factory.variant(product, us, stock=stock)

    answer = await client.run('{ product(slug: "mug") { isAvailable } }')

    assert answer == {"product": {"isAvailable": available}}


async def test_pictures_come_in_order_and_what_lives_elsewhere_is_left_there(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us")
    product = await factory.product(us, slug="mug")
    variant = await factory.variant(product, us)
    elsewhere = "https://pictures.example.com/mug.jpg"
    film = "https://films.example.com/1"
    await factory.add(
        catalog.ProductMedia, product_id=product.id, kind="VIDEO", external_url=film, position=0
    )
    own = await factory.add(
        catalog.ProductMedia, product_id=product.id, file_key="products/mug.png", alt="A mug", position=1
    )
    await factory.add(catalog.ProductMedia, product_id=product.id, external_url=elsewhere, position=2)
    await factory.add(catalog.VariantMedia, variant_id=variant.id, media_id=own.id)
    document = """
    { product(slug: "mug") {
        media { url(size: 100) alt type }
        thumbnail(size: 100, format: WEBP) { url alt }
        variants { media { alt } }
    } }
    """

    product_seen = (await client.run(document))["product"]

    thumbnail = client.shop.thumbnails
    assert product_seen["media"] == [
        {"url": film, "alt": "", "type": "VIDEO"},
        {"url": thumbnail.url("products/mug.png", 100, "ORIGINAL"), "alt": "A mug", "type": "IMAGE"},
        {"url": elsewhere, "alt": "", "type": "IMAGE"},
    ]
    assert product_seen["thumbnail"] == {
        "url": thumbnail.url("products/mug.png", 100, "WEBP"),
        "alt": "A mug",
    }
    assert product_seen["variants"] == [{"media": [{"alt": "A mug"}]}]


async def stocked(factory: Factory, number: int) -> None:
    """So many products with all that a list shows."""
    us = await factory.channel("us")
    warehouse = await factory.warehouse(us)
    category = await factory.category("Drinks")
    kind = await factory.product_type()
    size = await factory.attribute("Size")
    material = await factory.attribute("Material")
    await factory.assign(kind, size, to_variants=True, selects=True)
    await factory.assign(kind, material)
    large = await factory.attribute_value(size, "Large")
    for at in range(number):
        product = await factory.product(
            us, name=f"Mug {at}", product_type_id=kind.id, category_id=category.id
        )
        await factory.add(catalog.ProductMedia, product_id=product.id, file_key=f"products/{at}.png")
        for _ in range(2):
            variant = await factory.variant(product, us, stock=3, warehouse=warehouse)
            await factory.give(large, variant=variant)


@pytest.mark.parametrize("rows", [1, 24])
async def test_a_list_with_all_that_a_listing_shows_costs_seven_statements(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    await stocked(factory, rows)

    async with statements.recording() as sent:
        answer = await client.run(LIST)

    nodes: list[AnyRow] = [edge["node"] for edge in answer["products"]["edges"]]
    assert len(nodes) == rows
    variants = [edge["node"] for edge in nodes[0]["productVariants"]["edges"]]
    assert [one["quantityAvailable"] for one in variants] == [3, 3]
    assert [one["attributes"][0]["values"][0]["name"] for one in variants] == ["Large", "Large"]
    assert len(sent) == 7


async def test_a_product_names_the_collections_that_show_it(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    product = await factory.product(us, slug="mug")
    await factory.collection(us, name="Shown", products=[product])
    await factory.collection(name="Unpublished", products=[product])

    answer = await client.run('{ product(slug: "mug") { collections { name } } }')

    assert answer == {"product": {"collections": [{"name": "Shown"}]}}


async def test_what_is_not_sold_in_the_channel_has_no_price_in_a_list_either(
    client: Client, factory: Factory
) -> None:
    here, there = await factory.channel("web"), await factory.channel("other")
    sold, unsold = await factory.product(here, name="a"), await factory.product(here, name="b")
    await factory.variant(sold, here, name="here", price="10")
    await factory.variant(sold, there, name="there", price="5")
    await factory.variant(unsold, there, name="there", price="5")
    document = """{ products(first: 9, channel: "web") { edges { node {
        name pricing { onSale }
        productVariants(first: 9) { edges { node { name pricing { onSale } } } }
    } } } }"""

    answer = await (await client.as_staff([Permission.MANAGE_PRODUCTS])).run(document)

    seen = [edge["node"] for edge in answer["products"]["edges"]]
    variants = [[one["node"] for one in node["productVariants"]["edges"]] for node in seen]
    assert [(node["name"], node["pricing"]) for node in seen] == [("a", {"onSale": False}), ("b", None)]
    assert variants == [
        [{"name": "here", "pricing": {"onSale": False}}, {"name": "there", "pricing": None}],
        [{"name": "there", "pricing": None}],
    ]
