"""What is said about an object: its attributes, each with the values it has there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry

from db.attributes import AssignedRow, AttributeFacts
from domain.attributes import Entity, InputType
from engine.words import attribute
from loaders.batching import Many
from schema.attributes import Attribute, by_attribute, given
from schema.cache_hints import AS_ABOVE
from schema.context import Context
from schema.scalars import PositiveInt

MOST: Final = 100
Limit = Annotated[
    PositiveInt | None, strawberry.argument(description=f"At most so many; {MOST} where left out.")
]
Slug = Annotated[str, strawberry.argument(description="The attribute's slug.")]
Relation = Many[int, AssignedRow]


def at_most(limit: int | None) -> int:
    """How many to give where ``limit`` was asked for: never more than a page has, as they are priced."""
    return MOST if limit is None else min(limit, MOST)


@strawberry.interface(description="An attribute of an object, and what it says there.", directives=[AS_ABOVE])
class AssignedAttribute:
    attribute: Attribute = attribute("The attribute.")


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """An attribute of one object, which is seen in a channel or in none; ``values`` are in their order."""

    attribute: AttributeFacts
    channel_id: int | None
    values: Sequence[AssignedRow]

    @property
    def first(self) -> AssignedRow | None:
        return self.values[0] if self.values else None


REFERENCES: Final = (InputType.REFERENCE, InputType.SINGLE_REFERENCE)
KINDS: Mapping[tuple[str, str | None], type[Assigned]] = {
    (input_type, entity): type(f"Assigned_{input_type}_{entity}", (Assigned,), {"__slots__": ()})
    for input_type in InputType
    for entity in (Entity if input_type in REFERENCES else (None,))
}
"""A class of ``Assigned`` for each kind of attribute: an interface is answered by the class of the value."""


def assigned_attributes(relation: Relation) -> Callable[..., Awaitable[list[list[Assigned]]]]:
    """For ``batch_field``: every attribute of the rows, by a relation of ``AttributeLoaders``.

    The rows need ``id`` and ``channel_id``. Attributes of their type that they give no value are listed too.
    """

    async def assigned(rows: Sequence[Any], context: Context, *, limit: Limit = None) -> list[list[Assigned]]:
        most = at_most(limit)
        return [found[:most] for found in await _load(relation, rows, context)]

    return assigned


def assigned_attribute(relation: Relation) -> Callable[..., Awaitable[list[Assigned | None]]]:
    """As ``assigned_attributes``: the one with the slug, or None."""

    async def assigned(rows: Sequence[Any], context: Context, *, slug: Slug) -> list[Assigned | None]:
        found = await _load(relation, rows, context, slug)
        return [attributes[0] if attributes else None for attributes in found]

    return assigned


async def _load(
    relation: Relation, rows: Sequence[Any], context: Context, slug: str | None = None
) -> list[list[Assigned]]:
    found = await context.loading.load_many(relation, [row.id for row in rows])
    return [
        [
            _assigned(group, owner.channel_id)
            for group in by_attribute(assigned)
            if slug is None or group[0].attribute_slug == slug
        ]
        for owner, assigned in zip(rows, found, strict=True)
    ]


def _assigned(group: Sequence[AssignedRow], channel_id: int | None) -> Assigned:
    row = group[0]
    entity = row.entity if row.input_type in REFERENCES else None
    return KINDS[row.input_type, entity](row.attribute(), channel_id, given(group))
