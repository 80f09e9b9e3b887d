"""What is said about pages and products, through the API."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from db.tables.attributes import ProductTypeVariantAttributes
from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.statements import Statements

ASSIGNED = """
fragment Assigned on AssignedAttribute {
  __typename
  attribute { slug inputType entityType }
  ... on AssignedNumericAttribute { number: value }
  ... on AssignedTextAttribute { rich: value translation(languageCode: PT_BR) }
  ... on AssignedPlainTextAttribute { text: value plain: translation(languageCode: PT_BR) }
  ... on AssignedFileAttribute { file: value { url contentType } }
  ... on AssignedSingleChoiceAttribute { choice: value { name slug translation(languageCode: PT_BR) } }
  ... on AssignedMultiChoiceAttribute { choices: value(limit: 2) { slug } }
  ... on AssignedSwatchAttribute {
    swatch: value { name slug hexColor file { url } translation(languageCode: PT_BR) }
  }
  ... on AssignedBooleanAttribute { flag: value }
  ... on AssignedDateAttribute { day: value }
  ... on AssignedDateTimeAttribute { moment: value }
  ... on AssignedSinglePageReferenceAttribute { page: value { title } }
  ... on AssignedSingleProductReferenceAttribute { product: value { name } }
  ... on AssignedSingleProductVariantReferenceAttribute { variant: value { sku } }
  ... on AssignedSingleCategoryReferenceAttribute { category: value { name } }
  ... on AssignedSingleCollectionReferenceAttribute { collection: value { slug } }
  ... on AssignedMultiPageReferenceAttribute { pages: value { title } }
  ... on AssignedMultiProductReferenceAttribute { products: value(limit: 1) { name } }
  ... on AssignedMultiProductVariantReferenceAttribute { variants: value { sku } }
  ... on AssignedMultiCategoryReferenceAttribute { categories: value { name } }
  ... on AssignedMultiCollectionReferenceAttribute { collections: value { slug } }
}
"""
PAGE = (
    """
query ($slug: String, $channel: String, $limit: PositiveInt) {
  page(slug: $slug, channel: $channel) { assignedAttributes(limit: $limit) { ...Assigned } }
}
"""
    + ASSIGNED
)
PAGES = "{ pages(first: 60) { edges { node { assignedAttributes { ...Assigned } } } } }" + ASSIGNED
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def said(
    factory: Factory, input_type: str, *values: dict[str, Any], entity: str | None = None
) -> tuple[AnyRow, list[AnyRow]]:
    """An attribute of pages, and its values; its slug is that of its kind."""
    slug = "-".join(part.lower() for part in (input_type, entity or "") if part)
    attribute = await factory.attribute(slug, input_type, slug=slug, entity=entity, kind="PAGE_TYPE")
    return attribute, [await factory.attribute_value(attribute, **value) for value in values]


async def page_with(factory: Factory, *pairs: tuple[AnyRow, list[AnyRow]], **values: Any) -> AnyRow:
    kind = await factory.page_type(*(attribute for attribute, _ in pairs))
    return await factory.page("About", kind, said=[value for _, given in pairs for value in given], **values)


async def shown(client: Client, slug: str, **variables: Any) -> dict[str, dict[str, Any]]:
    """What the page says, by the attribute's slug."""
    answer = await client.run(PAGE, slug=slug, **variables)
    found = answer["page"]["assignedAttributes"]
    return {one["attribute"]["slug"]: {k: v for k, v in one.items() if k != "attribute"} for one in found}


async def test_every_kind_of_value_has_a_type_of_its_own(client: Client, factory: Factory) -> None:
    await factory.channel("us")
    dropdown, (blue,) = await said(factory, "DROPDOWN", {"name": "Blue", "slug": "blue"})
    plain, (text,) = await said(factory, "PLAIN_TEXT", {"plain_text": "Cotton"})
    rich, (story,) = await said(factory, "RICH_TEXT", {"rich_text": {"blocks": ["Once"]}})
    swatch, (red,) = await said(
        factory, "SWATCH", {"name": "Red", "slug": "red", "value": "#ff0000", "file_key": "red.webp"}
    )
    await factory.translation("AttributeValue", blue, "PT", name="Azul")
    await factory.translation("AttributeValue", text, "PT", plain_text="Algodão")
    await factory.translation("AttributeValue", story, "PT_BR", description={"blocks": ["Era"]})
    await factory.translation("AttributeValue", red, "PT", name="Vermelho")
    page = await page_with(
        factory,
        (dropdown, [blue]),
        (plain, [text]),
        (rich, [story]),
        (swatch, [red]),
        await said(factory, "MULTISELECT", {"slug": "c"}, {"slug": "a"}, {"slug": "b"}),
        await said(factory, "NUMERIC", {"numeric": Decimal("2.5")}),
        await said(factory, "FILE", {"file_key": "guide.pdf", "content_type": "application/pdf"}),
        await said(factory, "BOOLEAN", {"boolean": False}),
        await said(factory, "DATE", {"date_time": datetime(2026, 5, 1, tzinfo=UTC)}),
        await said(factory, "DATE_TIME", {"date_time": NOON}),
    )

    found = await shown(client, page.slug)

    assert found == {
        "dropdown": {
            "__typename": "AssignedSingleChoiceAttribute",
            "choice": {"name": "Blue", "slug": "blue", "translation": "Azul"},
        },
        "plain_text": {"__typename": "AssignedPlainTextAttribute", "text": "Cotton", "plain": "Algodão"},
        "rich_text": {
            "__typename": "AssignedTextAttribute",
            "rich": {"blocks": ["Once"]},
            "translation": {"blocks": ["Era"]},
        },
        "swatch": {
            "__typename": "AssignedSwatchAttribute",
            "swatch": {
                "name": "Red",
                "slug": "red",
                "hexColor": "#ff0000",
                "file": {"url": client.shop.files.public_url("red.webp")},
                "translation": "Vermelho",
            },
        },
        "multiselect": {
            "__typename": "AssignedMultiChoiceAttribute",
            "choices": [{"slug": "c"}, {"slug": "a"}],
        },
        "numeric": {"__typename": "AssignedNumericAttribute", "number": 2.5},
        "file": {
            "__typename": "AssignedFileAttribute",
            "file": {"url": client.shop.files.public_url("guide.pdf"), "contentType": "application/pdf"},
        },
        "boolean": {"__typename": "AssignedBooleanAttribute", "flag": False},
        "date": {"__typename": "AssignedDateAttribute", "day": "2026-05-01"},
        "date_time": {"__typename": "AssignedDateTimeAttribute", "moment": "2026-05-01T12:00:00+00:00"},
    }


async def test_references_lead_to_what_may_be_seen_in_the_channel(client: Client, factory: Factory) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl", "PLN", "PL")
    mug, rug = await factory.product(us, name="Mug"), await factory.product(us, pl, name="Rug")
    small = await factory.variant(mug, us, sku="small")
    story, draft = await factory.page("Story"), await factory.page("Draft", is_published=False)
    kitchen, summer = await factory.category("Kitchen"), await factory.collection(us, slug="summer")
    one, many = "SINGLE_REFERENCE", "REFERENCE"
    page = await page_with(
        factory,
        await said(factory, one, {"page_id": story.id}, entity="PAGE"),
        await said(factory, one, {"product_id": mug.id}, entity="PRODUCT"),
        await said(factory, one, {"variant_id": small.id}, entity="PRODUCT_VARIANT"),
        await said(factory, one, {"category_id": kitchen.id}, entity="CATEGORY"),
        await said(factory, one, {"collection_id": summer.id}, entity="COLLECTION"),
        await said(factory, many, {"page_id": draft.id}, {"page_id": story.id}, entity="PAGE"),
        await said(factory, many, {"product_id": mug.id}, {"product_id": rug.id}, entity="PRODUCT"),
        await said(factory, many, {"variant_id": small.id}, entity="PRODUCT_VARIANT"),
        await said(factory, many, {"category_id": kitchen.id}, entity="CATEGORY"),
        await said(factory, many, {"collection_id": summer.id}, entity="COLLECTION"),
    )

    def kinds(found: dict[str, dict[str, Any]]) -> list[str]:
        return [given.pop("__typename") for given in found.values()]

    in_us = await shown(client, page.slug, channel="us")
    in_pl = await shown(client, page.slug, channel="pl")

    named = ("Page", "Product", "ProductVariant", "Category", "Collection")
    expected = [f"Assigned{many}{name}ReferenceAttribute" for many in ("Single", "Multi") for name in named]
    assert kinds(in_us) == kinds(in_pl) == expected
    assert in_us == {
        "single_reference-page": {"page": {"title": "Story"}},
        "single_reference-product": {"product": {"name": "Mug"}},
        "single_reference-product_variant": {"variant": {"sku": "small"}},
        "single_reference-category": {"category": {"name": "Kitchen"}},
        "single_reference-collection": {"collection": {"slug": "summer"}},
        "reference-page": {"pages": [{"title": "Story"}]},
        "reference-product": {"products": [{"name": "Mug"}]},
        "reference-product_variant": {"variants": [{"sku": "small"}]},
        "reference-category": {"categories": [{"name": "Kitchen"}]},
        "reference-collection": {"collections": [{"slug": "summer"}]},
    }
    assert in_pl == in_us | {
        "single_reference-product": {"product": None},
        "single_reference-product_variant": {"variant": None},
        "single_reference-collection": {"collection": None},
        "reference-product": {"products": [{"name": "Rug"}]},
        "reference-product_variant": {"variants": []},
        "reference-collection": {"collections": []},
    }


async def test_an_attribute_without_a_value_is_listed_and_says_nothing(
    client: Client, factory: Factory
) -> None:
    page = await page_with(
        factory,
        await said(factory, "DROPDOWN"),
        await said(factory, "MULTISELECT"),
        await said(factory, "NUMERIC"),
        await said(factory, "RICH_TEXT"),
        await said(factory, "FILE"),
        await said(factory, "DATE"),
        await said(factory, "SINGLE_REFERENCE", entity="PAGE"),
        await said(factory, "REFERENCE", entity="PRODUCT"),
    )

    found = await shown(client, page.slug)

    assert [{k: v for k, v in one.items() if k != "__typename"} for one in found.values()] == [
        {"choice": None},
        {"choices": []},
        {"number": None},
        {"rich": None, "translation": None},
        {"file": None},
        {"day": None},
        {"page": None},
        {"products": []},
    ]


async def test_nobody_is_given_more_than_a_page_has(client: Client, factory: Factory) -> None:
    values = [{"name": f"N{number}"} for number in range(101)]
    page = await page_with(factory, await said(factory, "MULTISELECT", *values))
    document = """query ($slug: String) { page(slug: $slug) { assignedAttribute(slug: "multiselect") {
        ... on AssignedMultiChoiceAttribute { value(limit: 101) { slug } }
    } } }"""

    answer = await client.run(document, slug=page.slug)

    assert len(answer["page"]["assignedAttribute"]["value"]) == 100


async def test_shoppers_see_the_attributes_that_are_for_them(client: Client, factory: Factory) -> None:
    page = await page_with(
        factory,
        await said(factory, "NUMERIC", {"numeric": 1}),
        await said(factory, "BOOLEAN", {"boolean": True}),
    )
    await factory.fetch("update attributes set visible_in_storefront = false where slug = 'numeric'")
    staff = await client.as_staff([Permission.MANAGE_PAGES])
    document = (
        'query ($slug: String) { page(slug: $slug) { assignedAttribute(slug: "numeric") { __typename } } }'
    )

    assert list(await shown(client, page.slug)) == ["boolean"]
    assert list(await shown(staff, page.slug)) == ["numeric", "boolean"]
    assert list(await shown(staff, page.slug, limit=1)) == ["numeric"]
    assert await shown(staff, page.slug, limit=0) == {}
    assert await client.run(document, slug=page.slug) == {"page": {"assignedAttribute": None}}
    assert await staff.run(document, slug=page.slug) == {
        "page": {"assignedAttribute": {"__typename": "AssignedNumericAttribute"}}
    }


async def test_variants_tell_by_which_attributes_they_are_chosen(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    kind = await factory.product_type()
    size = await factory.attribute("Size", slug="size")
    care = await factory.attribute("Care", "PLAIN_TEXT", slug="care")
    for position, (attribute, selects) in enumerate([(size, True), (care, False)]):
        await factory.add(
            ProductTypeVariantAttributes,
            product_type_id=kind.id,
            attribute_id=attribute.id,
            variant_selection=selects,
            position=position,
        )
    product = await factory.product(us, product_type_id=kind.id)
    variant = await factory.variant(product, us, sku="one")
    large = await factory.attribute_value(size, "Large", slug="large")
    await factory.give(large, variant=variant)
    await factory.translation("AttributeValue", large, "PL", name="Duży")

    answer = await client.run("""{
      productVariant(sku: "one", channel: "us") {
        all: attributes { attribute { slug } values { slug } }
        chosen: attributes(variantSelection: VARIANT_SELECTION) {
          attribute { id name }
          values { id name slug inputType translation(languageCode: PL) { name plainText } }
        }
        others: attributes(variantSelection: NOT_VARIANT_SELECTION) { attribute { slug } }
        assignedAttribute(slug: "size") { ... on AssignedSingleChoiceAttribute { value { slug } } }
      }
    }""")

    assert answer["productVariant"] == {
        "all": [
            {"attribute": {"slug": "size"}, "values": [{"slug": "large"}]},
            {"attribute": {"slug": "care"}, "values": []},
        ],
        "chosen": [
            {
                "attribute": {"id": to_global("Attribute", size.id), "name": "Size"},
                "values": [
                    {
                        "id": to_global("AttributeValue", large.id),
                        "name": "Large",
                        "slug": "large",
                        "inputType": "DROPDOWN",
                        "translation": {"name": "Duży", "plainText": None},
                    }
                ],
            }
        ],
        "others": [{"attribute": {"slug": "care"}}],
        "assignedAttribute": {"value": {"slug": "large"}},
    }


async def test_older_fields_show_every_kind_of_value(client: Client, factory: Factory) -> None:
    story = await factory.page("Story")
    page = await page_with(
        factory,
        await said(factory, "DATE", {"date_time": NOON}),
        await said(factory, "DATE_TIME", {"date_time": NOON}),
        await said(factory, "FILE", {"file_key": "guide.pdf"}),
        await said(factory, "REFERENCE", {"page_id": story.id}, entity="PAGE"),
        await said(factory, "PLAIN_TEXT", {"plain_text": "Cotton"}),
        slug="page",
    )
    document = """{
      page(slug: "page") {
        pageType { name attributes { slug name } }
        attributes { values { date dateTime file { url } reference plainText richText boolean } }
      }
    }"""

    answer = await client.run(document)

    nothing = dict.fromkeys(("date", "dateTime", "file", "reference", "plainText", "richText", "boolean"))
    values = [given["values"][0] for given in answer["page"]["attributes"]]
    assert values == [
        nothing | {"date": "2026-05-01"},
        nothing | {"dateTime": "2026-05-01T12:00:00+00:00"},
        nothing | {"file": {"url": client.shop.files.public_url("guide.pdf")}},
        nothing | {"reference": to_global("Page", story.id)},
        nothing | {"plainText": "Cotton"},
    ]
    assert [one["slug"] for one in answer["page"]["pageType"]["attributes"]] == [
        "date",
        "date_time",
        "file",
        "reference-page",
        "plain_text",
    ]
    assert page.slug == "page"


@pytest.mark.parametrize("rows", [1, 50])
async def test_attributes_of_many_pages_cost_the_same(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    us = await factory.channel("us")
    product, other = await factory.product(us), await factory.page("Other")
    pairs = [
        await said(factory, "DROPDOWN", {"name": "Blue"}),
        await said(factory, "REFERENCE", {"product_id": product.id}, entity="PRODUCT"),
        await said(factory, "SINGLE_REFERENCE", {"page_id": other.id}, entity="PAGE"),
    ]
    kind = await factory.page_type(*(attribute for attribute, _ in pairs))
    for _ in range(rows):
        await factory.page("About", kind, said=[value for _, (value,) in pairs])

    async with statements.recording() as sent:
        answer = await client.run(PAGES)

    assert len(answer["pages"]["edges"]) == rows + 1
    # The channel, the pages, what they say, the products and pages referred to, the choices' translations.
    assert len(sent) == 6
