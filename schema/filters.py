"""Filters that lists share: every condition given has to hold, and one that is left out holds."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal as ExactDecimal
from enum import Enum

import strawberry

from schema.scalars import Date, DateTime, Decimal


@strawberry.enum(description="Which way a list is sorted.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="The lowest first.")
    DESC = strawberry.enum_value("DESC", description="The highest first.")


@strawberry.enum(description="Whether there is something to sell.")
class StockAvailability(Enum):
    IN_STOCK = strawberry.enum_value("IN_STOCK", description="At least one unit can be bought.")
    OUT_OF_STOCK = strawberry.enum_value("OUT_OF_STOCK", description="Nothing is left.")


@strawberry.input(description="Texts, compared exactly.")
class StringFilterInput:
    eq: str | None = strawberry.field(description="Equal to this.", default=None)
    one_of: list[str] | None = strawberry.field(description="Equal to one of these.", default=None)


@strawberry.input(description="Objects, by their ids.")
class GlobalIDFilterInput:
    eq: strawberry.ID | None = strawberry.field(description="This one.", default=None)
    one_of: list[strawberry.ID] | None = strawberry.field(description="One of these.", default=None)


@strawberry.input(description="Whole numbers from one to another, both included.")
class IntRangeInput:
    gte: int | None = strawberry.field(description="At least this.", default=None)
    lte: int | None = strawberry.field(description="At most this.", default=None)


@strawberry.input(description="Prices from one to another, both included.")
class PriceRangeInput:
    gte: float | None = strawberry.field(description="At least this.", default=None)
    lte: float | None = strawberry.field(description="At most this.", default=None)


@strawberry.input(description="Exact numbers from one to another, both included.")
class DecimalRangeInput:
    gte: Decimal | None = strawberry.field(description="At least this.", default=None)
    lte: Decimal | None = strawberry.field(description="At most this.", default=None)


@strawberry.input(description="Exact numbers.")
class DecimalFilterInput:
    eq: Decimal | None = strawberry.field(description="Equal to this.", default=None)
    one_of: list[Decimal] | None = strawberry.field(description="Equal to one of these.", default=None)
    range: DecimalRangeInput | None = strawberry.field(description="Within this range.", default=None)


@strawberry.input(description="Dates from one to another, both included.")
class DateRangeInput:
    gte: Date | None = strawberry.field(description="On this day or later.", default=None)
    lte: Date | None = strawberry.field(description="On this day or earlier.", default=None)


@strawberry.input(description="Points in time from one to another, both included.")
class DateTimeRangeInput:
    gte: DateTime | None = strawberry.field(description="Then or later.", default=None)
    lte: DateTime | None = strawberry.field(description="Then or earlier.", default=None)


@strawberry.input(description="Points in time.")
class DateTimeFilterInput:
    eq: DateTime | None = strawberry.field(description="Exactly then.", default=None)
    one_of: list[DateTime] | None = strawberry.field(description="At one of these.", default=None)
    range: DateTimeRangeInput | None = strawberry.field(description="Within this range.", default=None)


@strawberry.input(description="Public metadata that an object has.")
class MetadataFilter:
    key: str = strawberry.field(description="The key.")
    value: str | None = strawberry.field(description="Its value; any value where left out.", default=None)


@strawberry.input(description="Values of a metadata key.")
class MetadataValueFilterInput:
    eq: str | None = strawberry.field(description="Equal to this.", default=None)
    one_of: list[str] | None = strawberry.field(description="Equal to one of these.", default=None)


@strawberry.input(description="Public metadata that an object has.")
class MetadataFilterInput:
    key: str = strawberry.field(description="The key.")
    value: MetadataValueFilterInput | None = strawberry.field(
        description="Its value; any value where left out.", default=None
    )


@strawberry.input(description="A list that has to hold some things.")
class ContainsFilterInput:
    contains_any: list[str] | None = strawberry.field(description="At least one of these.", default=None)
    contains_all: list[str] | None = strawberry.field(description="Each of these.", default=None)


@strawberry.input(description="What an attribute's references have to name.")
class AssignedAttributeReferenceInput:
    referenced_ids: ContainsFilterInput | None = strawberry.field(
        description="Global ids of anything.", default=None
    )
    page_slugs: ContainsFilterInput | None = strawberry.field(description="Slugs of pages.", default=None)
    product_slugs: ContainsFilterInput | None = strawberry.field(
        description="Slugs of products.", default=None
    )
    product_variant_skus: ContainsFilterInput | None = strawberry.field(
        description="SKUs of variants.", default=None
    )
    category_slugs: ContainsFilterInput | None = strawberry.field(
        description="Slugs of categories.", default=None
    )
    collection_slugs: ContainsFilterInput | None = strawberry.field(
        description="Slugs of collections.", default=None
    )


@strawberry.input(description="A value that an object has of an attribute.")
class AssignedAttributeValueInput:
    slug: StringFilterInput | None = strawberry.field(description="The value's slug.", default=None)
    name: StringFilterInput | None = strawberry.field(description="The value's name.", default=None)
    numeric: DecimalFilterInput | None = strawberry.field(description="The value as a number.", default=None)
    date: DateRangeInput | None = strawberry.field(description="The value as a date.", default=None)
    date_time: DateTimeRangeInput | None = strawberry.field(
        description="The value as a point in time.", default=None
    )
    boolean: bool | None = strawberry.field(description="The value as yes or no.", default=None)
    reference: AssignedAttributeReferenceInput | None = strawberry.field(
        description="What the values refer to.", default=None
    )


@strawberry.input(description="An attribute that an object has, and its value.")
class AssignedAttributeWhereInput:
    slug: str | None = strawberry.field(description="The attribute's slug; any where left out.", default=None)
    value: AssignedAttributeValueInput | None = strawberry.field(
        description="The value; any where left out.", default=None
    )


@strawberry.input(description="An attribute that a product or one of its variants has, and its value.")
class AttributeInput:
    slug: str | None = strawberry.field(description="The attribute's slug; any where left out.", default=None)
    value: AssignedAttributeValueInput | None = strawberry.field(
        description="The value; any where left out.", default=None
    )
    values: list[str] | None = strawberry.field(
        description="Slugs of values; one of them has to be there.",
        default=None,
        deprecation_reason="Use `value`.",
    )
    values_range: IntRangeInput | None = strawberry.field(
        description="The value as a number.", default=None, deprecation_reason="Use `value`."
    )
    date_time: DateTimeRangeInput | None = strawberry.field(
        description="The value as a point in time.", default=None, deprecation_reason="Use `value`."
    )
    date: DateRangeInput | None = strawberry.field(
        description="The value as a date.", default=None, deprecation_reason="Use `value`."
    )
    boolean: bool | None = strawberry.field(
        description="The value as yes or no.", default=None, deprecation_reason="Use `value`."
    )


def exact(price: float | None) -> ExactDecimal | None:
    """A price that came as a floating-point number, as the decimal that was written."""
    return None if price is None else ExactDecimal(str(price))


def chosen(eq: object, one_of: Iterable[object] | None) -> list[object] | None:
    """What ``eq`` and ``oneOf`` allow together; None where neither was given."""
    if eq is None:
        return None if one_of is None else list(one_of)
    return [eq] if one_of is None or eq in set(one_of) else []


def day_range(days: DateRangeInput) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The moments from the first day's beginning to the last day's end, UTC."""
    begin = None if days.gte is None else dt.datetime.combine(days.gte, dt.time.min, dt.UTC)
    end = None if days.lte is None else dt.datetime.combine(days.lte, dt.time.max, dt.UTC)
    return begin, end
