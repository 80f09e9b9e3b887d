"""Attributes and their values."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from itertools import groupby
from typing import Annotated, Any, ClassVar

import strawberry

from db.attributes import AssignedRow, AttributeFacts, AttributeRow, TypeAttributeRow, ValueRow
from domain.attributes import Entity, InputType
from engine.words import attribute, inline
from loaders.attributes import AttributeLoaders
from loaders.batching import Many
from loaders.translations import TranslationLoaders
from schema.cache_hints import AS_ABOVE, CATALOGUE
from schema.context import Context
from schema.enums import declare
from schema.files import File, kept_file
from schema.ids import global_id, to_global
from schema.metadata import Node, ObjectWithMetadata
from schema.scalars import Date, DateTime, JSONString
from schema.translations import AttributeTranslation, AttributeValueTranslation, translation


@strawberry.enum(description="Which of a variant's attributes are meant.")
class VariantAttributeScope(Enum):
    ALL = strawberry.enum_value("ALL", description="All of them.")
    VARIANT_SELECTION = strawberry.enum_value(
        "VARIANT_SELECTION", description="Those by which shoppers choose the variant."
    )
    NOT_VARIANT_SELECTION = strawberry.enum_value("NOT_VARIANT_SELECTION", description="The others.")


declare(
    InputType,
    "AttributeInputTypeEnum",
    "What the values of an attribute are.",
    {
        InputType.DROPDOWN: "One of several choices.",
        InputType.MULTISELECT: "Any number of several choices.",
        InputType.FILE: "A file.",
        InputType.REFERENCE: "Any number of other objects.",
        InputType.SINGLE_REFERENCE: "One other object.",
        InputType.NUMERIC: "A number.",
        InputType.RICH_TEXT: "A text with formats.",
        InputType.PLAIN_TEXT: "A text without formats.",
        InputType.SWATCH: "One of several colours or patterns.",
        InputType.BOOLEAN: "Yes or no.",
        InputType.DATE: "A day.",
        InputType.DATE_TIME: "A point in time.",
    },
)
declare(
    Entity,
    "AttributeEntityTypeEnum",
    "What a reference points at.",
    {
        Entity.PAGE: "Pages.",
        Entity.PRODUCT: "Products.",
        Entity.PRODUCT_VARIANT: "Variants of products.",
        Entity.CATEGORY: "Categories.",
        Entity.COLLECTION: "Collections.",
    },
)

REFERENCES = {
    Entity.PAGE: ("Page", "page_id"),
    Entity.PRODUCT: ("Product", "product_id"),
    Entity.PRODUCT_VARIANT: ("ProductVariant", "variant_id"),
    Entity.CATEGORY: ("Category", "category_id"),
    Entity.COLLECTION: ("Collection", "collection_id"),
}
"""By what a reference points at: the GraphQL type, and the column that holds its key."""


@strawberry.type(
    description="Something that can be said about products, variants or pages, such as a colour.",
    directives=[CATALOGUE],
)
class Attribute(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (AttributeRow, TypeAttributeRow, AttributeFacts)

    id: strawberry.ID = global_id("Attribute")
    name: str = attribute("The name that shoppers see.")
    slug: str = attribute("The name that clients ask by.")
    input_type: InputType | None = attribute("What its values are.")
    entity_type: Entity | None = attribute(
        "What its references point at, if they are its values.", column="entity"
    )
    value_required: bool = attribute("Whether it may not be left without a value.")
    visible_in_storefront: bool = attribute("Whether shoppers see it.")
    filterable_in_storefront: bool = attribute("Whether shoppers may filter by it.")
    external_reference: str | None = attribute("What another system calls it.")
    translation: AttributeTranslation | None = translation(TranslationLoaders.attribute)


def day(moment: datetime, input_type: str) -> date | None:
    return moment.date() if input_type == InputType.DATE else None


def exact_moment(moment: datetime, input_type: str) -> datetime | None:
    return moment if input_type == InputType.DATE_TIME else None


def reference_id(value: ValueRow) -> strawberry.ID | None:
    """The global id of what a value points at; None unless it is a reference."""
    if value.entity is None:
        return None
    kind, column = REFERENCES[Entity(value.entity)]
    key: int | None = getattr(value, column)
    return None if key is None else to_global(kind, key)


@strawberry.type(
    description="A value of an attribute. Which field holds it follows the attribute's input type.",
    directives=[CATALOGUE],
)
class AttributeValue(Node):
    represents: ClassVar[tuple[type, ...]] = (ValueRow, AssignedRow)

    id: strawberry.ID = global_id("AttributeValue")
    name: str | None = attribute("The name that shoppers see.")
    slug: str | None = attribute("The name that clients ask by.")
    value: str | None = attribute("A swatch's colour.")
    input_type: InputType | None = attribute("What the values of the attribute are.")
    translation: AttributeValueTranslation | None = translation(TranslationLoaders.attribute_value)
    reference: strawberry.ID | None = inline(reference_id, description="The id of what the value points at.")
    file: File | None = inline(kept_file, "file_key", "content_type", nulls=True, description="The file.")
    rich_text: JSONString | None = attribute("The text, in the editor's JSON.")
    plain_text: str | None = attribute("The text.")
    boolean: bool | None = attribute("Yes or no.")
    date: Date | None = inline(day, "date_time", "input_type", description="The day.")
    date_time: DateTime | None = inline(
        exact_moment, "date_time", "input_type", description="The point in time."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    attribute: AttributeFacts
    values: Sequence[AssignedRow]


@strawberry.type(
    description="An attribute of a product, a variant or a page, and the values it has there.",
    directives=[AS_ABOVE],
)
class SelectedAttribute:
    represents: ClassVar[type] = Selected

    values: list[AttributeValue] = attribute("The values; none where it has been given none.")
    attribute: Attribute = attribute("The attribute.")


def by_attribute(rows: Sequence[AssignedRow]) -> list[list[AssignedRow]]:
    """What a loader of ``AttributeLoaders`` gave for one owner, one list for each attribute."""
    return [list(group) for _, group in groupby(rows, key=lambda row: row.attribute_id)]


def given(rows: Sequence[AssignedRow]) -> list[AssignedRow]:
    """The values among the rows of one attribute."""
    return [row for row in rows if row.given]


async def _selected(
    relation: Many[int, AssignedRow],
    rows: Sequence[Any],
    context: Context,
    shown: Callable[[AssignedRow], bool],
) -> list[list[Selected]]:
    found = await context.loading.load_many(relation, [row.id for row in rows])
    return [
        [Selected(group[0].attribute(), given(group)) for group in by_attribute(assigned) if shown(group[0])]
        for assigned in found
    ]


def selected_attributes(relation: Many[int, AssignedRow]) -> Callable[..., Awaitable[list[list[Selected]]]]:
    """For ``batch_field``: ``attributes`` of products or pages, by a relation of ``AttributeLoaders``."""

    async def selected(rows: Sequence[Any], context: Context) -> list[list[Selected]]:
        return await _selected(relation, rows, context, lambda _row: True)

    return selected


SCOPES: dict[VariantAttributeScope, Callable[[AssignedRow], bool]] = {
    VariantAttributeScope.ALL: lambda _row: True,
    VariantAttributeScope.VARIANT_SELECTION: lambda row: row.variant_selection,
    VariantAttributeScope.NOT_VARIANT_SELECTION: lambda row: not row.variant_selection,
}
Scope = Annotated[
    VariantAttributeScope | None, strawberry.argument(description="Which attributes; all where left out.")
]


async def variant_attributes(
    rows: Sequence[Any], context: Context, *, variant_selection: Scope = None
) -> list[list[Selected]]:
    """For ``batch_field``: ``attributes`` of variants."""
    shown = SCOPES[variant_selection or VariantAttributeScope.ALL]
    return await _selected(AttributeLoaders.of_variant, rows, context, shown)
