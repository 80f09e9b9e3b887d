"""Assigned attributes: one GraphQL type for each kind of value."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

import strawberry

from db.attributes import AssignedRow
from domain.attributes import InputType
from domain.languages import LanguageCode
from engine.words import attribute, batch_field, inline
from loaders.translations import TranslationLoaders
from schema.assigned_attributes import KINDS, Assigned, AssignedAttribute, Limit, at_most
from schema.cache_hints import AS_ABOVE
from schema.context import Context
from schema.files import File, FileRow, kept_file
from schema.scalars import JSON, Date, DateTime

Language = Annotated[LanguageCode, strawberry.argument(description="The language.")]


def translated(text: str) -> Callable[..., Awaitable[list[str | None]]]:
    """For ``batch_field``: this text of the values' translations."""

    async def texts(
        rows: Sequence[AssignedRow | None], context: Context, *, language_code: Language
    ) -> list[str | None]:
        keys = [(row.id, language_code) for row in rows if row is not None]
        found = iter(await context.loading.load_many(TranslationLoaders.attribute_value, keys))
        return [getattr(next(found), text, None) if row is not None else None for row in rows]

    return texts


def translated_first(text: str) -> Callable[..., Awaitable[list[str | None]]]:
    """As ``translated``, of an attribute's first value."""
    translate = translated(text)

    async def texts(
        rows: Sequence[Assigned], context: Context, *, language_code: Language
    ) -> list[str | None]:
        return await translate([row.first for row in rows], context, language_code=language_code)

    return texts


def numeric(assigned: Assigned) -> float | None:
    first = assigned.first
    return None if first is None or first.numeric is None else float(first.numeric)


def of_first(column: str) -> Callable[[Assigned], Any]:
    """For ``inline``: this column of an attribute's first value."""

    def read(assigned: Assigned) -> Any:
        return getattr(assigned.first, column, None)

    return read


def day(assigned: Assigned) -> date | None:
    moment: datetime | None = getattr(assigned.first, "date_time", None)
    return None if moment is None else moment.date()


def first_file(context: Context, assigned: Assigned) -> FileRow | None:
    first = assigned.first
    return None if first is None else kept_file(context, first.file_key, first.content_type)


async def choices(
    rows: Sequence[Assigned], context: Context, *, limit: Limit = None
) -> list[list[AssignedRow]]:
    del context
    return [list(row.values[: at_most(limit)]) for row in rows]


@strawberry.type(description="A number.", directives=[AS_ABOVE])
class AssignedNumericAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.NUMERIC, None]

    value: float | None = inline(numeric, description="The number, in the attribute's unit.")


@strawberry.type(description="A text with formats.", directives=[AS_ABOVE])
class AssignedTextAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.RICH_TEXT, None]

    value: JSON | None = inline(of_first("rich_text"), description="The text, in the editor's JSON.")
    translation: JSON | None = batch_field(
        translated_first("description"), description="The text in another language."
    )


@strawberry.type(description="A text without formats.", directives=[AS_ABOVE])
class AssignedPlainTextAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.PLAIN_TEXT, None]

    value: str | None = inline(of_first("plain_text"), description="The text.")
    translation: str | None = batch_field(
        translated_first("plain_text"), description="The text in another language."
    )


@strawberry.type(description="A file.", directives=[AS_ABOVE])
class AssignedFileAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.FILE, None]

    value: File | None = inline(first_file, description="The file.")


@strawberry.type(description="A choice of an attribute.", directives=[AS_ABOVE])
class AssignedChoiceAttributeValue:
    name: str | None = attribute("The name that shoppers see.")
    slug: str | None = attribute("The name that clients ask by.")
    translation: str | None = batch_field(translated("name"), description="The name in another language.")


@strawberry.type(description="One of several choices.", directives=[AS_ABOVE])
class AssignedSingleChoiceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.DROPDOWN, None]

    value: AssignedChoiceAttributeValue | None = attribute("The choice.", column="first")


@strawberry.type(description="Any number of choices.", directives=[AS_ABOVE])
class AssignedMultiChoiceAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.MULTISELECT, None]

    value: list[AssignedChoiceAttributeValue] = batch_field(
        choices, description="The choices, in their order."
    )


@strawberry.type(description="A colour or a pattern.", directives=[AS_ABOVE])
class AssignedSwatchAttributeValue:
    name: str | None = attribute("The name that shoppers see.")
    slug: str | None = attribute("The name that clients ask by.")
    hex_color: str | None = attribute("The colour, such as #ff8800.", column="value")
    file: File | None = inline(
        kept_file, "file_key", "content_type", nulls=True, description="A picture of the pattern."
    )
    translation: str | None = batch_field(translated("name"), description="The name in another language.")


@strawberry.type(description="One of several colours or patterns.", directives=[AS_ABOVE])
class AssignedSwatchAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.SWATCH, None]

    value: AssignedSwatchAttributeValue | None = attribute("The colour or pattern.", column="first")


@strawberry.type(description="Yes or no.", directives=[AS_ABOVE])
class AssignedBooleanAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.BOOLEAN, None]

    value: bool | None = inline(of_first("boolean"), description="Yes or no.")


@strawberry.type(description="A day.", directives=[AS_ABOVE])
class AssignedDateAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.DATE, None]

    value: Date | None = inline(day, description="The day.")


@strawberry.type(description="A point in time.", directives=[AS_ABOVE])
class AssignedDateTimeAttribute(AssignedAttribute):
    represents: ClassVar[type] = KINDS[InputType.DATE_TIME, None]

    value: DateTime | None = inline(of_first("date_time"), description="The point in time.")


TYPES: list[type] = [
    AssignedNumericAttribute,
    AssignedTextAttribute,
    AssignedPlainTextAttribute,
    AssignedFileAttribute,
    AssignedSingleChoiceAttribute,
    AssignedMultiChoiceAttribute,
    AssignedSwatchAttribute,
    AssignedBooleanAttribute,
    AssignedDateAttribute,
    AssignedDateTimeAttribute,
]
"""What a schema has to be told of, because only an interface leads here."""
