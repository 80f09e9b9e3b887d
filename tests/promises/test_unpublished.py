"""What is not published, and what is sold elsewhere only, does not reach a shopper by any way there is."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from db.tables import catalog, orders
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market

HIDDEN = "Secret"
PRODUCTS = "{ totalCount edges { node { name variants { sku } } } }"
LISTED = f'products(channel: "web") {PRODUCTS}'
FOUND = 'products(channel: "web", {0}) ' + PRODUCTS.replace("{", "{{").replace("}", "}}")
SEARCH = 'search: "secret"'
VARIANT = "{ sku product { name } }"
WAYS = {
    "a list": f"{{ {LISTED} }}",
    "a search": f"{{ {FOUND.format(SEARCH)} }}",
    "a filter by ids": f"query ($ids: [ID!]) {{ {FOUND.format('filter: { ids: $ids }')} }}",
    "a filter by slugs": f"query ($slugs: [String!]) {{ {FOUND.format('filter: { slugs: $slugs }')} }}",
    "a where by ids": f"query ($ids: [ID!]) {{ {FOUND.format('where: { ids: $ids }')} }}",
    "a where that says so": (
        f"{{ {FOUND.format('where: { OR: [{ isPublished: false }, { isPublished: true }] }')} }}"
    ),
    "an id": 'query ($product: ID!) { product(channel: "web", id: $product) { name variants { sku } } }',
    "a slug": 'query ($slug: String!) { product(channel: "web", slug: $slug) { name } }',
    "a variant's id": f'query ($variant: ID!) {{ productVariant(channel: "web", id: $variant) {VARIANT} }}',
    "a variant's sku": f'query ($sku: String!) {{ productVariant(channel: "web", sku: $sku) {VARIANT} }}',
    "a category": f'{{ category(slug: "kitchen") {{ {LISTED} }} }}',
    "categories": f"{{ categories(first: 9) {{ edges {{ node {{ {LISTED} }} }} }} }}",
    "a collection": f'{{ collection(slug: "summer", channel: "web") {{ products {PRODUCTS} }} }}',
    "a product's collections": (
        '{ product(channel: "web", slug: "mug") { collections { name products { totalCount } } } }'
    ),
    "collections": '{ collections(channel: "web", first: 9) { totalCount edges { node { name } } } }',
    "a collection's id": (
        'query ($collection: ID!) { collection(channel: "web", id: $collection) { name } }'
    ),
    "pages": "{ pages(first: 9) { totalCount edges { node { title } } } }",
    "a page's id": "query ($page: ID!) { page(id: $page) { title } }",
    "a page's slug": '{ page(slug: "secret-page") { title } }',
    "a menu": (
        '{ menu(slug: "top", channel: "web") '
        f"{{ items {{ page {{ title }} collection {{ name }} category {{ {LISTED} }} }} }} }}"
    ),
    "an order's line": f"query ($order: ID!) {{ order(id: $order) {{ lines {{ variant {VARIANT} }} }} }}",
}


@pytest.fixture
async def hidden(factory: Factory) -> dict[str, Any]:
    """A shop that shows a mug, and hides whatever has a secret in its name; the ways to ask for that."""
    market = await Market.open(factory)
    await factory.channel("other")
    elsewhere = (await factory.fetch("select * from channels where slug = 'other'"))[0]
    kitchen = await factory.category("Kitchen", slug="kitchen")
    await factory.fetch("update products set category_id = $1, slug = 'mug'", kitchen.id)
    soon = {"published_at": datetime(2099, 1, 1, tzinfo=UTC)}
    listings: list[tuple[AnyRow, dict[str, Any]]] = [
        (market.channel, {"is_published": False}),
        (elsewhere, {}),
        (market.channel, soon),
    ]
    products = [
        await factory.product(channel, name=f"{HIDDEN} {n}", listing=listing, category_id=kitchen.id)
        for n, (channel, listing) in enumerate(listings)
    ]
    variants = [
        await factory.variant(product, channel, sku=f"{HIDDEN}-{product.id}")
        for product, channel in zip(products, (market.channel, elsewhere, market.channel), strict=True)
    ]
    await factory.variant(market.product, market.channel, sku="shown")
    everything = [market.product, *products]
    await factory.collection(market.channel, products=everything, slug="summer", name="Summer")
    drafts = await factory.collection(products=everything, name=f"{HIDDEN} collection")
    await factory.add(
        catalog.CollectionListings, collection_id=drafts.id, channel_id=market.channel.id, is_published=False
    )
    page = await factory.page(f"{HIDDEN} page", slug="secret-page", is_published=False)
    menu = await factory.menu("top")
    await factory.menu_item(menu, "One", page_id=page.id)
    await factory.menu_item(menu, "Two", collection_id=drafts.id)
    await factory.menu_item(menu, "Three", category_id=kitchen.id)
    return {
        "ids": [to_global("Product", product.id) for product in products],
        "slugs": [product.slug for product in products],
        "product": [to_global("Product", product.id) for product in products],
        "slug": [product.slug for product in products],
        "variant": [to_global("ProductVariant", variant.id) for variant in variants],
        "sku": [variant.sku for variant in variants],
        "collection": [to_global("Collection", drafts.id)],
        "page": [to_global("Page", page.id)],
        "order": [to_global("Order", (await bought(market, variant)).id) for variant in variants],
    }


async def bought(market: Market, variant: AnyRow) -> AnyRow:
    """A guest's order of the variant, from a time when it was shown."""
    order = await market.factory.add(
        orders.Orders,
        channel_id=market.channel.id,
        email="guest@example.com",
        currency="USD",
        total_net=Decimal(5),
        total_gross=Decimal(5),
    )
    figures = "unit", "undiscounted_unit", "total", "undiscounted_total"
    await market.factory.add(
        orders.OrderLines,
        order_id=order.id,
        variant_id=variant.id,
        product_name="As it was",
        quantity=1,
        currency="USD",
        **{f"{figure}_{side}": Decimal(5) for figure in figures for side in ("net", "gross")},
    )
    return order


async def answers(client: Client, way: str, hidden: dict[str, Any]) -> list[dict[str, Any]]:
    """What the way leads to: one answer, or one for each hidden thing it can name."""
    names = [name for name in hidden if f"${name}:" in WAYS[way]]
    if not names:
        return [await client.run(WAYS[way])]
    (name,) = names
    given = [hidden[name]] if name in ("ids", "slugs") else hidden[name]
    return [await client.run(WAYS[way], **{name: one}) for one in given]


@pytest.mark.parametrize("way", WAYS)
async def test_a_shopper_does_not_get_there(
    client: Client, factory: Factory, hidden: dict[str, Any], way: str
) -> None:
    for shopper in (client, await client.as_user(await factory.user()), await client.as_staff([])):
        found = await answers(shopper, way, hidden)

        assert HIDDEN not in json.dumps(found)
        assert counted(found) <= {0, 1}


@pytest.mark.parametrize("way", WAYS)
async def test_who_looks_after_it_does(client: Client, hidden: dict[str, Any], way: str) -> None:
    found = await answers(await client.as_staff(), way, hidden)

    assert HIDDEN in json.dumps(found)


def counted(value: Any) -> set[int]:
    """Every ``totalCount`` in an answer."""
    if isinstance(value, list):
        return {count for part in value for count in counted(part)}
    if not isinstance(value, dict):
        return set()
    own = {value["totalCount"]} if "totalCount" in value else set()
    return own | {count for part in value.values() for count in counted(part)}
