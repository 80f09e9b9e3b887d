"""From what graphql-core has coerced to what a function takes, by converters that are made once for a type.

Strawberry converts too, and finds out for each value again what its type is and what its fields are called:
a list of two thousand input objects took 60 ms.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET

Convert = Callable[[Any], Any]


class Converters:
    """Converters by type: input objects may hold themselves."""

    def __init__(self, scalars: Mapping[object, Any], config: StrawberryConfig) -> None:
        self._scalars = scalars
        self._config = config
        self._objects: dict[type, Convert] = {}

    def of(self, kind: Any) -> Convert | None:
        """How values of a type are converted; None where they are handed over as they are."""
        if isinstance(kind, StrawberryOptional) and not isinstance(kind, StrawberryMaybe):
            return self.of(kind.of_type)
        if isinstance(kind, LazyType):
            return self.of(kind.resolve_type())
        if isinstance(kind, StrawberryList):
            return _list(self.of(kind.of_type))
        if has_object_definition(kind):
            definition = kind.__strawberry_definition__
            if definition.is_input and definition.from_input is None:
                return self._object(kind, definition)
        elif kind is not GlobalID and (
            is_scalar(kind, self._scalars)
            or isinstance(kind, StrawberryEnumDefinition)
            or has_enum_definition(kind)
        ):
            return None
        return lambda value: convert_argument(value, kind, self._scalars, self._config)

    def _object(self, kind: Any, definition: Any) -> Convert:
        if kind not in self._objects:
            fields: dict[str, tuple[str, Convert | None]] = {}
            self._objects[kind] = _object(kind, _nulls(definition), fields)
            for field in definition.fields:
                name = self._config.name_converter.from_field(field)
                fields[name] = field.python_name, self.of(field.resolve_type(type_definition=definition))
        return self._objects[kind]


def _nulls(definition: Any) -> dict[str, None]:
    """What is given for fields that are neither given nor have a default: those may be null."""
    return {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }


def _list(item: Convert | None) -> Convert:
    """A list of its own: a default is handed to every request."""

    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        return list(value) if item is None else [item(one) for one in value]

    return convert


def _object(
    kind: Any, nulls: Mapping[str, None], fields: Mapping[str, tuple[str, Convert | None]]
) -> Convert:
    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        given = dict(nulls)
        for name, one in value.items():
            python_name, inner = fields[name]
            given[python_name] = one if inner is None else inner(one)
        return kind(**given)

    return convert
