"""Products and their variants."""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar

import strawberry

from db import variant_pages as variant_statements
from db.product_extras import ExtendedProductRow
from db.products import SEEN, Key, ProductRow, ProductTypeRow
from db.variant_pages import PricedVariantRow
from db.variants import LEAN, VariantRow
from domain.pages import PageRequest, Slice
from engine.words import Only, attribute, batch_field, edge
from loaders.attributes import AttributeLoaders
from loaders.categories import CategoryLoaders
from loaders.collections import CollectionLoaders
from loaders.products import ProductLoaders, ProductTypeLoaders
from loaders.stocks import StockLoaders
from loaders.translations import TranslationLoaders
from loaders.variants import VariantLoaders
from schema.assigned_attributes import AssignedAttribute, assigned_attribute, assigned_attributes
from schema.attributes import SelectedAttribute, selected_attributes, variant_attributes
from schema.cache_hints import AS_ABOVE, CATALOGUE, STOCK
from schema.connections import ConnectionRow, PageInfo, connection, counts, requested
from schema.context import Context
from schema.ids import global_id
from schema.media import Image
from schema.metadata import Node, ObjectWithMetadata
from schema.paging import After, Before, First, Last
from schema.prices import ProductPricingInfo, VariantPricingInfo
from schema.product_media import ProductMedia, thumbnails
from schema.scalars import DateTime, JSONString
from schema.translations import ProductTranslation, ProductVariantTranslation, translation

if TYPE_CHECKING:
    from schema.categories import Category
    from schema.collections import Collection

SEEN_IN = ("id", "channel_id")


def seen_in(rows: Sequence[ProductRow] | Sequence[VariantRow]) -> list[Key]:
    return list(map(SEEN, rows))


async def availability(rows: Sequence[ProductRow], context: Context) -> list[bool | None]:
    found = await context.loading.load_many(ProductLoaders.available, seen_in(rows))
    return [
        None if row.channel_id is None else bool(one and one.available)
        for row, one in zip(rows, found, strict=True)
    ]


async def quantities(rows: Sequence[VariantRow], context: Context) -> list[int | None]:
    """What one order may take: what is in stock, within the variant's limit. Null where nothing bounds it."""
    found = await context.loading.load_many(StockLoaders.available, seen_in(rows))
    return [
        None if stock is None else _smallest(stock.quantity, row.quantity_limit)
        for row, stock in zip(rows, found, strict=True)
    ]


def _smallest(*bounds: int | None) -> int | None:
    """Null stands for no bound."""
    return min((bound for bound in bounds if bound is not None), default=None)


async def variant_pages(
    rows: Sequence[ProductRow],
    context: Context,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    priced: bool = False,
    lean: bool = False,
) -> list[ConnectionRow]:
    """One statement for the pages of all products; ``priced``, it brings the variants' prices as well."""
    request = requested(first, after, last, before)
    keys = seen_in(rows)
    distinct = list(dict.fromkeys(keys))
    pages: Mapping[Key, Slice[VariantRow]]
    if priced and all(channel_id is not None for _, channel_id in distinct):
        pages = await _priced(context, distinct, request, lean=lean)
    else:
        pages = await context.read(
            variant_statements.of_products, distinct, context.viewer, request, lean=lean
        )
    return [connection(pages[key], partial(count_variants, context, key)) for key in keys]


async def _priced(
    context: Context, keys: Sequence[Key], request: PageRequest, *, lean: bool
) -> Mapping[Key, Slice[PricedVariantRow]]:
    pages = await context.read(
        variant_statements.priced_of_products, keys, context.viewer, request, lean=lean
    )
    context.loading.prime(
        VariantLoaders.price,
        {SEEN(row): row if row["full"] is not None else None for page in pages.values() for row in page.rows},
    )
    return pages


async def count_variants(context: Context, key: Key) -> int:
    found = await context.loading.load(ProductLoaders.variant_count, key)
    assert found is not None, "there is a count for every key"
    number: int = found.number
    return number


@strawberry.enum(description="What kind of thing products of a type are.")
class ProductTypeKindEnum(Enum):
    NORMAL = strawberry.enum_value("NORMAL", description="Goods.")
    GIFT_CARD = strawberry.enum_value("GIFT_CARD", description="Gift cards.")


@strawberry.type(description="What products of one kind have in common.", directives=[CATALOGUE])
class ProductType(Node, ObjectWithMetadata):
    represents: ClassVar[type] = ProductTypeRow

    id: strawberry.ID = global_id("ProductType")
    name: str = attribute("The name.")
    slug: str = attribute("The name that clients ask by.")
    kind: ProductTypeKindEnum = attribute("What kind of thing they are.")
    has_variants: bool = attribute("Whether there may be several variants of a product.")
    is_shipping_required: bool = attribute("Whether they have to be sent.")
    is_digital: bool = attribute("Whether they are no things at all, but files or services.")


@strawberry.type(
    description="What a shopper puts into the cart: a product in one size, one colour.",
    directives=[CATALOGUE],
)
class ProductVariant(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (VariantRow, PricedVariantRow)

    id: strawberry.ID = global_id("ProductVariant")
    name: str = attribute("The name; empty where the product's says it all.")
    sku: str | None = attribute("The stock keeping unit.")
    product: "Product" = edge(
        ProductLoaders.any_by_key,
        key=("product_id", "channel_id"),
        description="The product it is a variant of.",
    )
    track_inventory: bool = attribute("Whether its stock is counted.")
    quantity_limit_per_customer: int | None = attribute(
        "The most that one customer may buy, over all of their orders.", column="quantity_limit"
    )
    quantity_available: int | None = batch_field(
        quantities,
        description="The most that one order may take, on hand or on backorder; null: no limit.",
        reads=(*SEEN_IN, "quantity_limit"),
        directives=[STOCK],
    )
    pricing: VariantPricingInfo | None = edge(
        VariantLoaders.price,
        key=SEEN_IN,
        description="What it costs; null where it is not sold in the channel.",
    )
    media: list[ProductMedia] | None = edge(
        VariantLoaders.media, key="id", description="The product's pictures and films that show this variant."
    )
    attributes: list[SelectedAttribute] = batch_field(
        variant_attributes, description="What is said about it.", deprecated="Use `assignedAttributes`."
    )
    assigned_attribute: AssignedAttribute | None = batch_field(
        assigned_attribute(AttributeLoaders.of_variant), description="What is said about it by one attribute."
    )
    assigned_attributes: list[AssignedAttribute] = batch_field(
        assigned_attributes(AttributeLoaders.of_variant), description="What is said about it."
    )
    translation: ProductVariantTranslation | None = translation(TranslationLoaders.variant)
    external_reference: str | None = attribute("What another system calls it.")
    created: DateTime = attribute("When it was made.", column="created_at")
    updated_at: DateTime = attribute("When it was last changed.")


@strawberry.type(description="A variant in a list.", directives=[AS_ABOVE])
class ProductVariantCountableEdge:
    node: ProductVariant = attribute("The variant.")
    cursor: str = attribute("Where it stands.")


@strawberry.type(description="A page of variants.", directives=[AS_ABOVE])
class ProductVariantCountableConnection:
    edges: list[ProductVariantCountableEdge] = attribute("The variants.")
    page_info: PageInfo = attribute("Where the page stands.")
    total_count: int | None = batch_field(counts, description="How many there are on all pages.")


@strawberry.type(description="What the shop sells, as it is seen in a channel.", directives=[CATALOGUE])
class Product(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (ProductRow, ExtendedProductRow)

    id: strawberry.ID = global_id("Product")
    name: str = attribute("The name.")
    slug: str = attribute("The name that clients ask by.")
    description: JSONString | None = attribute("The description, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")
    rating: float | None = attribute("How shoppers rate it.")
    product_type: ProductType = edge(
        ProductTypeLoaders.by_id, key="product_type_id", description="What it has in common with others."
    )
    pricing: ProductPricingInfo | None = edge(
        ProductLoaders.prices,
        key=SEEN_IN,
        description="What it costs; null where it is not sold in the channel.",
    )
    is_available: bool | None = batch_field(
        availability,
        description="Whether it can be bought now: published, for sale, and in stock.",
        reads=SEEN_IN,
        directives=[STOCK],
    )
    is_available_for_purchase: bool | None = attribute("Whether it is for sale by now.")
    available_for_purchase_at: DateTime | None = attribute("From when on it is for sale.")
    media: list[ProductMedia] | None = edge(
        ProductLoaders.media, key="id", description="Its pictures and films, in the merchant's order."
    )
    thumbnail: Image | None = batch_field(thumbnails, description="Its first picture.", reads=("id",))
    default_variant: ProductVariant | None = edge(
        VariantLoaders.by_key,
        key=("default_variant_id", "channel_id"),
        description="The variant to show first; null where the merchant has chosen none that is sold here.",
    )
    product_variants: ProductVariantCountableConnection | None = batch_field(
        variant_pages,
        description="Its variants, in the merchant's order.",
        lookahead={"priced": "edges.node.pricing", "lean": Only("edges.node", LEAN)},
        reads=SEEN_IN,
    )
    variants: list[ProductVariant] | None = edge(
        ProductLoaders.variants,
        key=SEEN_IN,
        description="All its variants, in the merchant's order.",
        deprecated="Use `productVariants`.",
    )
    category: Annotated["Category", strawberry.lazy("schema.categories")] | None = edge(
        CategoryLoaders.by_id, key="category_id", description="Where it stands in the catalogue."
    )
    collections: list[Annotated["Collection", strawberry.lazy("schema.collections")]] | None = edge(
        CollectionLoaders.of_product, key=SEEN_IN, description="The collections that show it in the channel."
    )
    attributes: list[SelectedAttribute] = batch_field(
        selected_attributes(AttributeLoaders.of_product),
        description="What is said about it.",
        deprecated="Use `assignedAttributes`.",
    )
    assigned_attribute: AssignedAttribute | None = batch_field(
        assigned_attribute(AttributeLoaders.of_product), description="What is said about it by one attribute."
    )
    assigned_attributes: list[AssignedAttribute] = batch_field(
        assigned_attributes(AttributeLoaders.of_product), description="What is said about it."
    )
    translation: ProductTranslation | None = translation(TranslationLoaders.product)
    external_reference: str | None = attribute("What another system calls it.")
    created: DateTime = attribute("When it was made.", column="created_at")
    updated_at: DateTime = attribute("When it was last changed.")


@strawberry.type(description="A product in a list.", directives=[AS_ABOVE])
class ProductCountableEdge:
    node: Product = attribute("The product.")
    cursor: str = attribute("Where it stands.")


@strawberry.type(description="A page of products.", directives=[AS_ABOVE])
class ProductCountableConnection:
    edges: list[ProductCountableEdge] = attribute("The products.")
    page_info: PageInfo = attribute("Where the page stands.")
    total_count: int | None = batch_field(counts, description="How many there are on all pages.")
