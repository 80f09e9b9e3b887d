"""Assigned attributes whose values are other objects of the shop. What the viewer may not see is left out."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import strawberry

from db.attributes import AssignedRow
from domain.attributes import Entity, InputType
from engine.words import batch_field
from loaders.batching import One
from loaders.categories import CategoryLoaders
from loaders.collections import CollectionLoaders
from loaders.pages import PageLoaders
from loaders.products import ProductLoaders
from loaders.variants import VariantLoaders
from schema.assigned_attributes import KINDS, Assigned, AssignedAttribute, Limit, at_most
from schema.cache_hints import AS_ABOVE
from schema.context import Context

if TYPE_CHECKING:
    from schema.categories import Category
    from schema.collections import Collection
    from schema.pages import Page
    from schema.products import Product, ProductVariant

LazyCategory = Annotated["Category", strawberry.lazy("schema.categories")]
LazyCollection = Annotated["Collection", strawberry.lazy("schema.collections")]
LazyPage = Annotated["Page", strawberry.lazy("schema.pages")]
LazyProduct = Annotated["Product", strawberry.lazy("schema.products")]
LazyVariant = Annotated["ProductVariant", strawberry.lazy("schema.products")]

References = Callable[..., Awaitable[list[list[Any]]]]


def referenced(relation: One[Any, Any], key: Callable[[AssignedRow, int | None], Any]) -> References:
    """For ``batch_field``: what the values point at.

    ``key`` gives what ``relation`` is asked by: from a value and the channel it is seen in.
    """

    async def several(rows: Sequence[Assigned], context: Context, *, limit: Limit = None) -> list[list[Any]]:
        keys = [[key(value, row.channel_id) for value in row.values] for row in rows]
        found = iter(await context.loading.load_many(relation, [one for of_row in keys for one in of_row]))
        seen = [[one for one in (next(found) for _ in of_row) if one is not None] for of_row in keys]
        return [of_row[: at_most(limit)] for of_row in seen]

    return several


def first_of(several: References) -> Callable[..., Awaitable[list[Any]]]:
    """As ``several``: the first, or None."""

    async def first(rows: Sequence[Assigned], context: Context) -> list[Any]:
        return [next(iter(found), None) for found in await several(rows, context, limit=1)]

    return first


pages = referenced(PageLoaders.by_key, lambda value, channel_id: (value.page_id, channel_id))
products = referenced(ProductLoaders.by_key, lambda value, channel_id: (value.product_id, channel_id))
variants = referenced(VariantLoaders.by_key, lambda value, channel_id: (value.variant_id, channel_id))
categories = referenced(CategoryLoaders.by_id, lambda value, _channel_id: value.category_id)
collections = referenced(
    CollectionLoaders.by_key, lambda value, channel_id: (value.collection_id, channel_id)
)


@strawberry.type(description="A page.", directives=[AS_ABOVE])
class AssignedSinglePageReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.SINGLE_REFERENCE, Entity.PAGE]

    value: LazyPage | None = batch_field(first_of(pages), description="The page.")


@strawberry.type(description="A product.", directives=[AS_ABOVE])
class AssignedSingleProductReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.SINGLE_REFERENCE, Entity.PRODUCT]

    value: LazyProduct | None = batch_field(first_of(products), description="The product.")


@strawberry.type(description="A variant of a product.", directives=[AS_ABOVE])
class AssignedSingleProductVariantReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.SINGLE_REFERENCE, Entity.PRODUCT_VARIANT]

    value: LazyVariant | None = batch_field(first_of(variants), description="The variant.")


@strawberry.type(description="A category.", directives=[AS_ABOVE])
class AssignedSingleCategoryReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.SINGLE_REFERENCE, Entity.CATEGORY]

    value: LazyCategory | None = batch_field(first_of(categories), description="The category.")


@strawberry.type(description="A collection.", directives=[AS_ABOVE])
class AssignedSingleCollectionReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.SINGLE_REFERENCE, Entity.COLLECTION]

    value: LazyCollection | None = batch_field(first_of(collections), description="The collection.")


@strawberry.type(description="Any number of pages.", directives=[AS_ABOVE])
class AssignedMultiPageReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.REFERENCE, Entity.PAGE]

    value: list[LazyPage] = batch_field(pages, description="The pages, in their order.")


@strawberry.type(description="Any number of products.", directives=[AS_ABOVE])
class AssignedMultiProductReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.REFERENCE, Entity.PRODUCT]

    value: list[LazyProduct] = batch_field(products, description="The products, in their order.")


@strawberry.type(description="Any number of variants of products.", directives=[AS_ABOVE])
class AssignedMultiProductVariantReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.REFERENCE, Entity.PRODUCT_VARIANT]

    value: list[LazyVariant] = batch_field(variants, description="The variants, in their order.")


@strawberry.type(description="Any number of categories.", directives=[AS_ABOVE])
class AssignedMultiCategoryReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.REFERENCE, Entity.CATEGORY]

    value: list[LazyCategory] = batch_field(categories, description="The categories, in their order.")


@strawberry.type(description="Any number of collections.", directives=[AS_ABOVE])
class AssignedMultiCollectionReferenceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.REFERENCE, Entity.COLLECTION]

    value: list[LazyCollection] = batch_field(collections, description="The collections, in their order.")


TYPES: list[type] = [
    AssignedSinglePageReferenceAttribute,
    AssignedSingleProductReferenceAttribute,
    AssignedSingleProductVariantReferenceAttribute,
    AssignedSingleCategoryReferenceAttribute,
    AssignedSingleCollectionReferenceAttribute,
    AssignedMultiPageReferenceAttribute,
    AssignedMultiProductReferenceAttribute,
    AssignedMultiProductVariantReferenceAttribute,
    AssignedMultiCategoryReferenceAttribute,
    AssignedMultiCollectionReferenceAttribute,
]
"""What a schema has to be told of, because only an interface leads here."""
