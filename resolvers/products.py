"""Products and variants: root fields."""

from typing import Annotated

import strawberry

from db import products as product_statements
from db import translations
from db import variants as variant_statements
from db.product_extras import PRICED, priced_by_slug
from db.products import ProductRow
from domain.languages import LanguageCode
from domain.refusals import Invalid
from engine.selected import ahead
from engine.words import seen
from loaders.products import ProductLoaders
from loaders.variants import VariantLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.channel_choice import ChannelSlug, choose_channel
from schema.context import Context, Info
from schema.paging import After, Before, First, Last
from schema.product_extras import Asked, prime
from schema.product_lists import Filter, ProductArguments, SortBy, Where, product_connection
from schema.products import Product, ProductCountableConnection, ProductVariant

ExternalReference = Annotated[str | None, strawberry.argument(description="What another system calls it.")]


@strawberry.field(
    description="Products, page by page. Shoppers see what is published in the channel.",
    directives=[CATALOGUE],
)
async def products(
    info: Info,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    channel: ChannelSlug = None,
    sort_by: SortBy = None,
    filter: Filter = None,
    where: Where = None,
    search: Annotated[
        str | None, strawberry.argument(description="Only products found by these words.")
    ] = None,
) -> ProductCountableConnection | None:
    arguments = ProductArguments(
        first=first,
        after=after,
        last=last,
        before=before,
        sort_by=sort_by,
        filter=filter,
        where=where,
        search=search,
        asked=Asked.of(info),
    )
    page = await product_connection(info.context, channel, arguments)
    return seen(ProductCountableConnection, page)


@strawberry.field(
    description="One product, by its id, its slug or its external reference.", directives=[CATALOGUE]
)
async def product(
    info: Info,
    *,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The product's id.")] = None,
    slug: Annotated[str | None, strawberry.argument(description="The product's slug.")] = None,
    slug_language_code: Annotated[
        LanguageCode | None, strawberry.argument(description="The language that the slug is of.")
    ] = None,
    external_reference: ExternalReference = None,
    channel: ChannelSlug = None,
) -> Product | None:
    _check_one(id=id, slug=slug, externalReference=external_reference)
    if slug is not None and channel is not None and slug_language_code is None:
        return seen(Product, await _by_slug(info, slug, channel))
    chosen = await choose_channel(info.context, channel)
    if chosen is None:
        return None
    if id is not None:
        key: int | None = ids.parse("Product", id)
    elif slug is not None:
        key = await _id_by_slug(info.context, slug, slug_language_code)
    else:
        key = await info.context.read(product_statements.id_by_reference, external_reference or "")
    if key is None:
        return None
    return seen(Product, await info.context.loading.load(ProductLoaders.by_key, (key, chosen.id)))


@strawberry.field(
    description="One variant, by its id, its SKU or its external reference.", directives=[CATALOGUE]
)
async def product_variant(
    info: Info,
    *,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The variant's id.")] = None,
    sku: Annotated[str | None, strawberry.argument(description="The variant's SKU.")] = None,
    external_reference: ExternalReference = None,
    channel: ChannelSlug = None,
) -> ProductVariant | None:
    _check_one(id=id, sku=sku, externalReference=external_reference)
    chosen = await choose_channel(info.context, channel)
    if chosen is None:
        return None
    if id is not None:
        key: int | None = ids.parse("ProductVariant", id)
    elif sku is not None:
        key = await info.context.read(variant_statements.id_by_sku, sku)
    else:
        key = await info.context.read(variant_statements.id_by_reference, external_reference or "")
    if key is None:
        return None
    return seen(ProductVariant, await info.context.loading.load(VariantLoaders.by_key, (key, chosen.id)))


def _check_one(**names: str | None) -> None:
    if list(names.values()).count(None) != len(names) - 1:
        raise Invalid(f"Give exactly one of these: {', '.join(names)}.", field=next(iter(names)))


async def _by_slug(info: Info, slug: str, channel: str) -> ProductRow | None:
    """What most shop fronts ask for, in one statement."""
    context = info.context
    row: ProductRow | None
    if ahead(info, "pricing"):
        row = priced = await context.read(priced_by_slug, slug, channel, context.viewer)
        prime(context, PRICED, [priced] if priced is not None else [])
    else:
        row = await context.read(product_statements.by_slug, slug, channel, context.viewer)
    if row is not None:
        context.loading.prime(ProductLoaders.by_key, {(row.id, row.channel_id): row})
    return row


async def _id_by_slug(context: Context, slug: str, language: LanguageCode | None) -> int | None:
    """By the slug in that language or, where none is translated so, by the product's own."""
    if language is not None:
        translated = await context.read(translations.object_by_slug, "Product", language.value, [slug])
        if translated:
            return translated[0].object_id
    return await context.read(product_statements.id_by_slug, slug)
