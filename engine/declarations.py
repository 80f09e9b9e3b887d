"""What a built schema remembers of its declarations, for whoever runs documents on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from engine.words import Word

WORD: Final = "declared"
ROWS: Final = "rows"


@dataclass(frozen=True, slots=True)
class Declared:
    """A field's word, its name in Python, and how its arguments become Python values."""

    word: Word
    name: str
    converted: Callable[[dict[str, Any]], dict[str, Any]]


def declared_as(field: GraphQLField) -> Declared | None:
    """How the field was declared; None for one that has a resolver of its own."""
    found: Declared | None = field.extensions.get(WORD)
    return found


def rows_of(kind: GraphQLObjectType) -> tuple[type, ...]:
    """The classes of the rows that stand for ``kind``."""
    found: tuple[type, ...] = kind.extensions.get(ROWS, ())
    return found


def rows_by_class(schema: GraphQLSchema) -> Mapping[type, str]:
    """The type's name for every class of row."""
    found: Mapping[type, str] = schema.extensions.get(ROWS, {})
    return found
