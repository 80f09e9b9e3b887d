"""What a built schema remembers of its declarations, for whoever runs documents on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryMaybe

from engine.converting import Convert, Converters
from engine.words import Word

WORD: Final = "declared"
ROOT: Final = "root"
ROWS: Final = "rows"


class Converted:
    """How a field's arguments become Python values: call it with those that graphql-core has coerced."""

    def __init__(
        self,
        arguments: list[StrawberryArgument],
        scalars: Mapping[object, Any],
        config: StrawberryConfig,
    ) -> None:
        self._converters = Converters(scalars, config)
        self._by_name = {config.name_converter.from_argument(argument): argument for argument in arguments}

    def __call__(self, given: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in given.items():
            python_name, convert = self._known[name]
            made[python_name] = value if convert is None else convert(value)
        return made

    @cached_property
    def _known(self) -> dict[str, tuple[str, Convert | None]]:
        """By what they are called in documents: what Python calls them, and how they are converted."""
        return {
            name: (argument.python_name, self._converters.of(argument.type))
            for name, argument in self._by_name.items()
        }

    def name(self, argument: str) -> str:
        """What Python calls it."""
        return self._by_name[argument].python_name

    def is_plain(self, argument: str) -> bool:
        """Whether values of a leaf type are handed over as they are."""
        return not isinstance(self._by_name[argument].type, StrawberryMaybe)


@dataclass(frozen=True, slots=True)
class Declared:
    """A field's word, its name in Python, and how its arguments become Python values."""

    word: Word
    name: str
    converted: Converted


@dataclass(frozen=True, slots=True)
class Root:
    """A root field's own function and how it is called.

    ``is_method``: with the root value first. ``info`` is what it calls its ``Info``, if it takes one, and
    ``field`` is Strawberry's definition of it.
    """

    call: Callable[..., Any]
    is_method: bool
    info: str | None
    field: Any
    converted: Converted


def declared_as(field: GraphQLField) -> Declared | None:
    """How the field was declared; None for one that has a resolver of its own."""
    found: Declared | None = field.extensions.get(WORD)
    return found


def root_of(field: GraphQLField) -> Root | None:
    """The function behind a root field; None for one that only Strawberry knows how to call."""
    found: Root | None = field.extensions.get(ROOT)
    return found


def rows_of(kind: GraphQLObjectType) -> tuple[type, ...]:
    """The classes of the rows that stand for ``kind``."""
    found: tuple[type, ...] = kind.extensions.get(ROWS, ())
    return found


@cache
def columns_of(row: type) -> frozenset[str]:
    """The columns that a class of rows declares."""
    return frozenset(name for parent in row.__mro__ for name in vars(parent).get("__annotations__", {}))


def rows_by_class(schema: GraphQLSchema) -> Mapping[type, str]:
    """The type's name for every class of row."""
    found: Mapping[type, str] = schema.extensions.get(ROWS, {})
    return found
