"""What lists of products can be filtered by, through the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLInputObjectType

from db.tables import catalog
from schema.ids import to_global
from server.api import build_schema
from tests.clients import Client
from tests.factory import PAST, AnyRow, Factory
from tests.statements import Statements

DOCUMENT = """
query ($filter: ProductFilterInput, $where: ProductWhereInput) {
  products(first: 9, channel: "us", filter: $filter, where: $where) { totalCount edges { node { name } } }
}
"""
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
async def shop_of_two(factory: Factory) -> dict[str, AnyRow]:
    """A mug that has all there is to filter by, and a rug that has nothing of it."""
    us = await factory.channel("us")
    home, attic = await factory.warehouse(us), await factory.warehouse(us)
    top = await factory.category("Things")
    cups = await factory.category("Cups", parent=top)
    kind = await factory.product_type(kind="GIFT_CARD")
    mug = await factory.product(
        us,
        name="Mug",
        slug="mug",
        category_id=cups.id,
        product_type_id=kind.id,
        meta={"season": "summer"},
        updated_at=PAST,
        listing={"published_at": PAST, "available_for_purchase_at": PAST},
    )
    rug = await factory.product(
        us, name="Rug", slug="rug", listing={"published_at": None, "available_for_purchase_at": LATER}
    )
    await factory.variant(mug, us, price="20", discounted="10", stock=5, warehouse=home)
    large = await factory.variant(mug, us, price="40")
    await factory.variant(rug, us, price="30", stock=0, warehouse=attic)
    collection = await factory.collection(us, products=[mug])

    size, weight, care = (
        await factory.attribute("Size", slug="size"),
        await factory.attribute("Weight", "NUMERIC", slug="weight"),
        await factory.attribute("Washable", "BOOLEAN", slug="washable"),
    )
    born = await factory.attribute("Born", "DATE", slug="born")
    goes_with = await factory.attribute("With", "REFERENCE", slug="with", entity="PRODUCT")
    shown_in = await factory.attribute("In", "REFERENCE", slug="in", entity="COLLECTION")
    await factory.give(await factory.attribute_value(size, "Large", slug="large"), variant=large)
    for value in (
        await factory.attribute_value(weight, "250", numeric=Decimal(250)),
        await factory.attribute_value(care, "Yes", slug="yes", boolean=True),
        await factory.attribute_value(born, date_time=datetime(2026, 5, 1, tzinfo=UTC)),
        await factory.attribute_value(goes_with, product_id=rug.id),
        await factory.attribute_value(goes_with, product_id=mug.id),
        await factory.attribute_value(shown_in, collection_id=collection.id),
    ):
        await factory.give(value, product=mug)
    return {
        "Mug": mug,
        "Rug": rug,
        "Category": top,
        "Collection": collection,
        "ProductType": kind,
        "Warehouse": home,
    }


def with_ids(given: Any, rows: dict[str, AnyRow]) -> Any:
    """``given`` with ``Kind!`` replaced by the global id of that row."""
    match given:
        case str() if given.endswith("!"):
            name = given.removesuffix("!")
            return to_global({"Mug": "Product", "Rug": "Product"}.get(name, name), rows[name].id)
        case dict():
            return {key: with_ids(value, rows) for key, value in given.items()}
        case list():
            return [with_ids(value, rows) for value in given]
        case _:
            return given


async def found(client: Client, **variables: Any) -> list[str]:
    """The names, once it is certain that they are also counted."""
    answer = (await client.run(DOCUMENT, **variables))["products"]
    names = [edge["node"]["name"] for edge in answer["edges"]]
    assert answer["totalCount"] == len(names)
    return names


MUG, RUG, BOTH, NONE = ["Mug"], ["Rug"], ["Mug", "Rug"], list[str]()
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, BOTH),
    ({"isPublished": True}, BOTH),
    ({"isPublished": False}, NONE),
    ({"collections": ["Collection!"]}, MUG),
    ({"collections": []}, BOTH),
    ({"categories": ["Category!"]}, MUG),
    ({"hasCategory": False}, RUG),
    ({"attributes": [{"slug": "size", "value": {"slug": {"eq": "large"}}}]}, MUG),
    ({"attributes": [{"slug": "size", "values": ["large", "small"]}]}, MUG),
    ({"attributes": [{"slug": "weight", "valuesRange": {"gte": 251}}]}, NONE),
    ({"attributes": [{"slug": "washable", "boolean": True}]}, MUG),
    ({"attributes": [{"slug": "born", "date": {"gte": "2026-05-01", "lte": "2026-05-01"}}]}, MUG),
    ({"attributes": [{"slug": "born", "dateTime": {"gte": "2026-05-01T00:00:01Z"}}]}, NONE),
    ({"stockAvailability": "IN_STOCK"}, MUG),
    ({"stockAvailability": "OUT_OF_STOCK"}, RUG),
    ({"stocks": {"warehouseIds": ["Warehouse!"]}}, MUG),
    ({"stocks": {"quantity": {"gte": 1, "lte": 5}}}, MUG),
    ({"stocks": {"warehouseIds": ["Warehouse!"], "quantity": {"lte": 0}}}, RUG),
    ({"search": "rug"}, RUG),
    ({"metadata": [{"key": "season"}]}, MUG),
    ({"metadata": [{"key": "season", "value": "winter"}]}, NONE),
    ({"publishedFrom": "2026-01-01T00:00:00Z"}, MUG),
    ({"isAvailable": True}, MUG),
    ({"isAvailable": False}, RUG),
    ({"availableFrom": "2026-01-02T00:00:00Z"}, RUG),
    ({"isVisibleInListing": True}, BOTH),
    ({"price": {"gte": 11, "lte": 39.99}}, RUG),
    ({"price": {"lte": 10}}, MUG),
    ({"minimalPrice": {"gte": 10, "lte": 10}}, MUG),
    ({"minimalPrice": {}}, BOTH),
    ({"updatedAt": {"lte": "2026-01-01T00:00:00Z"}}, MUG),
    ({"productTypes": ["ProductType!"]}, MUG),
    ({"giftCard": True}, MUG),
    ({"giftCard": False}, RUG),
    ({"ids": ["Rug!"]}, RUG),
    ({"slugs": ["mug", "jug"]}, MUG),
    ({"slugs": ["mug"], "search": "rug"}, NONE),
]
WITH = {"slug": "with"}
WHERES: list[tuple[dict[str, Any], list[str]]] = [
    ({"metadata": [{"key": "season", "value": "summer"}]}, MUG),
    ({"ids": ["Mug!", "Rug!"]}, BOTH),
    ({"name": {"eq": "Mug"}}, MUG),
    ({"name": {"oneOf": []}}, NONE),
    ({"slug": {"oneOf": ["rug", "mug"], "eq": "rug"}}, RUG),
    ({"productType": {"eq": "ProductType!"}}, MUG),
    ({"category": {"oneOf": ["Category!"]}}, MUG),
    ({"collection": {"eq": "Collection!"}}, MUG),
    ({"isAvailable": True}, MUG),
    ({"isPublished": True}, BOTH),
    ({"isVisibleInListing": False}, NONE),
    ({"publishedFrom": "2026-01-01T00:00:00Z"}, MUG),
    ({"availableFrom": "2026-01-02T00:00:00Z"}, RUG),
    ({"hasCategory": True}, MUG),
    ({"price": {"eq": 40}}, MUG),
    ({"price": {"oneOf": ["30.00", 7]}}, RUG),
    ({"price": {"range": {"gte": 41}}}, NONE),
    ({"minimalPrice": {"eq": 10, "range": {"gte": 11}}}, NONE),
    ({"minimalPrice": {"oneOf": [30]}}, RUG),
    ({"attributes": [{"slug": "size"}]}, MUG),
    ({"attributes": [{"value": {"name": {"eq": "Large"}}}]}, MUG),
    ({"attributes": [{"slug": "weight", "value": {"name": {"eq": "Large"}}}]}, NONE),
    ({"attributes": [{"slug": "weight", "value": {"numeric": {"range": {"gte": 250, "lte": 250}}}}]}, MUG),
    ({"attributes": [{"slug": "weight", "value": {"numeric": {"oneOf": ["250.0"]}}}]}, MUG),
    ({"attributes": [{"slug": "born", "value": {"date": {"gte": "2026-05-02"}}}]}, NONE),
    ({"attributes": [{"slug": "born", "value": {"dateTime": {"lte": "2026-05-01T00:00:00Z"}}}]}, MUG),
    ({"attributes": [{"slug": "washable", "value": {"boolean": False}}]}, NONE),
    (
        {"attributes": [{**WITH, "value": {"reference": {"productSlugs": {"containsAll": ["mug", "rug"]}}}}]},
        MUG,
    ),
    (
        {"attributes": [{**WITH, "value": {"reference": {"productSlugs": {"containsAll": ["mug", "jug"]}}}}]},
        NONE,
    ),
    (
        {"attributes": [{**WITH, "value": {"reference": {"productSlugs": {"containsAny": ["mug", "jug"]}}}}]},
        MUG,
    ),
    (
        {
            "attributes": [
                {"value": {"reference": {"referencedIds": {"containsAll": ["Mug!", "Collection!"]}}}}
            ]
        },
        MUG,
    ),
    ({"attributes": [{"slug": "size"}, {"slug": "absent"}]}, NONE),
    ({"stockAvailability": "IN_STOCK"}, MUG),
    ({"stocks": {"quantity": {"lte": 4}}}, RUG),
    ({"giftCard": True}, MUG),
    ({"updatedAt": {"eq": "2026-01-01T00:00:00Z"}}, MUG),
    ({"updatedAt": {"range": {"gte": "2026-01-01T00:00:01Z"}}}, RUG),
    ({"AND": [{"giftCard": True}, {"slug": {"eq": "rug"}}]}, NONE),
    ({"OR": [{"giftCard": True}, {"slug": {"eq": "rug"}}]}, BOTH),
    ({"OR": []}, BOTH),
    ({"hasCategory": False, "OR": [{"giftCard": True}, {"slug": {"eq": "rug"}}]}, RUG),
    ({"OR": [{"AND": [{"giftCard": False}, {"slug": {"eq": "rug"}}]}, {"name": {"eq": "Jug"}}]}, RUG),
]


async def test_every_field_of_the_filter_does_what_it_says(
    client: Client, shop_of_two: dict[str, AnyRow]
) -> None:
    for given, expected in FILTERS:
        assert await found(client, filter=with_ids(given, shop_of_two)) == expected, given


async def test_every_field_of_where_does_what_it_says(client: Client, shop_of_two: dict[str, AnyRow]) -> None:
    for given, expected in WHERES:
        assert await found(client, where=with_ids(given, shop_of_two)) == expected, given


def test_no_field_of_a_filter_was_left_out() -> None:
    document = build_schema().graphql.type_map
    for name, cases in (("ProductFilterInput", FILTERS), ("ProductWhereInput", WHERES)):
        kind = document[name]
        assert isinstance(kind, GraphQLInputObjectType)
        assert set(kind.fields) == {field for given, _ in cases for field in given}


@pytest.mark.usefixtures("shop_of_two")
async def test_a_filter_and_a_where_hold_together(client: Client) -> None:
    assert await found(client, filter={"giftCard": True}, where={"slug": {"eq": "mug"}}) == MUG
    assert await found(client, filter={"giftCard": True}, where={"slug": {"eq": "rug"}}) == NONE


@pytest.mark.usefixtures("shop_of_two")
@pytest.mark.parametrize(
    "given",
    [{"ids": ["nonsense"]}, {"ids": [to_global("Category", 1)]}, {"categories": [to_global("Product", 1)]}],
)
async def test_an_id_of_something_else_is_refused(client: Client, given: dict[str, Any]) -> None:
    assert await client.refused(DOCUMENT, filter=given) == ["INVALID"]


@pytest.mark.usefixtures("shop_of_two")
async def test_too_many_conditions_are_refused(client: Client) -> None:
    assert await client.refused(DOCUMENT, where={"OR": [{"giftCard": True}] * 201}) == ["INVALID"]


async def test_the_value_of_a_variant_counts_only_where_the_variant_is_sold(
    client: Client, factory: Factory
) -> None:
    us, eu = await factory.channel("us"), await factory.channel("eu")
    mug = await factory.product(us, eu, name="Mug")
    variant = await factory.variant(mug, eu)
    value = await factory.attribute_value(await factory.attribute("Size", slug="size"), slug="large")
    await factory.give(value, variant=variant)
    given = {"attributes": [{"slug": "size", "value": {"slug": {"eq": "large"}}}]}

    assert await found(client, filter=given) == NONE
    await factory.add(
        catalog.VariantListings, variant_id=variant.id, channel_id=us.id, price_amount=1, discounted_amount=1
    )
    assert await found(client, filter=given) == MUG


@pytest.mark.usefixtures("shop_of_two")
async def test_a_page_costs_one_statement_and_its_count_another(
    client: Client, statements: Statements
) -> None:
    async with statements.recording() as sent:
        await client.run(DOCUMENT, filter={"search": "mug"}, where={"giftCard": True})

    assert len(sent) == 2  # the page, the count
