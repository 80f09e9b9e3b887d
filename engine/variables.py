"""Variables, read by readers that are made once for an operation.

graphql-core reads them too, and words what does not fit: a reader that meets anything out of the ordinary
leaves them to it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import inf
from types import NoneType
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    get_nullable_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply
from graphql.language.parser import MAX_NESTING_DEPTH
from graphql.utilities.coerce_input_value import coerce_default_value

Reader = Callable[[Any], Any]  # gives the Python value of a JSON value, or MISS

MISS: Final = object()
"""What graphql-core has to look at."""
ITSELF: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
LARGEST_INT = 2**31


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        signatures = [
            get_variable_signature(schema, definition) for definition in operation.variable_definitions or ()
        ]
        readers = _readers(schema)
        self._known = [
            (
                signature.name,
                VariableValueSource(signature),
                readers.of(signature.type),
                readers.deepest(signature.type) > MAX_NESTING_DEPTH,
                _default(signature),
            )
            for signature in signatures
            if not isinstance(signature, GraphQLError)
        ]
        self._all = len(self._known) == len(signatures)

    def read(self, raw: Mapping[str, Any]) -> VariableValues | None:
        """The values as graphql-core would have them; None where it has to read them itself."""
        if not self._all:
            return None
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for name, absent, reader, may_be_deep, default in self._known:
            given = raw.get(name, MISS)
            if given is MISS:
                if default is MISS:
                    return None
                sources[name] = absent
                if default is not Undefined:
                    coerced[name] = default
                continue
            if may_be_deep and input_is_nested_too_deeply(given, absent.signature.type):
                return None
            value = reader(given)
            if value is MISS:
                return None
            sources[name] = VariableValueSource(absent.signature, given)
            coerced[name] = value
        return VariableValues(sources, coerced)


@lru_cache(8)  # more schemas than a process has
def _readers(schema: GraphQLSchema) -> "_Readers":
    """The schema's own: those of a large input, made anew for each operation, outweigh its document."""
    del schema
    return _Readers()


class _Readers:
    """Readers by type: input objects may hold themselves."""

    def __init__(self) -> None:
        self._objects: dict[str, Reader] = {}
        self._deepest: dict[str, float] = {}

    def of(self, kind: Any) -> Reader:
        if not isinstance(kind, GraphQLNonNull):
            inner = self._present(kind)
            return lambda value: None if value is None else inner(value)
        inner = self._present(kind.of_type)
        return lambda value: MISS if value is None else inner(value)

    def deepest(self, kind: Any) -> float:
        """How many lists and objects may be in each other; what may hold itself has no end."""
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return 1 + self.deepest(kind.of_type)
        if not isinstance(kind, GraphQLInputObjectType):
            return 0
        if kind.name not in self._deepest:
            self._deepest[kind.name] = inf
            fields = [field.type for field in kind.fields.values()]
            self._deepest[kind.name] = 1 + max(map(self.deepest, fields))
        return self._deepest[kind.name]

    def _present(self, kind: Any) -> Reader:
        """For a value that is not null."""
        if isinstance(kind, GraphQLList):
            itself = ITSELF.get(getattr(get_nullable_type(kind.of_type), "name", ""))
            if itself is not None:
                return _alike({itself} if isinstance(kind.of_type, GraphQLNonNull) else {itself, NoneType})
            return _list(self.of(kind.of_type))
        if isinstance(kind, GraphQLInputObjectType):
            if kind.name not in self._objects:
                fields: dict[str, tuple[Reader, Any]] = {}
                self._objects[kind.name] = MISSED if kind.is_one_of else _object(fields)
                for name, field in kind.fields.items():
                    fields[name] = self.of(field.type), _default(field)
            return self._objects[kind.name]
        return _leaf(kind)


def MISSED(_value: Any) -> Any:  # noqa: N802 - a reader that never reads
    return MISS


def _alike(classes: set[type]) -> Reader:
    """For a list of values that stand for themselves: there may be thousands, and none takes a call."""

    def read(value: Any) -> Any:
        if value.__class__ is not list or not classes.issuperset(map(type, value)):
            return MISS
        return [*value]

    return read


def _list(item: Reader) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not list:  # one stands for a list of one
            return MISS
        values = list(map(item, value))
        return MISS if MISS in values else values

    return read


def _default(taken: GraphQLInputField | GraphQLVariableSignature) -> Any:
    """What stands for a value that is not given: ``Undefined`` for none at all, ``MISS`` for a fault."""
    try:
        found = coerce_default_value(taken)
    except Exception:  # noqa: BLE001 - graphql-core meets it again and has the words for it
        return MISS
    return MISS if found is Undefined and isinstance(taken.type, GraphQLNonNull) else found


def _object(fields: Mapping[str, tuple[Reader, Any]]) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not dict or not fields.keys() >= value.keys():
            return MISS
        values: dict[str, Any] = {}
        for name, (reader, default) in fields.items():
            if name not in value:
                if default is MISS:
                    return MISS
                if default is not Undefined:
                    values[name] = default
                continue
            values[name] = reader(value[name])
            if values[name] is MISS:
                return MISS
        return values

    return read


def _leaf(kind: Any) -> Reader:
    itself = ITSELF.get(kind.name)
    if itself is not None:
        return lambda value: value if value.__class__ is itself else MISS
    if kind.name == "Int":
        return lambda value: value if value.__class__ is int and -LARGEST_INT <= value < LARGEST_INT else MISS

    def read(value: Any) -> Any:
        try:
            found = kind.coerce_input_value(value)
        except Exception:  # noqa: BLE001 - graphql-core meets it again and has the words for it
            return MISS
        return MISS if found is Undefined else found

    return read
