"""What a field costs: declared on it, published in the schema's printed form, and otherwise worked out.

A cost stands for rows: a field that copies from the row above it is free, one that looks something up costs 1
for each row it may give. Twenty fields that are shown of a row are as much work as another row. ``@cost`` and
``@listSize`` on a field say otherwise::

    lines: list[OrderLine] = edge(OrderLoaders.lines, key="id", directives=[ListSize(assumed_size=20)], ...)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)
from strawberry import UNSET
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from engine.declarations import declared_as
from engine.words import Attribute, Inline

DEFINITION: Final = "strawberry-definition"
PRICE: Final = "price"
SLICING: tuple[str, ...] = ("first", "last", "limit")
PAGE_FIELDS: Final = ("edges", "nodes")
ASSUMED_LIST = 5  # items of a list whose length no argument bounds
ASSUMED_PAGE = 20  # items of a page nobody gave a size
LONGEST_PAGE = 100  # items: whoever asks for more is refused by the list itself
MUTATION_COMPLEXITY = 10
FIELDS_A_POINT = 20  # shown of one row, under whatever names
WHOLE_TEXTS = frozenset({"JSON", "JSONString"})  # scalars: one such text is as long as many fields


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What the field adds to the cost of an operation, for each item it gives.",
)
class Cost:
    complexity: int = strawberry.directive_field(name="complexity")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many items the field is taken to give; a list without this is taken to give 5.",
)
class ListSize:
    """``slicing_arguments`` bound the number; ``sized_fields`` are the fields below that hold the items."""

    assumed_size: int = strawberry.directive_field(name="assumedSize")
    slicing_arguments: list[str] | None = strawberry.directive_field(name="slicingArguments", default=UNSET)
    sized_fields: list[str] | None = strawberry.directive_field(name="sizedFields", default=UNSET)
    require_one_slicing_argument: bool | None = strawberry.directive_field(
        name="requireOneSlicingArgument", default=UNSET
    )


@dataclass(frozen=True, slots=True)
class Price:
    """``size`` is how many items are assumed where none of the ``slicing`` arguments is given.

    A ``connection`` gives its items in its page fields; those (``page``) are as long as it says.
    """

    complexity: int
    size: int = 1
    slicing: tuple[str, ...] = ()
    connection: bool = False
    page: bool = False


def price_of(kind: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField) -> Price:
    """What the field ``name`` of ``kind`` costs; worked out once."""
    found: Price | None = field.extensions.get(PRICE)
    if found is None:
        found = _price(kind, name, field)
        field.extensions = {**field.extensions, PRICE: found}
    return found


def shown_by(field: GraphQLField) -> int:
    """As how many fields of a row a leaf counts."""
    return FIELDS_A_POINT if get_named_type(field.type).name in WHOLE_TEXTS else 1


def publish_price(
    kind: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField, *, complexity: int = 1
) -> None:
    """Price a declared field and put what was worked out beside what was declared, for the printed schema."""
    definition = field.extensions.get(DEFINITION)
    price = _price(kind, name, field, complexity)
    field.extensions = {**field.extensions, PRICE: price}
    if not isinstance(definition, StrawberryField) or not _looks_up(field):
        return
    worked_out: list[Any] = [Cost(complexity=price.complexity)]
    if price.connection or is_list_type(get_nullable_type(field.type)):
        pages = [page for page in PAGE_FIELDS if page in getattr(get_named_type(field.type), "fields", {})]
        worked_out.append(
            ListSize(
                assumed_size=price.size,
                slicing_arguments=list(price.slicing) or UNSET,
                sized_fields=pages if price.connection else UNSET,
                require_one_slicing_argument=False if price.slicing else UNSET,
            )
        )
    given = {type(directive) for directive in definition.directives}
    definition.directives = [
        *definition.directives,
        *(directive for directive in worked_out if type(directive) not in given),
    ]


def _price(
    kind: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField, complexity: int = 1
) -> Price:
    declared = _declared(field)
    cost = next((given for given in declared if isinstance(given, Cost)), None)
    sized = next((given for given in declared if isinstance(given, ListSize)), None)
    connection = _is_connection(get_named_type(field.type))
    several = connection or is_list_type(get_nullable_type(field.type))
    slicing = tuple(argument for argument in SLICING if argument in field.args)
    size = (ASSUMED_PAGE if connection else ASSUMED_LIST) if several else 1
    if sized is not None:
        size = sized.assumed_size
        slicing = tuple(sized.slicing_arguments or slicing)
    return Price(
        cost.complexity if cost else complexity if _looks_up(field) else 0,
        size,
        slicing,
        connection,
        page=name in PAGE_FIELDS and _is_connection(kind),
    )


def _declared(field: GraphQLField) -> Sequence[object]:
    definition = field.extensions.get(DEFINITION)
    return definition.directives if isinstance(definition, StrawberryField) else ()


def _looks_up(field: GraphQLField) -> bool:
    """Whether the field does more than copy; in a schema that is not declared, whether it gives objects."""
    if DEFINITION not in field.extensions:
        return is_composite_type(get_named_type(field.type))
    declared = declared_as(field)
    return declared is None or not isinstance(declared.word, Attribute | Inline)


def _is_connection(kind: object) -> bool:
    return isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and "pageInfo" in kind.fields
