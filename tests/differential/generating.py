"""Documents and their variables, drawn from a schema: valid ones of any shape, about things that exist.

Generators of the shelf draw ids and slugs at random, and the answer is null nearly always. This one is told
what there is.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_composite_type,
    is_input_object_type,
    is_required_argument,
    is_required_input_field,
)

DEEPEST = 6
NAMING = ("id", "slug", "sku")  # arguments of which a field wants one
RARE = ("externalReference", "name", "last", "after", "before")  # seldom name or bound anything
Known = Mapping[str, Sequence[Any]]  # values by what they are of: a type's ids, ``slug``, ``first``, a scalar


class Name(str):
    """A name that stands in a document without quotes."""

    __slots__ = ()


class Drawing:
    """One document being drawn."""

    def __init__(self, schema: GraphQLSchema, random: Random, known: Known) -> None:
        self._schema = schema
        self._random = random
        self._known = known
        self._aliases = 0
        self._declared: list[str] = []
        self._fragments: list[str] = []
        self.variables: dict[str, Any] = {}

    def query(self) -> str:
        """A query of one to three root fields; ``variables`` then holds what it asks for."""
        return self._operation("query", self._schema.query_type)

    def mutation(self) -> str:
        """A mutation, as ``query``."""
        return self._operation("mutation", self._schema.mutation_type)

    def _operation(self, word: str, root: GraphQLObjectType | None) -> str:
        assert root is not None, "the schema has both"
        names = [name for name in root.fields if not name.startswith("_")]
        chosen = [
            self._field(root.fields[name], name, DEEPEST, renamed=True)
            for name in self._random.choices(names, k=self._random.choice([1, 1, 2, 3]))
        ]
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        return "\n".join([f"{word} Drawn{declared} {{ {' '.join(chosen)} }}", *self._fragments])

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _field(self, field: GraphQLField, name: str, depth: int, *, renamed: bool = False) -> str:
        kind = get_named_type(field.type)
        given = [
            f"{argument}: {self._argument(field.args[argument], argument, kind.name)}"
            for argument in self._arguments(field)
        ]
        text = f"{name}({', '.join(given)})" if given else name
        if given or renamed or self._chance(0.1):
            self._aliases += 1
            text = f"a{self._aliases}: {text}"
        if self._chance(0.08):
            condition = self._variable("Boolean!", self._chance(0.7))
            text += f" @{self._random.choice(['include', 'skip'])}(if: {condition})"
        return f"{text} {self._selection(kind, depth - 1)}" if is_composite_type(kind) else text

    def _arguments(self, field: GraphQLField) -> list[str]:
        """Which are given: of those that name one thing, one, mostly; of a list's bounds, its size."""
        naming = [name for name in field.args if name in NAMING]
        chosen = {self._random.choice(naming)} if naming and self._chance(0.95) else set()
        likely = {"channel": 0.97, "first": 0.97} | dict.fromkeys((*NAMING, *RARE), 0.02)
        return [
            name
            for name, declared in field.args.items()
            if name in chosen or is_required_argument(declared) or self._chance(likely.get(name, 0.1))
        ]

    def _selection(self, kind: Any, depth: int) -> str:
        parts = [] if isinstance(kind, GraphQLUnionType) else self._fields_of(kind, depth)
        if not isinstance(kind, GraphQLObjectType):
            members = self._schema.get_possible_types(kind)
            for member in self._random.sample(members, min(len(members), 3)):
                parts.append(
                    f"... on {member.name} {{ {' '.join(self._fields_of(member, depth, renamed=True))} }}"
                )
        if not parts or self._chance(0.15):
            parts.append("__typename")
        self._random.shuffle(parts)
        text = f"{{ {' '.join(parts)} }}"
        if self._chance(0.1):
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {kind.name} {text}")
            return f"{{ ...{name} }}" if self._chance(0.5) else f"{{ ...{name} __typename }}"
        return text

    def _fields_of(
        self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, *, renamed: bool = False
    ) -> list[str]:
        # Few may see what is private, and pages are looked at for what is on them.
        there = {
            name: field for name, field in kind.fields.items() if name[:7] != "private" or self._chance(0.05)
        }
        leaves = [name for name, field in there.items() if not is_composite_type(get_named_type(field.type))]
        deeper = [name for name in there if name not in leaves]
        names = self._random.sample(leaves, min(len(leaves), self._random.randint(1, 5)))
        if depth > 0 and deeper:
            names += self._random.choices(deeper, k=self._random.randint(0, 4))
        names += [name for name in ("edges", "node") if name in deeper and name not in names]
        return [self._field(kind.fields[name], name, depth, renamed=renamed) for name in names] or [
            "__typename"
        ]

    def _argument(self, declared: GraphQLArgument, name: str, about: str) -> str:
        value = self._value(declared.type, name, about)
        if self._chance(0.4):
            required = is_required_argument(declared)
            kind = (
                declared.type
                if isinstance(declared.type, GraphQLNonNull) or self._chance(0.7)
                else (GraphQLNonNull(declared.type))
            )
            if value is None and isinstance(kind, GraphQLNonNull):
                return "null"
            return self._variable(str(kind), value, left_out=not required and self._chance(0.1))
        return _literal(value)

    def _variable(self, kind: str, value: Any, *, left_out: bool = False) -> str:
        name = f"v{len(self._declared)}"
        if left_out and not kind.endswith("!"):
            self._declared.append(f"${name}: {kind}")
        else:
            self._declared.append(f"${name}: {kind}")
            self.variables[name] = value
        return f"${name}"

    def _value(self, kind: Any, name: str, about: str, depth: int = 2) -> Any:
        match kind:
            case GraphQLNonNull():
                while (value := self._value(kind.of_type, name, about, depth)) is None:
                    continue
                return value
            case _ if self._chance(0.01):
                return None
            case GraphQLList():
                several = self._random.randint(0, 3)
                return [self._value(GraphQLNonNull(kind.of_type), name, about, depth) for _ in range(several)]
            case GraphQLEnumType():
                return Name(self._random.choice(list(kind.values)))
            case GraphQLInputObjectType():
                return self._input(kind, depth)
        pool = self._known.get(name) or self._known.get(f"{about}.{name}") or ()
        if name in {"id", "ids"} and self._chance(0.95):
            pool = self._known.get(about.removesuffix("CountableConnection")) or pool
        return self._random.choice(pool or self._known[kind.name])

    def _input(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        fields: list[tuple[str, GraphQLInputField]] = list(kind.fields.items())
        if kind.is_one_of:
            name, field = self._random.choice(fields)
            return {name: self._value(GraphQLNonNull(field.type), name, kind.name, depth - 1)}
        for name, field in fields:
            nested = is_input_object_type(get_named_type(field.type))
            if is_required_input_field(field) or (self._chance(0.25) and (depth > 0 or not nested)):
                chosen[name] = self._value(field.type, name, kind.name, depth - 1)
        return chosen


def _literal(value: Any) -> str:
    """The value as it is written in a document."""
    match value:
        case Name():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{name}: {_literal(part)}" for name, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case _ if value is Undefined:
            return "null"
    return orjson.dumps(value).decode()
