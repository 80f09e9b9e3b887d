"""What may stand in a document about each type of a schema, looked up the first time somebody asks.

A schema has hundreds of types and a document names a few, so none is read before its time. Nothing is kept of
names the schema does not have: anybody may send those.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDeferDirective,
    GraphQLDirective,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLStreamDirective,
    OperationType,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

TYPENAME: Final = "__typename"
OF_THEIR_OWN: Final = {GraphQLDeferDirective.name, GraphQLStreamDirective.name}  # these have further rules


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """A place that takes a value: an argument, a field of an input, an item of a list.

    ``items`` are those of a list. ``named`` is the type without its lists. ``default`` may be ``Undefined``.
    """

    type: GraphQLInputType
    default: Any
    nullable: bool
    items: "Position | None"
    named: Any
    is_object: bool


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What a field, a directive or an input object takes, by name, and which of these must be given."""

    positions: Mapping[str, Position]
    required: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Selectable:
    """A field of an output type. ``below`` names what it gives, unless that is a leaf."""

    taken: Taken
    below: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A type that has a selection. ``possible`` names the objects it may be."""

    fields: Mapping[str, Selectable]
    possible: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Applicable:
    """A directive and where it may stand."""

    taken: Taken
    locations: frozenset[DirectiveLocation]


class Signatures:
    """Those of a schema that does not change any more."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.directives = {
            directive.name: _applicable(directive)
            for directive in schema.directives
            if directive.name not in OF_THEIR_OWN
        }
        self._composites: dict[str, Composite] = {}
        self._inputs: dict[str, Taken] = {}

    def root(self, operation: OperationType) -> Composite | None:
        """The type that an operation begins at, where the schema has such operations."""
        kind = self.schema.get_root_type(operation)
        return self.composite(kind.name) if kind else None

    def composite(self, name: str) -> Composite | None:
        """The object, interface or union of this name, if it is one."""
        found = self._composites.get(name)
        if found is None:
            kind = self.schema.type_map.get(name)
            if kind is not None and is_composite_type(kind):
                found = self._composites[name] = self._composite(kind)
        return found

    def input(self, kind: Any) -> Taken:
        """What an input object takes."""
        found = self._inputs.get(kind.name)
        if found is None:
            fields: Mapping[str, GraphQLInputField] = kind.fields
            required = (name for name, field in fields.items() if is_required_input_field(field))
            found = self._inputs[kind.name] = _taken(fields, required)
        return found

    def _composite(self, kind: Any) -> Composite:
        fields: Mapping[str, GraphQLField] = getattr(kind, "fields", {})  # a union has none of its own
        possible = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        return Composite(
            {name: _selectable(field) for name, field in fields.items()}
            | {TYPENAME: Selectable(Taken({}, frozenset()), None)},
            frozenset(one.name for one in possible),
        )


def position(kind: GraphQLInputType, default: Any = Undefined) -> Position:
    """A place that takes values of a type."""
    nullable = get_nullable_type(kind)
    named = get_named_type(kind)
    return Position(
        kind,
        default,
        not isinstance(kind, GraphQLNonNull),
        position(nullable.of_type) if is_list_type(nullable) else None,
        named,
        is_input_object_type(named),
    )


def _selectable(field: GraphQLField) -> Selectable:
    given = get_named_type(field.type)
    return Selectable(_arguments(field), given.name if is_composite_type(given) else None)


def _applicable(directive: GraphQLDirective) -> Applicable:
    return Applicable(_arguments(directive), frozenset(directive.locations))


def _arguments(of: GraphQLField | GraphQLDirective) -> Taken:
    return _taken(of.args, (name for name, argument in of.args.items() if is_required_argument(argument)))


def _taken(
    declared: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField], required: Iterable[str]
) -> Taken:
    return Taken(
        {
            name: position(one.type, one.default_value if one.default is None else one.default)
            for name, one in declared.items()
        },
        frozenset(required),
    )
