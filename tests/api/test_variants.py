"""Variants, through the API."""

from typing import Any

from tests.clients import Client
from tests.factory import Factory


async def test_a_variant_shows_to_shoppers_where_it_is_listed_and_its_product_published(
    client: Client, factory: Factory
) -> None:
    us, eu = await factory.channel("us"), await factory.channel("eu")
    product = await factory.product(us, eu)
    hidden = await factory.product(us, listing={"is_published": False})
    await factory.variant(product, us, sku="HERE")
    await factory.variant(product, eu, sku="THERE")
    await factory.variant(hidden, us, sku="HIDDEN")
    document = 'query ($sku: String) { productVariant(sku: $sku, channel: "us") { sku product { slug } } }'
    staff = await client.as_staff()

    shown = [(await client.run(document, sku=sku))["productVariant"] for sku in ("HERE", "THERE", "HIDDEN")]
    to_staff = (await staff.run(document, sku="THERE"))["productVariant"]

    assert shown == [{"sku": "HERE", "product": {"slug": product.slug}}, None, None]
    assert to_staff == {"sku": "THERE", "product": {"slug": product.slug}}


async def test_what_can_be_bought_of_a_variant_is_its_stock_within_its_limit(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us")
    product = await factory.product(us, slug="mug")
    await factory.variant(product, us, stock=7)
    await factory.variant(product, us, stock=7, quantity_limit=3)
    await factory.variant(product, us, track_inventory=False)
    await factory.variant(product, us, track_inventory=False, quantity_limit=2)

    answer = await client.run('{ product(slug: "mug") { variants { quantityAvailable } } }')

    assert [one["quantityAvailable"] for one in answer["product"]["variants"]] == [7, 3, None, 2]


async def test_variants_are_paged_in_the_merchants_order(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    product = await factory.product(us, slug="mug")
    for name, position in (("c", 2), ("a", 0), ("b", 1), ("unlisted", 0)):
        await factory.variant(product, *([] if name == "unlisted" else [us]), name=name, position=position)
    document = """
    query ($first: Int, $after: String, $last: Int) { product(slug: "mug") {
      productVariants(first: $first, after: $after, last: $last) {
        totalCount edges { node { name } } pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    } }
    """

    async def page(**variables: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await client.run(document, **variables))["product"]["productVariants"]
        return found

    one = await page(first=2)
    two = await page(first=2, after=one["pageInfo"]["endCursor"])
    end = await page(last=2)

    assert [edge["node"]["name"] for edge in one["edges"] + two["edges"]] == ["a", "b", "c"]
    assert [edge["node"]["name"] for edge in end["edges"]] == ["b", "c"]
    assert (one["totalCount"], one["pageInfo"]["hasNextPage"], two["pageInfo"]["hasNextPage"]) == (
        3,
        True,
        False,
    )
    assert end["pageInfo"]["hasPreviousPage"] is True


async def test_the_default_variant_shows_where_it_is_sold(client: Client, factory: Factory) -> None:
    us, eu = await factory.channel("us"), await factory.channel("eu")
    product = await factory.product(us, eu, slug="mug")
    variant = await factory.variant(product, us)
    await factory.fetch("update products set default_variant_id = $1", variant.id)
    document = (
        'query ($channel: String) { product(slug: "mug", channel: $channel) { defaultVariant { sku } } }'
    )

    assert await client.run(document, channel="us") == {"product": {"defaultVariant": {"sku": variant.sku}}}
    assert await client.run(document, channel="eu") == {"product": {"defaultVariant": None}}
