"""How long a field's value is good for, and for whom: declared on types and fields, and seen in the SDL.

As Apollo has it: a field that gives objects is good for no time unless it or its type has a hint, and so is a
root field; any other field is good for as long as what it is read from. An answer is as good as the worst
field in it::

    @strawberry.type(description="...", directives=[CacheControl(max_age=60)])
    class Product:
        stock: Stock = edge(..., directives=[CacheControl(max_age=5)])
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import strawberry
from graphql import GraphQLField, get_named_type, is_composite_type
from strawberry import UNSET
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

DEFINITION: Final = "strawberry-definition"


@strawberry.enum(name="CacheControlScope", description="For whom an answer may be kept.")
class CacheScope(Enum):
    PUBLIC = strawberry.enum_value("PUBLIC", description="For everybody.")
    PRIVATE = strawberry.enum_value("PRIVATE", description="For whoever has asked.")


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION, Location.INTERFACE, Location.UNION],
    name="cacheControl",
    description="For how many seconds what the field gives may be kept: for none, unless it is said.",
)
class CacheControl:
    """``inherit_max_age``: for as long as what it is read from. Without a scope it is for everybody."""

    max_age: int | None = strawberry.directive_field(name="maxAge", default=UNSET)
    scope: CacheScope | None = strawberry.directive_field(name="scope", default=UNSET)
    inherit_max_age: bool | None = strawberry.directive_field(name="inheritMaxAge", default=UNSET)


@dataclass(frozen=True, slots=True)
class Hint:
    """``max_age`` is null where nothing is said of it."""

    max_age: int | None = None
    is_private: bool = False
    inherits: bool = False


def hint_of(field: GraphQLField) -> Hint:
    """What is said of the field; where it says nothing, what its type says."""
    kind = get_named_type(field.type)
    own = _hint(field.extensions.get(DEFINITION))
    of_type = _hint(kind.extensions.get(DEFINITION)) if is_composite_type(kind) else None
    if own is None or of_type is None:
        return own or of_type or Hint()
    said = own if own.max_age is not None or own.inherits else of_type
    return Hint(said.max_age, own.is_private or of_type.is_private, said.inherits)


def _hint(definition: object) -> Hint | None:
    directives: Iterable[object] = ()
    if isinstance(definition, StrawberryField | StrawberryObjectDefinition | StrawberryUnion):
        directives = definition.directives or ()
    for given in directives:
        if isinstance(given, CacheControl):
            max_age = None if given.max_age is UNSET else given.max_age
            return Hint(max_age, given.scope is CacheScope.PRIVATE, given.inherit_max_age is True)
    return None
