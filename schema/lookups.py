"""How root fields find one object by the one name that was given."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import strawberry

from db import translations
from db.statements import Connection
from domain.languages import LanguageCode
from domain.refusals import Invalid, Required
from schema.channel_choice import choose_channel
from schema.context import Context

LinkChannel = Annotated[
    str | None,
    strawberry.argument(
        description="The channel in which products and collections that are linked to are seen."
    ),
]


def exactly_one(**given: str | None) -> None:
    """Raise ``Invalid`` unless one of these arguments, by the API's names, has a value."""
    if sum(value is not None for value in given.values()) != 1:
        raise Invalid(f"Give exactly one of these: {', '.join(given)}.", field=next(iter(given)))


async def id_by_slug(
    context: Context,
    kind: str,
    slug: str,
    language: LanguageCode | None,
    find: Callable[[Connection, str], Awaitable[int | None]],
) -> int | None:
    """The key of the ``kind`` whose slug is translated so; or else, by ``find``, whose own slug it is."""
    if language is not None:
        translated = await context.read(translations.object_by_slug, kind, language, [slug])
        if translated:
            return translated[0].object_id
    return await context.read(find, slug)


async def linked_channel(context: Context, slug: str | None) -> int | None:
    """The channel that things of no channel link into; None where it is not clear which."""
    try:
        chosen = await choose_channel(context, slug)
    except Required:
        return None
    return None if chosen is None else chosen.id
