"""Walking the schema: a document for every root field, and values for every place that takes one."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)

Path = tuple[str | int, ...]
Known = Mapping[str, Any]
Leaf = GraphQLScalarType | GraphQLEnumType
DEEPEST = 5
PLAIN: dict[str, Any] = {
    "String": "a",
    "ID": "a",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Decimal": "1",
    "PositiveDecimal": "1",
    "PositiveInt": 1,
    "Minute": 1,
    "JSON": {},
    "JSONString": "{}",
    "Date": "2026-05-01",
    "DateTime": "2026-05-01T00:00:00Z",
    "UUID": "00000000-0000-4000-8000-000000000000",
    "Upload": b"a",
}


@dataclass(frozen=True)
class RootField:
    """One field of the query, the mutation or the subscription."""

    operation: str
    name: str
    field: GraphQLField

    @cached_property
    def document(self) -> str:
        """Asks for it with all of its arguments, and for enough below to make it work."""
        declared = ", ".join(f"${name}: {argument.type}" for name, argument in self.field.args.items())
        given = ", ".join(f"{name}: ${name}" for name in self.field.args)
        head = f"{self.operation} ({declared})" if declared else self.operation
        call = f"{self.name}({given})" if given else self.name
        return f"{head} {{ {call} {_selection(self.field.type)} }}"

    def minimal(self, known: Known) -> dict[str, Any]:
        """Values for what cannot be left out; ``known`` has better ones, by the name of the place."""
        return {
            name: _sane(name, argument.type, known, 0)
            for name, argument in self.field.args.items()
            if name in known or (isinstance(argument.type, GraphQLNonNull))
        }

    def places(self) -> Iterator[tuple[Path, str, Leaf]]:
        """Every place that takes a scalar or an enum: the way to it, its name, and its type."""
        for name, argument in self.field.args.items():
            yield from _places((name,), name, argument.type, ())


def root_fields(schema: GraphQLSchema, operation: str) -> dict[str, RootField]:
    root = getattr(schema, f"{operation}_type")
    assert isinstance(root, GraphQLObjectType), f"there is no {operation}"
    return {name: RootField(operation, name, field) for name, field in root.fields.items()}


def placed(
    variables: Mapping[str, Any], path: Path, value: Any, root: RootField, known: Known
) -> dict[str, Any]:
    """The variables with ``value`` at the end of the path, and the objects on the way filled in."""
    changed = copy.deepcopy(dict(variables))
    holder: Any = changed
    kind: GraphQLInputType = root.field.args[str(path[0])].type
    for here, onward in pairwise(path):
        if isinstance(onward, int):
            if not isinstance(_at(holder, here), list) or not holder[here]:
                holder[here] = [_sane(str(path[0]), _item(kind), known, 0)]
            kind = _item(kind)
        else:
            named = get_named_type(kind)
            assert isinstance(named, GraphQLInputObjectType), "only objects have names below them"
            if not isinstance(_at(holder, here), dict):
                holder[here] = _sane(str(here), kind, known, 0)
            kind = named.fields[onward].type
        holder = holder[here]
    holder[path[-1]] = value
    return changed


def _at(holder: Any, key: str | int) -> Any:
    try:
        return holder[key]
    except (KeyError, IndexError):
        return None


def _item(kind: GraphQLInputType) -> Any:
    listed = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    assert isinstance(listed, GraphQLList), "only lists have items"
    return listed.of_type


def _places(
    path: Path, name: str, kind: GraphQLInputType, within: tuple[str, ...]
) -> Iterator[tuple[Path, str, Leaf]]:
    if isinstance(kind, GraphQLNonNull):
        yield from _places(path, name, kind.of_type, within)
    elif isinstance(kind, GraphQLList):
        yield from _places((*path, 0), name, kind.of_type, within)
    elif isinstance(kind, GraphQLInputObjectType):
        if kind.name in within or len(within) > DEEPEST:
            return
        for inner, field in kind.fields.items():
            yield from _places((*path, inner), inner, field.type, (*within, kind.name))
    else:
        yield path, name, kind


def _sane(name: str, kind: GraphQLInputType, known: Known, depth: int) -> Any:
    if name in known:
        return copy.deepcopy(known[name])
    if isinstance(kind, GraphQLNonNull):
        return _sane(name, kind.of_type, known, depth)
    if isinstance(kind, GraphQLList):
        return [_sane(name, kind.of_type, known, depth)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {
            inner: _sane(inner, field.type, known, depth + 1)
            for inner, field in kind.fields.items()
            if isinstance(field.type, GraphQLNonNull) or (inner in known and depth < DEEPEST)
        }
    return PLAIN[kind.name]


def _selection(kind: GraphQLOutputType) -> str:
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType):
        return "" if not hasattr(named, "fields") and not hasattr(named, "types") else "{ __typename }"
    if "errors" in named.fields:
        return "{ __typename errors { field message code } }"
    if "edges" in named.fields:
        count = "totalCount " if "totalCount" in named.fields else ""
        return f"{{ {count}edges {{ cursor node {{ __typename }} }} pageInfo {{ hasNextPage }} }}"
    return "{ __typename id }" if "id" in named.fields else "{ __typename }"
