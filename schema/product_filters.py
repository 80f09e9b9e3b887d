"""What lists of products can be filtered by."""

from typing import Any

import strawberry

from domain import search
from domain.conditions import ALWAYS, AnyOf, Condition, Holds, both
from domain.products import searched
from schema import ids
from schema.conditions import (
    Table,
    attribute_value,
    between,
    bounds,
    condition_of,
    flag,
    id_filter,
    metadata,
    numbers,
    of_attribute,
    some,
    some_ids,
    texts,
)
from schema.filters import (
    AttributeInput,
    DateTimeFilterInput,
    DateTimeRangeInput,
    DecimalFilterInput,
    GlobalIDFilterInput,
    IntRangeInput,
    MetadataFilter,
    PriceRangeInput,
    StockAvailability,
    StringFilterInput,
    chosen,
    day_range,
    exact,
)
from schema.scalars import DateTime


@strawberry.input(description="Units of a product, over all its variants.")
class ProductStockFilterInput:
    warehouse_ids: list[strawberry.ID] | None = strawberry.field(
        description="In these warehouses; in any where left out.", default=None
    )
    quantity: IntRangeInput | None = strawberry.field(description="How many there are to sell.", default=None)


@strawberry.input(
    description="What products of a list have to be; a list that is left empty asks for nothing."
)
class ProductFilterInput:
    is_published: bool | None = strawberry.field(description="Published in the channel by now.", default=None)
    collections: list[strawberry.ID] | None = strawberry.field(description="In one of these.", default=None)
    categories: list[strawberry.ID] | None = strawberry.field(
        description="In one of these, or in one below them.", default=None
    )
    has_category: bool | None = strawberry.field(description="In a category at all.", default=None)
    attributes: list[AttributeInput] | None = strawberry.field(
        description="Having each of these, themselves or by one of their variants.", default=None
    )
    stock_availability: StockAvailability | None = strawberry.field(
        description="In stock in the channel, or not.", default=None
    )
    stocks: ProductStockFilterInput | None = strawberry.field(description="By their stock.", default=None)
    search: str | None = strawberry.field(description="Found by these words.", default=None)
    metadata: list[MetadataFilter] | None = strawberry.field(description="Having all of this.", default=None)
    published_from: DateTime | None = strawberry.field(description="Published then or later.", default=None)
    is_available: bool | None = strawberry.field(description="For sale in the channel by now.", default=None)
    available_from: DateTime | None = strawberry.field(
        description="For sale from then on or later.", default=None
    )
    is_visible_in_listing: bool | None = strawberry.field(
        description="Shown in the channel's lists.", default=None
    )
    price: PriceRangeInput | None = strawberry.field(
        description="One of its variants is sold for this much now.", default=None
    )
    minimal_price: PriceRangeInput | None = strawberry.field(
        description="Its cheapest variant is sold for this much now.", default=None
    )
    updated_at: DateTimeRangeInput | None = strawberry.field(description="When last changed.", default=None)
    product_types: list[strawberry.ID] | None = strawberry.field(
        description="Of one of these types.", default=None
    )
    gift_card: bool | None = strawberry.field(description="Whether it is a gift card.", default=None)
    ids: list[strawberry.ID] | None = strawberry.field(description="These products.", default=None)
    slugs: list[str] | None = strawberry.field(description="The products with these slugs.", default=None)


@strawberry.input(description="What products of a list have to be, with `AND` and `OR`.")
class ProductWhereInput:
    metadata: list[MetadataFilter] | None = strawberry.field(description="Having all of this.", default=None)
    ids: list[strawberry.ID] | None = strawberry.field(description="These products.", default=None)
    name: StringFilterInput | None = strawberry.field(description="By name.", default=None)
    slug: StringFilterInput | None = strawberry.field(description="By slug.", default=None)
    product_type: GlobalIDFilterInput | None = strawberry.field(description="By type.", default=None)
    category: GlobalIDFilterInput | None = strawberry.field(
        description="By category, with all below it.", default=None
    )
    collection: GlobalIDFilterInput | None = strawberry.field(description="By collection.", default=None)
    is_available: bool | None = strawberry.field(description="For sale in the channel by now.", default=None)
    is_published: bool | None = strawberry.field(description="Published in the channel by now.", default=None)
    is_visible_in_listing: bool | None = strawberry.field(
        description="Shown in the channel's lists.", default=None
    )
    published_from: DateTime | None = strawberry.field(description="Published then or later.", default=None)
    available_from: DateTime | None = strawberry.field(
        description="For sale from then on or later.", default=None
    )
    has_category: bool | None = strawberry.field(description="In a category at all.", default=None)
    price: DecimalFilterInput | None = strawberry.field(
        description="One of its variants is sold for this much now.", default=None
    )
    minimal_price: DecimalFilterInput | None = strawberry.field(
        description="Its cheapest variant is sold for this much now.", default=None
    )
    attributes: list[AttributeInput] | None = strawberry.field(
        description="Having each of these, themselves or by one of their variants.", default=None
    )
    stock_availability: StockAvailability | None = strawberry.field(
        description="In stock in the channel, or not.", default=None
    )
    stocks: ProductStockFilterInput | None = strawberry.field(description="By their stock.", default=None)
    gift_card: bool | None = strawberry.field(description="Whether it is a gift card.", default=None)
    updated_at: DateTimeFilterInput | None = strawberry.field(description="When last changed.", default=None)
    all_of: list["ProductWhereInput"] | None = strawberry.field(
        name="AND", description="All of this too.", default=None
    )
    any_of: list["ProductWhereInput"] | None = strawberry.field(
        name="OR", description="And at least one of these.", default=None
    )


def _search(text: str) -> Condition:
    return searched(search.read(text))


def _in_stock(given: StockAvailability) -> Condition:
    return Holds("in_stock", {"wanted": given is StockAvailability.IN_STOCK})


def _from(predicate: str) -> Any:
    return lambda moment: Holds(predicate, {"moment": moment})


def _prices(predicate: str) -> Any:
    return lambda given: bounds(predicate, exact(given.gte), exact(given.lte))


def _updated(given: DateTimeFilterInput) -> Condition:
    allowed = chosen(given.eq, given.one_of)
    return both(
        ALWAYS if allowed is None else Holds("updated_in", {"moments": allowed}),
        ALWAYS if given.range is None else between("updated_between")(given.range),
    )


def _stocks(given: ProductStockFilterInput) -> Condition:
    warehouses = {
        "warehouse_ids": ids.parse_all("Warehouse", given.warehouse_ids or None, field="warehouseIds")
    }
    if given.quantity is not None:
        return Holds("units_between", {"low": given.quantity.gte, "high": given.quantity.lte, **warehouses})
    return Holds("in_warehouses", warehouses) if given.warehouse_ids else ALWAYS


def _attributes(given: list[AttributeInput]) -> Condition:
    return both(*(_attribute(one) for one in given))


def _attribute(given: AttributeInput) -> Condition:
    """The older fields ask for what ``value`` asks for."""
    older = condition_of(given, OLDER)
    return both(
        attribute_value(given.slug, given.value) if given.value or older == ALWAYS else ALWAYS,
        of_attribute(given.slug, older),
    )


def _any_of(given: list[ProductWhereInput]) -> Condition:
    return AnyOf(tuple(where_condition(one) for one in given)) if given else ALWAYS


OLDER: Table = {
    "values": some("value_slug"),
    "values_range": between("value_number_between"),
    "date": lambda given: bounds("value_moment_between", *day_range(given)),
    "date_time": between("value_moment_between"),
    "boolean": flag("value_boolean"),
}
SHARED: Table = {
    "ids": some_ids("ids", "Product", "ids"),
    "is_published": flag("published"),
    "is_available": flag("for_sale"),
    "is_visible_in_listing": flag("visible"),
    "published_from": _from("published_from"),
    "available_from": _from("for_sale_from"),
    "has_category": flag("has_category"),
    "attributes": _attributes,
    "stock_availability": _in_stock,
    "stocks": _stocks,
    "gift_card": flag("gift_card"),
    "metadata": metadata,
}
FILTER: Table = {
    **SHARED,
    "collections": some_ids("in_collections", "Collection", "collections"),
    "categories": some_ids("in_categories", "Category", "categories"),
    "search": _search,
    "price": _prices("price_between"),
    "minimal_price": _prices("lowest_between"),
    "updated_at": between("updated_between"),
    "product_types": some_ids("types", "ProductType", "productTypes"),
    "slugs": some("slugs"),
}
WHERE: Table = {
    **SHARED,
    "name": texts("names"),
    "slug": texts("slugs"),
    "product_type": id_filter("types", "ProductType", "productType"),
    "category": id_filter("in_categories", "Category", "category"),
    "collection": id_filter("in_collections", "Collection", "collection"),
    "price": numbers("price"),
    "minimal_price": numbers("lowest"),
    "updated_at": _updated,
    "all_of": lambda given: both(*(where_condition(one) for one in given)),
    "any_of": _any_of,
}


def filter_condition(given: ProductFilterInput | None) -> Condition:
    return ALWAYS if given is None else condition_of(given, FILTER)


def where_condition(given: ProductWhereInput | None) -> Condition:
    return ALWAYS if given is None else condition_of(given, WHERE)
